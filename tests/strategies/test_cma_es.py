"""CMA-ES: draw by draw as pycma, its constants as published, restarts, the mirrored box."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies.searches import cma_es
from strategies.searches.cma_es import CmaEs, folded, rates
from strategies.searches.random import RandomSearch


def ellipsoid(genomes):
    return (np.logspace(0, 3, genomes.shape[1]) * (genomes - 0.5) ** 2).sum(axis=1)


def rotated(genomes):
    """A narrow valley across all genes."""
    x = genomes - 0.4
    turned = x @ np.linalg.qr(np.random.default_rng(0).normal(size=(x.shape[1],) * 2))[0]
    return (np.logspace(0, 4, x.shape[1]) * turned**2).sum(axis=1)


@pytest.mark.parametrize(("dims", "children"), [(2, 6), (5, 8), (12, 11), (20, 40)])
def test_it_moves_and_bends_as_pycma_does_from_the_same_draws(dims, children, monkeypatch):
    """With pycma's constants of the step, which are newer than the tutorial's."""
    pycma = pytest.importorskip("cma")
    generator = np.random.default_rng(7)
    theirs = pycma.CMAEvolutionStrategy(
        dims * [0.5],
        1e-3,
        {
            "popsize": children,
            "randn": lambda *shape: generator.standard_normal(shape),
            "seed": np.nan,
            "verbose": -9,
            "CMA_diagonal_decoding": 0,
            "updatecovwait": 0,
        },
    )
    theirs.adapt_sigma.initialize(theirs)
    own = rates(dims, children)._replace(
        weights=np.array(theirs.sp.weights),
        mass=theirs.sp.weights.mueff,
        sigma=theirs.adapt_sigma.cs,
        damping=theirs.adapt_sigma.damps,
        path=theirs.sp.cc,
    )
    monkeypatch.setattr(cma_es, "rates", lambda n, count: own)
    monkeypatch.setattr(cma_es, "_CONVERGED", 0.0)
    search = CmaEs(dims, children, 7, sigma=1e-3, children=children)
    # Theirs is off the identity by 1e-4, so that no two axes are as long.
    search.load(search.state() | {"covariance": theirs.sm.C})
    for _ in range(25):
        asked, wanted = search.ask(), np.array(theirs.ask())
        np.testing.assert_allclose(asked, wanted, rtol=0, atol=1e-9)
        search.tell(asked, ellipsoid(asked))
        theirs.tell(list(wanted), ellipsoid(wanted))
        assert search.state()["sigma"] == pytest.approx(theirs.sigma, rel=1e-6)


@pytest.mark.parametrize(("dims", "children"), [(2, 6), (5, 8), (12, 11), (46, 15), (46, 100)])
def test_learning_rates_and_weights_are_those_of_pycma(dims, children):
    pycma = pytest.importorskip("cma")
    theirs = pycma.CMAEvolutionStrategy(dims * [0.5], 0.1, {"popsize": children, "verbose": -9})
    own = rates(dims, children)
    assert own.mass == pytest.approx(theirs.sp.weights.mueff)
    assert (own.one, own.mu) == pytest.approx((theirs.sp.c1, theirs.sp.cmu), rel=1e-9)
    assert own.weights == pytest.approx(np.array(theirs.sp.weights), rel=1e-9)
    assert own.length == pytest.approx(theirs.const.chiN, rel=2e-3)  # theirs is approximate


def test_the_expected_length_is_that_of_normal_genomes():
    drawn = np.random.default_rng(0).standard_normal((200_000, 7))
    assert np.linalg.norm(drawn, axis=1).mean() == pytest.approx(rates(7, 10).length, rel=2e-3)


def run(search, function, budget):
    best, spent = np.inf, 0
    while spent < budget:
        asked = search.ask()[: budget - spent]
        distances = function(asked)
        search.tell(asked, distances)
        best, spent = min(best, distances.min()), spent + len(asked)
    return best


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("function", [ellipsoid, rotated])
def test_far_better_than_random_search(seed, function):
    at_random = run(RandomSearch(10, 50, seed), function, 6000)
    assert run(CmaEs(10, 50, seed), function, 6000) < 1e-3 * at_random


@pytest.mark.parametrize("corner", [0.0, 1.0])
def test_it_finds_what_lies_on_the_edge_of_the_cube(corner):
    assert run(CmaEs(8, 20, 0), lambda g: ((g - corner) ** 2).sum(axis=1), 3000) < 1e-6


def test_a_restored_one_asks_the_same_in_the_middle_of_a_generation():
    search, again = CmaEs(6, 12, 3), CmaEs(6, 12, 0)
    for _ in range(4):
        asked = search.ask()
        search.tell(asked, rotated(asked))
    asked = search.ask()
    again.load(search.state())
    for one in (search, again):
        one.tell(asked, rotated(asked))
    np.testing.assert_array_equal(search.ask(), again.ask())


def test_a_first_population_says_where_to_begin_and_how_widely():
    random = np.random.default_rng(2)
    wide, narrow = random.random((200, 5)), 0.6 + 0.1 * random.random((200, 5))
    for first, sigma in ((wide, 0.25), (narrow, 0.025), (np.full((4, 5), 0.6), 0.0125)):
        search = CmaEs(5, 200, 0, sigma=0.25)
        search.tell(first, ((first - 0.65) ** 2).sum(axis=1))
        state = search.state()
        assert state["sigma"] == pytest.approx(sigma, rel=0.1)
        better = first[((first - 0.65) ** 2).sum(axis=1).argsort()[: len(first) // 2]]
        assert np.abs(state["mean"] - 0.65).max() < 0.1
        assert (state["mean"] >= better.min(axis=0)).all()


def test_once_it_has_converged_it_starts_elsewhere_with_twice_the_children_up_to_the_population():
    search, sizes, means = CmaEs(2, 20, 0, children=6), [], []
    for _ in range(400):
        asked = search.ask()
        sizes.append(len(asked))
        means.append(search.state()["mean"])
        search.tell(asked, ((asked - 0.3) ** 2).sum(axis=1))
    grown = sorted(set(sizes))
    assert grown == [6, 12, 20]
    assert sizes == sorted(sizes)
    assert np.abs(means[sizes.index(12)] - 0.3).max() > 0.01


def test_where_nothing_makes_a_difference_it_starts_anew():
    search = CmaEs(3, 16, 1, children=7)
    sizes = []
    for _ in range(60):
        asked = search.ask()
        sizes.append(len(asked))
        search.tell(asked, np.ones(len(asked)))
    assert list(dict.fromkeys(sizes)) == [7, 14, 16]


@settings(max_examples=60, deadline=None)
@given(
    dims=st.integers(1, 6),
    population=st.integers(4, 12),
    seed=st.integers(0, 2**32),
    told=st.lists(st.integers(1, 12), min_size=1, max_size=12),
    kind=st.sampled_from(["rotated", "flat", "noise"]),
)
def test_children_are_in_the_cube_whatever_it_is_told(dims, population, seed, told, kind):
    search, noise = CmaEs(dims, population, seed, sigma=1.0), np.random.default_rng(seed)
    for count in told:
        asked = search.ask()
        assert 1 <= len(asked) <= population
        assert ((asked >= 0) & (asked <= 1)).all()
        part = asked[:count]
        distances = {
            "rotated": rotated(part),
            "flat": np.zeros(len(part)),
            "noise": noise.random(len(part)),
        }[kind]
        search.tell(part, distances)
        assert np.isfinite(search.state()["covariance"]).all()
        assert np.linalg.eigvalsh(search.state()["covariance"]).min() > 0


@pytest.mark.parametrize(
    ("outside", "inside"),
    [(-0.2, 0.2), (1.3, 0.7), (2.4, 0.4), (-1.1, 0.9), (0.0, 0.0), (1.0, 1.0), (-2.0, 0.0)],
)
def test_what_is_outside_is_mirrored(outside, inside):
    assert folded(np.array([outside]))[0] == pytest.approx(inside)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sigma": 0.0}, "sigma 0.0; allowed: above 0 to 1"),
        ({"sigma": float("nan")}, "sigma nan; allowed: above 0 to 1"),
        ({"children": 3}, "children 3; allowed: 0, or 4 to 10"),
        ({"children": 11}, "children 11; allowed: 0, or 4 to 10"),
        ({"population": 3}, "population 3; CmaEs needs 4 or more"),
    ],
)
def test_options_out_of_range_are_said_in_one_line(options, message):
    with pytest.raises(ValueError, match=re.escape(message)) as refused:
        CmaEs(**({"dims": 5, "population": 10, "seed": 0} | options))
    assert str(refused.value) == message
