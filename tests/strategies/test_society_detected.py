"""A society that finds its agents: what it probes, what it makes of it, what it refuses."""

import re

import numpy as np
import pytest

from strategies.base import Exchange, SearchChoice
from strategies.interactions import all_pairs
from strategies.society import Society
from strategies.society_detected import SocietyDetected
from synth.subtractive.parameters import SPACE

GA = SearchChoice("ga", {"mutation": 0.2})
GENES = len(SPACE)
FIRST = np.random.default_rng(0).random((100, GENES))
DISTANCES = np.random.default_rng(1).random(100)


def made(**options):
    return SocietyDetected(SPACE, 100, GA, **options)


def owned(strategy, seed=0):
    (phase,) = strategy.phases(seed)
    return {agent.name: agent.genes for agent in phase.agents}


def planted(genomes, blocks=5):
    """A distance in which the genes i, i + 5, i + 10, ... multiply each other."""
    return sum(np.prod(0.5 + genomes[:, i::blocks], axis=1) for i in range(blocks))


def test_it_probes_the_best_with_each_gene_moved_by_half_its_range_and_some_pairs():
    probed = made().probe(FIRST, DISTANCES, 4900, 3)
    assert probed.shape == (1 + GENES + 400, GENES)
    assert np.array_equal(probed[0], FIRST[DISTANCES.argmin()])
    moved = probed != probed[0]
    assert np.array_equal(moved[1 : GENES + 1], np.eye(GENES, dtype=bool))
    assert set(moved[GENES + 1 :].sum(axis=1).tolist()) == {2}
    assert len(np.unique(moved[GENES + 1 :], axis=0)) == 400
    assert np.abs(probed - probed[0])[moved] == pytest.approx(np.full(46 + 800, 0.5))
    assert probed.min() >= 0
    assert probed.max() < 1


def test_other_pairs_for_other_seeds_and_all_if_asked_for():
    one, other = (made().probe(FIRST, DISTANCES, 4900, seed) for seed in (1, 2))
    assert np.array_equal(one, made().probe(FIRST, DISTANCES, 4900, 1))
    assert not np.array_equal(one, other)
    assert len(made(pairs=2000).probe(FIRST, DISTANCES, 4900, 0)) == 1082


@pytest.mark.parametrize(("renders", "probes"), [(900, 447), (894, 447), (893, 446), (140, 70)])
def test_probes_take_half_of_what_is_left_at_the_most(renders, probes):
    assert len(made().probe(FIRST, DISTANCES, renders, 0)) == probes


def test_too_small_a_budget_is_refused_in_one_line():
    said = "139 renders beside the first population; needs 140 to probe 46 genes with half of them"
    with pytest.raises(ValueError, match=re.escape(said)):
        made().probe(FIRST, DISTANCES, 139, 0)


def test_before_it_has_learned_it_has_as_many_agents_as_sections():
    (phase,) = made(turns="parallel", every=3).phases(0)
    (society,) = Society(SPACE, 100, GA, turns="parallel", every=3).phases(0)
    assert phase.exchange == society.exchange == Exchange(("champion",), "max", 3, "parallel")
    assert [agent.name for agent in phase.agents] == [f"group_{i}" for i in range(1, 6)]
    assert [agent.population for agent in phase.agents] == [20] * 5
    assert sorted(gene for agent in phase.agents for gene in agent.genes) == list(range(GENES))


@pytest.mark.parametrize("seed", range(3))
def test_it_finds_planted_groups_from_a_third_of_the_pairs(seed):
    strategy = made()
    probed = strategy.probe(FIRST, planted(FIRST), 4900, seed)
    strategy.learn(probed, planted(probed))
    assert owned(strategy) == {f"group_{i + 1}": tuple(range(i, GENES, 5)) for i in range(5)}


def test_what_was_learned_follows_from_the_probes_alone():
    probing, fresh = made(agents=3), made(agents=3)
    probed = probing.probe(FIRST, DISTANCES, 900, 5)
    distances = np.random.default_rng(2).random(len(probed))
    for strategy in (probing, fresh):
        strategy.learn(probed, distances)
    assert probing.phases(0) == fresh.phases(0)
    assert len(owned(fresh)) == 3
    assert max(map(len, owned(fresh).values())) <= 31


def test_mutation_stays_with_the_section_whoever_owns_it():
    strategy = made(mutation={"pitch": 0.5})
    probed = strategy.probe(FIRST, planted(FIRST), 4900, 0)
    strategy.learn(probed, planted(probed))
    (phase,) = strategy.phases(0)
    for agent in phase.agents:
        own = agent.search.options.get("gene_mutation", [None] * len(agent.genes))
        pitch = [gene in SPACE.sections["pitch"] for gene in agent.genes]
        assert [one == 0.5 for one in own] == pitch


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"agents": 47}, "agents 47; allowed: 0 to the number of genes, 46"),
        ({"agents": -1}, "agents -1; allowed: 0 to the number of genes, 46"),
        ({"pairs": 22}, "pairs 22; allowed: half as many as genes, 23, or more"),
        ({"grouping": {"a": ["pitch"]}}, "grouping: "),
        ({"fitness": {"pitch": "pitch"}}, "fitness: "),
        ({"credit": "min"}, "credit 'min'; allowed: max, mean"),
    ],
)
def test_options_that_do_not_fit_are_refused(options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        made(**options)


def test_all_pairs_are_in_order():
    assert all_pairs(3) == [(0, 1), (0, 2), (1, 2)]
