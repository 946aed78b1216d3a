"""Mutation section by section: which agent's search gets which probabilities."""

import re

import numpy as np
import pytest

from strategies.base import SearchChoice
from strategies.end_to_end import EndToEnd
from strategies.hand_over import HandOver
from strategies.mutation import by_gene
from strategies.searches.ga import GeneticAlgorithm
from strategies.society import Society
from strategies.society_scrambled import SocietyScrambled
from synth.subtractive.parameters import SPACE

GA = SearchChoice("ga", {"mutation": 0.2})
FIRST, SECOND, *_ = SPACE.sections
MUTATION = {FIRST: 0.0, SECOND: 0.7}
WANTED = [
    MUTATION.get(next(name for name, genes in SPACE.sections.items() if gene in genes))
    for gene in range(len(SPACE))
]
KINDS = (EndToEnd, Society, SocietyScrambled, HandOver)


@pytest.mark.parametrize("kind", KINDS)
def test_each_gene_has_its_sections_probability_whoever_owns_it(kind):
    for phase in kind(SPACE, 40, GA, mutation=MUTATION).phases(3):
        found = [None] * len(SPACE)
        for agent in phase.agents:
            assert agent.search.options["mutation"] == 0.2
            own = agent.search.options.get("gene_mutation", [None] * len(agent.genes))
            for gene, probability in zip(agent.genes, own, strict=True):
                found[gene] = probability
        assert found == WANTED


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mutation", [None, {}])
def test_without_it_every_agent_has_the_chosen_search(kind, mutation):
    for phase in kind(SPACE, 40, GA, mutation=mutation).phases(3):
        assert all(agent.search is GA for agent in phase.agents)


def test_an_agent_that_is_not_concerned_keeps_its_search():
    (phase,) = Society(SPACE, 40, SearchChoice("cma_es"), mutation={FIRST: 0.3}).phases(0)
    concerned = [agent.name for agent in phase.agents if agent.search.options]
    assert concerned == [FIRST]


def test_probabilities_of_single_genes_stay_where_no_section_says_otherwise():
    own = [0.5] * len(SPACE)
    search = SearchChoice("ga", {"gene_mutation": own})
    (phase,) = EndToEnd(SPACE, 40, search, mutation=MUTATION).phases(0)
    found = phase.agents[0].search.options["gene_mutation"]
    assert found == [0.5 if wanted is None else wanted for wanted in WANTED]
    assert own == [0.5] * len(SPACE)


def test_diversity_of_one_section_drops_and_that_of_the_others_stays():
    """Without mutation a section is exhausted: what it can be is crossed from the beginning."""
    (phase,) = EndToEnd(SPACE, 40, GA, mutation={FIRST: 0.0}).phases(0)
    (agent,) = phase.agents
    search = GeneticAlgorithm(len(agent.genes), 40, 1, **agent.search.options)
    search.tell(np.full((40, len(SPACE)), 0.5), np.ones(40))
    deviations = search.ask().std(axis=0)
    for section, genes in SPACE.sections.items():
        moved = deviations[list(genes)] > 0
        assert moved.all() if section != FIRST else not moved.any()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("mutation", "message"),
    [
        ({SECOND[:-1]: 0.1}, f"mutation of section {SECOND[:-1]!r}; did you mean {SECOND!r}?"),
        ({"zzz": 0.1}, "mutation of section 'zzz'; allowed: "),
        ({FIRST: 1.5}, f"mutation of section {FIRST}: 1.5; allowed: 0 to 1"),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(kind, mutation, message):
    with pytest.raises(ValueError, match=re.escape(message)) as refused:
        kind(SPACE, 40, GA, mutation=mutation)
    assert str(refused.value).startswith(message)


def test_no_section_concerns_no_gene():
    assert by_gene(SPACE, None) == (None,) * len(SPACE)
