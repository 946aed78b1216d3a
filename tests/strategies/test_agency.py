"""An agency on a problem in which one section matters and the others do nothing."""

from collections import Counter

import numpy as np
import pytest

from strategies.searches.agency import WHOLE, Agency, Competition
from strategies.searches.base import Sight
from strategies.searches.descent import Descent
from strategies.searches.gene_map import GeneMap
from synth.space import Parameter

SECTIONS, EACH = 4, 6
DIMS, POPULATION = SECTIONS * EACH, 40
PARAMETERS = [Parameter(f"p{i}", f"section{i // EACH}", "", 0.0, 1.0) for i in range(DIMS)]
MIXING = np.random.default_rng(1).normal(size=(4, DIMS, 60))
WANTED = np.random.default_rng(2).uniform(0.2, 0.8, DIMS)


def seen(genomes, weights):
    moved = (genomes - WANTED) * weights
    residuals = [np.tanh(moved @ mixing).astype(np.float32) for mixing in MIXING]
    return np.abs(residuals[0]).mean(axis=1).astype(np.float64), residuals


def run(search, weights, asks):
    search.meet(PARAMETERS)
    first = np.random.default_rng(4).random((POPULATION, DIMS))
    search.tell(first, seen(first, weights)[0])
    renders = []
    for _ in range(asks):
        asked = search.ask()
        distances, residuals = seen(asked, weights)
        search.see(Sight(residuals, distances))
        search.tell(asked, distances)
        renders.append(len(asked))
    return search.members()[1][0], renders


def weighing(section):
    weights = np.full(DIMS, 0.003)
    weights[section * EACH : (section + 1) * EACH] = 1.0
    return weights


def asked(competition, times=200):
    gene_map, random = GeneMap(DIMS, PARAMETERS), np.random.default_rng(0)
    genes = [competition.wanted(gene_map, random) for _ in range(times)]
    return Counter("whole" if len(one) == DIMS else str(one[0] // EACH) for one in genes)


def competition(gains, stalls=0):
    effects, zero = np.ones(DIMS), np.zeros(DIMS)
    return Competition(zero, 1.0, 1.0, effects, iterations=4, gains=gains, stalls=stalls)


def test_who_has_gained_most_is_asked_most_and_the_others_now_and_then():
    counts = asked(competition({WHOLE: 0.01, "0": 0.0, "1": 0.0, "2": 0.05, "3": 0.0}))
    assert counts.most_common(1)[0][0] == "2"
    assert len(counts) == 1 + SECTIONS


def test_who_has_not_been_asked_is_expected_to_gain_less_than_the_whole():
    counts = asked(competition({WHOLE: 0.01}))
    assert counts.most_common(1)[0][0] == WHOLE
    assert len(counts) == 1 + SECTIONS


@pytest.mark.parametrize("gains", [{}, {WHOLE: 0.0, "2": 0.05}])
def test_the_whole_begins_and_decides_whether_nothing_helps_any_more(gains):
    assert asked(competition(gains, stalls=bool(gains))) == {WHOLE: 200}


def test_it_makes_smaller_requests_than_descent_and_comes_as_close():
    weights = weighing(1)
    start = seen(np.random.default_rng(4).random((POPULATION, DIMS)), weights)[0].min()
    found, renders = run(Agency(DIMS, POPULATION, 3, starts=1), weights, 40)
    _, whole = run(Descent(DIMS, POPULATION, 3, starts=1), weights, 40)
    assert found < 0.1 * start
    assert sum(renders) < sum(whole)


def test_without_sections_it_is_descent():
    weights = np.ones(DIMS)
    agency, descent = Agency(DIMS, POPULATION, 3), Descent(DIMS, POPULATION, 3)
    first = np.random.default_rng(4).random((POPULATION, DIMS))
    for search in (agency, descent):
        search.tell(first, seen(first, weights)[0])
    for _ in range(12):
        asked = agency.ask()
        np.testing.assert_array_equal(asked, descent.ask())
        distances, residuals = seen(asked, weights)
        for search in (agency, descent):
            search.see(Sight(residuals, distances))
            search.tell(asked, distances)
