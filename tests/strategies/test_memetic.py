"""A memetic algorithm: a generation, then descent of its best genome."""

import numpy as np
import pytest

from strategies.searches.base import Sight
from strategies.searches.ga import GeneticAlgorithm
from strategies.searches.memetic import Memetic

DIMS, POPULATION = 10, 24
MIXING = np.random.default_rng(1).normal(size=(4, DIMS, 60))
WANTED = np.random.default_rng(2).uniform(0.2, 0.8, DIMS)
FIRST = np.random.default_rng(4).random((POPULATION, DIMS))


def seen(genomes):
    residuals = [np.tanh((genomes - WANTED) @ one).astype(np.float32) for one in MIXING]
    return np.abs(residuals[0]).mean(axis=1).astype(np.float64), residuals


def run(search, renders, *, sighted=True):
    search.tell(FIRST, seen(FIRST)[0])
    spent, sizes = POPULATION, []
    while spent < renders:
        asked = search.ask()
        distances, residuals = seen(asked)
        if sighted and search.sees:
            search.see(Sight(residuals, distances))
        search.tell(asked, distances)
        spent += len(asked)
        sizes.append(len(asked))
    return search.members()[1][0], sizes


def test_what_is_learnt_is_passed_on():
    best, _ = run(Memetic(DIMS, POPULATION, 3), 800)
    plain, _ = run(GeneticAlgorithm(DIMS, POPULATION, 3), 800)
    assert best < plain / 5


def test_each_generation_is_followed_by_descent():
    search = Memetic(DIMS, POPULATION, 3, iterations=1)
    _, sizes = run(search, 200)
    # A first population descends at once: probes, proposals, then a generation.
    assert sizes[:4] == [1 + DIMS, 16, POPULATION, 1 + DIMS]


def test_the_population_stays_as_large_and_sorted():
    for renders in (100, 200, 300):
        search = Memetic(DIMS, POPULATION, 3)
        run(search, renders)
        genomes, distances = search.members()
        assert len(genomes) <= POPULATION + 3
        assert (np.diff(distances) >= 0).all()


def test_without_sight_it_still_searches():
    best, _ = run(Memetic(DIMS, POPULATION, 3), 400, sighted=False)
    assert best <= seen(FIRST)[0].min()


def test_distances_that_are_out_of_date_end_a_descent():
    search = Memetic(DIMS, POPULATION, 3)
    run(search, 100)
    elites = search.elites()
    search.renew(np.arange(1.0, 1 + len(elites)))
    assert len(search.ask()) == POPULATION


def test_at_least_one_iteration():
    with pytest.raises(ValueError, match="iterations 0"):
        Memetic(DIMS, POPULATION, 0, iterations=0)
