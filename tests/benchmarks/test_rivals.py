"""Rivals: the bridge by libraries made up here, and those that are installed."""

import threading

import numpy as np
import pytest

from benchmarks.rivals import bridge, lq_cma_es, minion, ngopt, turbo
from benchmarks.rivals.bridge import CalledBack, want_library
from ga_synth.testing import check_search

POPULATION, DIMS, SEED = 6, 3, 2


class Wanderer(CalledBack):
    """A library that draws from the global generator, ten genomes a call, five calls a run."""

    def __init__(self, dims, population, seed):
        super().__init__(dims, population, seed, "numpy", {})
        self.seeds = []

    def minimise(self, objective, first, seed):
        self.seeds.append(seed)
        best, distance = np.full(self.dims, 0.5), np.inf
        if len(first):
            best, (distance, *_) = first[0], objective(first)
        for _ in range(5):
            steps = 0.1 * np.random.standard_normal((10, self.dims))  # noqa: NPY002
            asked = np.clip(best + steps, 0, 1)
            distances = objective(asked)
            if min(distances) < distance:
                distance, best = min(distances), asked[np.argmin(distances)]


class Careless(Wanderer):
    """One whose draws nothing repeats."""

    draws = np.random.default_rng(1)

    def minimise(self, objective, first, seed):
        objective(self.draws.random((4, self.dims)))


class Broken(Wanderer):
    def minimise(self, objective, first, seed):
        objective(np.full((1, self.dims), 0.5))
        raise ZeroDivisionError("of its own")


class Silent(Wanderer):
    def minimise(self, objective, first, seed):
        """Converged before it began."""


def distances_of(genomes):
    return np.square(genomes - 0.3).sum(axis=1)


def lived(search, asks):
    """What a search asks for, told each time."""
    told = []
    for _ in range(asks):
        told.append(search.ask())
        search.tell(told[-1], distances_of(told[-1]))
    return np.concatenate(told)


def begun(cls=Wanderer, seed=SEED):
    search = cls(DIMS, POPULATION, seed)
    first = np.random.default_rng(5).random((POPULATION, DIMS))
    search.tell(first, distances_of(first))
    return search


def empty_shelf():
    while bridge._shelf:
        bridge._shelf.popitem()[1].close()


@pytest.fixture(autouse=True)
def no_thread_left():
    before = threading.active_count()
    yield
    empty_shelf()
    assert threading.active_count() <= before


@pytest.fixture
def library(request):
    """Skips where a library is missing, with what installs it."""
    pytest.importorskip(request.param, reason="missing; install it with: make peers")


@pytest.mark.parametrize(
    ("library", "cls"),
    [
        ("minionpy", minion.Arrde),
        ("minionpy", minion.Jso),
        ("minionpy", minion.Lsrtde),
        ("cma", lq_cma_es.LqCmaEs),
        ("nevergrad", ngopt.NGOpt),
        pytest.param("botorch", turbo.Turbo, marks=pytest.mark.slow),
        ("numpy", Wanderer),
    ],
    indirect=["library"],
)
def test_it_conforms(library, cls):
    check_search(cls)


def test_a_call_is_asked_for_in_parts():
    search = begun()
    assert [len(search.ask()), len(search.ask())] == [POPULATION, POPULATION]
    asked = search.ask()
    search.tell(asked[:4], distances_of(asked[:4]))
    again = search.ask()
    np.testing.assert_array_equal(again[:2], asked[4:])
    assert len(again) == POPULATION


def test_the_first_population_costs_nothing():
    search = begun()
    first, _ = search.members()
    told = lived(search, 5)
    assert not (told[:, None] == first).all(axis=2).any()


def test_runs_follow_each_other_with_other_seeds():
    search = begun()
    lived(search, 25)
    assert len(search.seeds) > 2
    assert len(set(search.seeds)) == len(search.seeds)


def test_told_again_it_goes_on_as_the_one_on_the_shelf():
    one, other = begun(), begun()
    lived(one, 7)
    other.load(one.state())
    kept = lived(one, 6)
    empty_shelf()
    np.testing.assert_array_equal(lived(other, 6), kept)


def test_a_library_that_does_not_repeat_itself_is_found_out():
    search = begun(Careless)
    lived(search, 3)
    empty_shelf()
    with pytest.raises(RuntimeError, match="other genomes"):
        search.ask()


@pytest.mark.parametrize(("cls", "what"), [(Broken, "of its own"), (Silent, "nothing")])
def test_a_failure_is_told(cls, what):
    with pytest.raises(RuntimeError, match=what):
        lived(begun(cls), 2)


def test_the_shelf_is_bounded():
    for seed in range(2 * bridge._KEPT):
        begun(seed=seed).ask()
    assert len(bridge._shelf) == bridge._KEPT


def test_a_missing_library_says_what_installs_it():
    with pytest.raises(ValueError, match="make peers"):
        want_library("no_such_library")
