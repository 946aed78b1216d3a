"""NSGA-II: survivors as DEAP's selNSGA2 chooses them, and the front by brute force."""

import re

import numpy as np
import pytest
from deap import base, tools
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies.searches.base import Sight
from strategies.searches.nsga2 import Nsga2

DIMS, POPULATION = 3, 12


def parts_of(genomes, count=2):
    """Schaffer's problem: the distance from one point, from another, and so on."""
    points = np.linspace(0.2, 0.8, count)
    return np.stack([((genomes - point) ** 2).sum(axis=1) for point in points], axis=1)


def told(search, genomes, count=2):
    parts = parts_of(genomes, count)
    search.see(Sight(parts=parts))
    search.tell(genomes, parts.sum(axis=1))


def beaten(parts):
    """Which rows another row beats: at least as good in all parts, and better in one."""
    at_least = (parts[:, None] <= parts[None]).all(axis=2)
    better = (parts[:, None] < parts[None]).any(axis=2)
    return (at_least & better).any(axis=0)


class Theirs:
    """What DEAP selects from."""

    class Fitness(base.Fitness):
        weights = (-1.0, -1.0)

    def __init__(self, row, parts):
        self.row, self.fitness = row, self.Fitness(tuple(parts))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 9999))
def test_survivors_are_those_of_deaps_selection(seed):
    genomes = np.random.default_rng(seed).random((2 * POPULATION, DIMS))
    search = Nsga2(DIMS, POPULATION, 0)
    told(search, genomes)
    theirs = list(map(Theirs, range(len(genomes)), parts_of(genomes)))
    wanted = {tuple(genomes[one.row]) for one in tools.selNSGA2(theirs, POPULATION, nd="log")}
    assert set(map(tuple, search.genomes)) == wanted
    assert len(search.genomes) == POPULATION


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 9999), count=st.integers(2, 4), steps=st.sampled_from([3, 10**6]))
def test_the_collection_is_what_nothing_beats(seed, count, steps):
    """With few steps many genomes are equal in some part, or in all."""
    genomes = np.random.default_rng(seed).integers(steps, size=(POPULATION, DIMS)) / steps
    search = Nsga2(DIMS, POPULATION, 0)
    told(search, genomes, count)
    found = search.collection()
    assert found.kind == "front"
    parts = parts_of(genomes, count)
    assert {*map(tuple, found.genomes)} == {*map(tuple, genomes[~beaten(parts)])}
    assert np.array_equal(found.values, parts_of(found.genomes, count))
    assert np.array_equal(found.distances, found.values.sum(axis=1))


def test_the_better_front_breeds_more_often():
    search = Nsga2(DIMS, POPULATION, 0)
    told(search, np.random.default_rng(2).random((POPULATION, DIMS)))
    order = beaten(parts_of(search.genomes))
    # The population is in the order of fronts.
    assert (np.diff(order.astype(int)) >= 0).all()
    assert np.array_equal(np.argsort(search._merits()), np.arange(POPULATION))


def test_it_spreads_along_the_front_where_ga_would_gather():
    """Between the two points all genes are equal: there the sum is least in the middle."""
    search = Nsga2(DIMS, 40, 0)
    for _ in range(120):
        told(search, search.ask())
    genomes = search.collection().genomes
    assert genomes.std(axis=1).max() < 0.15
    assert genomes.mean(axis=1).min() < 0.25
    assert genomes.mean(axis=1).max() > 0.75


def test_a_first_population_competes_by_distance_and_gives_way():
    search = Nsga2(DIMS, POPULATION, 0)
    first = np.random.default_rng(3).random((POPULATION, DIMS))
    search.tell(first, parts_of(first).sum(axis=1))
    assert search.collection() is None
    few = np.random.default_rng(4).random((4, DIMS))
    told(search, few)
    members = set(map(tuple, search.members()[0]))
    assert members > set(map(tuple, few))
    assert {*map(tuple, search.collection().genomes)} <= {*map(tuple, few)}
    told(search, np.random.default_rng(5).random((POPULATION, DIMS)))
    assert not set(map(tuple, search.members()[0])) & set(map(tuple, first))


def test_with_one_part_the_best_survive():
    search, every = Nsga2(DIMS, POPULATION, 0), []
    for seed in range(4):
        genomes = np.random.default_rng(seed).random((POPULATION, DIMS))
        every.append(parts_of(genomes).sum(axis=1))
        search.tell(genomes, every[-1])
    assert search.members()[1] == pytest.approx(np.sort(np.concatenate(every))[:POPULATION])
    assert search.collection() is None


def test_in_a_new_context_only_the_renewed_keep_a_distance():
    search = Nsga2(DIMS, POPULATION, 0, elite=2)
    told(search, np.random.default_rng(5).random((POPULATION, DIMS)))
    elites = search.elites().copy()
    known = parts_of(elites) + 3
    search.see(Sight(parts=known))
    search.renew(known.sum(axis=1))
    assert np.array_equal(search.members()[0], elites)
    assert len(search.genomes) == POPULATION
    told(search, few := search.ask()[:3])
    assert len(search.members()[0]) == 5
    assert {*map(tuple, search.members()[0])} == {*map(tuple, elites), *map(tuple, few)}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"elite": 0}, "elite 0; allowed: 1 to 11"),
        ({"elite": 12}, "elite 12; allowed: 0 to 11"),
        ({"tournament": 0}, "tournament 0; allowed: 1 or more"),
    ],
)
def test_options_that_do_not_fit_are_refused(options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Nsga2(DIMS, POPULATION, 0, **options)
