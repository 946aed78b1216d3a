"""Islands: several agents own all genes, share a population, and send each other their best."""

import re

import numpy as np
import pytest

from strategies.base import AgentSpec, Exchange, Phase, SearchChoice, Standing
from strategies.end_to_end import EndToEnd
from strategies.islands import Islands, migrants
from strategies.society import Society
from synth.subtractive.parameters import SPACE

GA = SearchChoice("ga", {"mutation": 0.2})
STANDINGS = [
    Standing(np.full((3, 2), float(i)), np.array([1.0, 2.0, 3.0]) + 10 * i) for i in range(3)
]


def phase_of(migrants=2, agents=3, genes=(0, 1)):
    specs = tuple(AgentSpec(str(i), genes, GA, 4) for i in range(agents))
    return Phase(specs, Exchange(("champion",), migrants=migrants))


def test_every_island_owns_all_genes_and_has_its_share_of_the_population():
    (phase,) = Islands(SPACE, 42, GA, islands=4, migrants=3, every=6).phases(0)
    assert [agent.name for agent in phase.agents] == [f"island_{i}" for i in (1, 2, 3, 4)]
    assert {agent.genes for agent in phase.agents} == {tuple(range(len(SPACE)))}
    assert all((agent.population, agent.search) == (10, GA) for agent in phase.agents)
    assert phase.exchange == Exchange(("champion",), every=6, migrants=3)
    assert phase.islands


@pytest.mark.parametrize("kind", [EndToEnd, Society])
def test_no_other_strategy_has_islands(kind):
    (phase,) = kind(SPACE, 42, GA).phases(0)
    assert not phase.islands


def test_options_of_end_to_end_are_those_of_every_island():
    strategy = Islands(SPACE, 40, GA, mutation={"pitch": 0.5}, start="heard", keep_note=True)
    assert (strategy.start, strategy.keep_note) == ("heard", True)
    (phase,) = strategy.phases(0)
    (whole,) = EndToEnd(SPACE, 40, GA, mutation={"pitch": 0.5}).phases(0)[0].agents
    assert {str(agent.search) for agent in phase.agents} == {str(whole.search)}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"islands": 1}, "islands 1; allowed: 2 to the population, 20"),
        ({"islands": 21}, "islands 21; allowed: 2 to the population, 20"),
        ({"migrants": -1}, "migrants -1; allowed: 0 to the population of an island, 5"),
        ({"migrants": 6}, "migrants 6; allowed: 0 to the population of an island, 5"),
        ({"every": 0}, "every 0 generations; allowed: 1 or more"),
    ],
)
def test_options_that_do_not_fit_are_refused(options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Islands(SPACE, 20, GA, **options)


def test_the_best_move_on_to_the_next_island_in_the_ring():
    sent = migrants(phase_of(migrants=2), STANDINGS)
    assert [one.genomes.tolist() for one in sent] == [[[i, i]] * 2 for i in (2.0, 0.0, 1.0)]
    assert [one.distances.tolist() for one in sent] == [[21.0, 22.0], [1.0, 2.0], [11.0, 12.0]]


def test_nobody_moves_without_migration_or_between_agents_with_other_genes():
    assert migrants(phase_of(migrants=0), STANDINGS) == [None] * 3
    society = Phase((AgentSpec("a", (0,), GA, 4), AgentSpec("b", (1,), GA, 4)), Exchange())
    assert migrants(society, STANDINGS[:2]) == [None] * 2
