"""Rivals: the bridge by libraries made up here, and those that are installed."""

import threading

import numpy as np
import pytest
import yaml

from benchmarks.rivals import __main__ as main
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


def curve(*best):
    """Of two targets, the second twice as far; a second of CPU time each."""
    return main.Curve({"a": np.array(best), "b": 2 * np.array(best)}, {"a": 1.0, "b": 1.0})


def test_shares_are_of_random_search_at_the_same_renders():
    known = {"random": curve(8.0, 4.0, 4.0), "descent": curve(2.0, 2.0, 1.0), "short": curve(4.0)}
    known["far"] = curve(1.0, 4.0, 4.0)
    one, two, three = main.rows(known)
    assert (one.label, two.label, three.label) == ("descent", "short", "far")
    assert [share[0] for share in one.shares] == pytest.approx([0.25, 0.5, 0.25])
    assert [share[0] for share in two.shares] == pytest.approx([0.5])
    assert (two.behind, three.behind, three.targets) == (2, 2, 2)


def test_the_experiment_is_read_and_every_rival_has_a_library(monkeypatch):
    def none(module):
        raise ValueError(f"{module}: make peers")

    monkeypatch.setattr(main, "want_library", none)
    here, left_out = main._installed(yaml.safe_load(main._FILE.read_text(encoding="utf-8")))
    assert {main._search(one) for one in here} == {"descent", "random"}
    assert all("make peers" in line for line in left_out)
    assert {line.split(":")[0].removesuffix("_informed") for line in left_out} == set(
        main._LIBRARIES
    )


def test_a_missing_library_says_what_installs_it():
    with pytest.raises(ValueError, match="make peers"):
        want_library("no_such_library")
