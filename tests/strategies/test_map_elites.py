"""MAP-Elites: the closest genome in every cell, wherever the genomes come from."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies.searches.base import Sight
from strategies.searches.ga import GeneticAlgorithm
from strategies.searches.map_elites import MapElites

DIMS, POPULATION, CELLS, REACH = 4, 10, 4, 0.5


def distances(genomes):
    return ((genomes - 0.3) ** 2).sum(axis=1)


def sight(genomes):
    """The first two genes are what is measured: the target is in the middle of both."""
    return Sight(measures=genomes[:, :2] - 0.5)


def make(**options):
    return MapElites(DIMS, POPULATION, 0, **{"cells": CELLS, "reach": REACH, **options})


def shown(search, genomes):
    search.see(sight(genomes))
    search.tell(genomes, distances(genomes))


def cells(genomes):
    return np.minimum((genomes[:, :2] * CELLS).astype(int), CELLS - 1)


@settings(max_examples=40, deadline=None)
@given(counts=st.lists(st.integers(1, 60), min_size=1, max_size=4), seed=st.integers(0, 99))
def test_every_cell_holds_the_closest_genome_that_was_ever_in_it(counts, seed):
    random = np.random.default_rng(seed)
    search, best = make(), {}
    for count in counts:
        genomes = random.random((count, DIMS))
        shown(search, genomes)
        for cell, genome, distance in zip(
            map(tuple, cells(genomes)), genomes, distances(genomes), strict=True
        ):
            if distance < best.get(cell, (np.inf, None))[0]:
                best[cell] = distance, tuple(genome)
    found, of_found = search.members()
    assert sorted(map(tuple, found)) == sorted(genome for _, genome in best.values())
    assert of_found.tolist() == sorted(distance for distance, _ in best.values())
    archive = search.collection()
    assert archive.kind == "archive"
    assert np.array_equal(archive.genomes, found)
    assert np.array_equal(archive.values, found[:, :2] - 0.5)


def test_what_lies_beyond_its_reach_is_in_the_cells_at_the_edge():
    search = make(cells=2, reach=0.1)
    genomes = np.array([[0.9, 0.9, 0.3, 0.3], [0.55, 0.55, 0.3, 0.3], [0.1, 0.9, 0.3, 0.3]])
    shown(search, genomes)
    # The first two share the upper corner.
    assert sorted(map(tuple, search.members()[0])) == sorted(map(tuple, genomes[1:]))


def test_a_first_population_breeds_the_first_children_and_then_gives_way():
    search, first = make(), np.random.default_rng(1).random((POPULATION, DIMS))
    search.tell(first, distances(first))
    assert len(search.members()[0]) == POPULATION
    assert search.collection() is None
    children = search.ask()
    shown(search, children)
    members = set(map(tuple, search.members()[0]))
    assert members <= set(map(tuple, children))


def test_without_sight_it_keeps_the_best():
    search, told = make(), []
    for seed in range(3):
        told.append(np.random.default_rng(seed).random((POPULATION, DIMS)))
        search.tell(told[-1], distances(told[-1]))
    every = np.sort(distances(np.concatenate(told)))
    assert search.members()[1].tolist() == every[:POPULATION].tolist()


def test_it_breeds_as_ga_does_but_from_the_archive():
    """The same genomes, the same seed, and the whole archive as the population of a GA."""
    genomes = np.random.default_rng(3).random((40, DIMS))
    search = make()
    shown(search, genomes)
    ga = GeneticAlgorithm(DIMS, POPULATION, 0)
    ga.tell(*search.members())
    assert np.array_equal(search.ask(), ga.ask())


def test_in_a_new_context_the_renewed_compete_for_their_new_cells():
    search = make()
    shown(search, np.random.default_rng(4).random((60, DIMS)))
    elites = search.elites().copy()
    assert len(elites) == POPULATION
    search.see(Sight(measures=np.zeros((POPULATION, 2))))
    search.renew(distances(elites) + 5)
    # All of them sound alike now: one cell, and the closest in it.
    genomes, credited = search.members()
    assert np.array_equal(genomes, elites[:1])
    assert credited.tolist() == (distances(elites[:1]) + 5).tolist()


def test_it_finds_a_better_best_than_random_draws_and_many_cells():
    search = MapElites(DIMS, 20, 0)
    first = np.random.default_rng(5).random((20, DIMS))
    search.tell(first, distances(first))
    for _ in range(60):
        shown(search, search.ask())
    drawn = np.random.default_rng(6).random((60 * 20, DIMS))
    assert search.members()[1][0] < distances(drawn).min() / 2
    assert len(search.members()[0]) > 60


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cells": 0}, "cells 0; allowed: 1 to 100"),
        ({"cells": 101}, "cells 101; allowed: 1 to 100"),
        ({"reach": 0.0}, "reach 0.0; allowed: above 0 to 1"),
        ({"reach": float("nan")}, "reach nan; allowed: above 0 to 1"),
        ({"mutation": 2.0}, "mutation 2.0; allowed: 0 to 1"),
    ],
)
def test_options_that_do_not_fit_are_refused(options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        make(**options)
