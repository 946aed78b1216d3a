"""Shares of answers against scipy, simulated listeners and coverage."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from harness.statistics.preferences import clustered_share, in_both_orders, share


@pytest.mark.parametrize(("hits", "n"), [(0, 1), (1, 1), (3, 10), (10, 10), (17, 24), (500, 900)])
def test_the_interval_is_exact(hits, n):
    found = share(hits, n)
    other = binomtest(hits, n).proportion_ci(0.95, method="exact")
    assert (found.value, found.n) == (hits / n, n)
    assert (found.low, found.high) == pytest.approx((other.low, other.high))


def test_nothing_has_no_share():
    found = share(0, 0)
    assert math.isnan(found.value)
    assert (found.n, found.side) == (0, 0)
    assert clustered_share([], []).n == 0


def test_a_side_is_where_the_whole_interval_lies():
    assert [share(hits, 20).side for hits in (1, 10, 19)] == [-1, 0, 1]


def test_one_cluster_has_no_interval():
    found = clustered_share([1, 1, 0], ["t", "t", "t"])
    assert found.value == pytest.approx(2 / 3)
    assert math.isnan(found.low)
    assert found.side == 0


@pytest.mark.parametrize("targets", [2, 4, 5, 6, 7])
def test_clusters_that_agree_count_once(targets):
    """As a sign test of the clusters would: six that agree decide at 5%, five do not."""
    found = clustered_share(np.ones(10 * targets), np.repeat(range(targets), 10))
    alone = binomtest(targets, targets)
    assert (found.low, found.high) == pytest.approx(alone.proportion_ci(0.95, method="exact"))
    assert (found.side > 0) == (alone.pvalue < 0.05)
    assert found.n == 10 * targets


def test_one_answer_per_cluster_is_nearly_exact():
    scores = np.tile([1, 1, 1, 0], 100)
    found, plain = clustered_share(scores, range(400)), share(300, 400)
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high), abs=2e-3)


@given(
    st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.integers(0, 4)), min_size=1),
    st.sampled_from([0.01, 0.05, 0.2]),
)
def test_the_interval_holds_the_share_and_mirrors(answers, level):
    scores, clusters = (np.array(part) for part in zip(*answers, strict=True))
    found, mirrored = (clustered_share(s, clusters, level) for s in (scores, 1 - scores))
    if len(set(clusters.tolist())) > 1:
        assert 0 <= found.low <= found.value + 1e-12
        assert found.value - 1e-12 <= found.high <= 1
        assert (mirrored.low, mirrored.high) == pytest.approx((1 - found.high, 1 - found.low))


def test_intervals_cover_where_clusters_differ():
    """The interval of independent pairs would cover far less."""
    random = np.random.default_rng(4)
    covered, naive, runs = 0, 0, 400
    for _ in range(runs):
        chances = np.repeat(random.beta(2, 1, 8), 12)
        scores = (random.random(96) < chances).astype(float)
        found, plain = (
            clustered_share(scores, np.repeat(range(8), 12)),
            share(int(scores.sum()), 96),
        )
        covered += found.low <= 2 / 3 <= found.high
        naive += plain.low <= 2 / 3 <= plain.high
    assert covered / runs >= 0.93
    assert naive / runs < 0.8


def listener(random, pairs, bias, noise):
    """Answers in both orders of one who hears the first sound of each pair closer.

    ``bias`` of the answers are A whatever is heard, ``noise`` of the others are drawn.
    """

    def heard(right):
        answer = np.where(random.random(pairs) < noise, random.integers(0, 2, pairs), right)
        return np.where(random.random(pairs) < bias, 1, answer)

    return heard(1), heard(0)


@pytest.mark.parametrize(("bias", "noise"), [(0.0, 0.0), (0.0, 0.3), (0.4, 0.0), (0.3, 0.2)])
def test_a_listeners_bias_and_consistency_are_recovered(bias, noise):
    random = np.random.default_rng(1)
    same, first = in_both_orders(*listener(random, 4000, bias, noise))
    one = bias + (1 - bias) * (1 - noise / 2)  # A, where A is right
    other = bias + (1 - bias) * noise / 2  # A, where B is right
    assert first.value == pytest.approx((one + other) / 2, abs=0.02)
    assert first.low <= (one + other) / 2 <= first.high
    assert same.value == pytest.approx(one * (1 - other) + (1 - one) * other, abs=0.02)
    assert (first.side > 0) == (bias > 0)
    assert (same.n, first.n) == (4000, 8000)


def test_no_difference_in_both_orders_is_the_same_answer():
    same, first = in_both_orders([0.5, 0.5, 1, 1], [0.5, 1, 1, 0])
    assert (same.value, same.n) == (0.5, 4)
    assert (first.value, first.n) == (0.8, 5)
