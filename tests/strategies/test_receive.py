"""Searches that take in genomes of another search: into the population, or into the next ask."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import mahalanobis

from strategies.limits import Limits
from strategies.searches.cma_es import CmaEs
from strategies.searches.ga import GeneticAlgorithm
from strategies.searches.ga_crowding import DeterministicCrowding
from strategies.searches.l_shade import LShade
from strategies.searches.limited import Limited

DIMS, POPULATION = 4, 8


def distances(genomes):
    return ((genomes - 0.3) ** 2).sum(axis=1)


def started(kind, seed=0, population=POPULATION):
    search = kind(DIMS, population, seed)
    first = np.random.default_rng(seed).random((population, DIMS))
    search.tell(first, distances(first))
    return search


@pytest.mark.parametrize("kind", [GeneticAlgorithm, DeterministicCrowding, LShade])
@settings(max_examples=40, deadline=None)
@given(count=st.integers(0, 10), known=st.integers(0, 4), seed=st.integers(0, 99))
def test_they_take_the_place_of_the_worst_and_are_there_once(kind, count, known, seed):
    search = started(kind, seed)
    before, _ = search.members()
    others = np.random.default_rng(seed + 1000).random((count, DIMS))
    found = np.concatenate([others, before[:known]])
    search.receive(found, distances(found))
    genomes, credited = search.members()
    stay = max(0, POPULATION - count)
    wanted = np.concatenate([before[:stay], others])
    assert sorted(map(tuple, genomes)) == sorted(map(tuple, wanted))
    assert np.array_equal(credited, distances(genomes))
    assert (np.diff(credited) >= 0).all()


def test_what_a_ga_receives_may_become_its_elite():
    search = started(GeneticAlgorithm)
    best = np.full((1, DIMS), 0.3)
    search.receive(best, distances(best))
    assert np.array_equal(search.elites()[:1], best)


def test_limits_are_taken_off_what_is_received():
    limits = Limits(np.full(DIMS, 0.2), np.full(DIMS, 0.6))
    search = Limited(started(GeneticAlgorithm), limits)
    found = np.full((1, DIMS), 0.3)
    assert search.receives
    search.receive(found, distances(found))
    assert np.abs(search.members()[0] - found).max(axis=1).min() < 1e-12


def test_cma_es_asks_for_what_it_received_first_and_for_at_most_half_a_generation():
    search = started(CmaEs)
    found = np.random.default_rng(5).random((6, DIMS))
    search.receive(found, distances(found))
    asked = search.ask()
    assert len(asked) == POPULATION
    assert np.array_equal(asked[:4], found[:4])
    search.tell(asked, distances(asked))
    assert not (search.ask()[:, None] == found).all(axis=2).any()


@pytest.mark.parametrize("far", [0.02, 0.5])
def test_its_step_to_what_it_received_is_bounded(far):
    """Hansen 2011: no longer than √n + 2n/(n + 2), measured by the distribution (Mahalanobis)."""
    search = started(CmaEs)
    for _ in range(6):
        asked = search.ask()
        search.tell(asked, distances(asked))
    state = search.state()
    mean, inverse = state["mean"], np.linalg.inv(state["sigma"] ** 2 * state["covariance"])
    found = np.clip(mean + far * np.array([[0.1, 0.4, -0.7, 0.6]]), 0, 1)
    search.receive(found, distances(found))
    assert np.array_equal(search.ask()[:1], found)
    step = state["sigma"] * search.state()["steps"][0][0]
    length = mahalanobis(found[0], mean, inverse)
    taken = mahalanobis(mean + step, mean, inverse)
    longest = np.sqrt(DIMS) + 2 * DIMS / (DIMS + 2)
    assert (length > longest) == (far == 0.5)
    assert taken == pytest.approx(min(length, longest), rel=1e-6)
    # In the same direction.
    assert step * length == pytest.approx((found[0] - mean) * taken, rel=1e-6)
