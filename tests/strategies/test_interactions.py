"""Interactions of functions whose interactions are known, and groups that are linked by them."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform

from strategies.interactions import all_pairs, interactions, linked, probes

SINGLE = [(0,), (1,), (2,)]
BASE, OTHER = np.array([0.2, 0.5, 0.9]), np.array([0.7, 0.1, 0.4])
STEP = OTHER - BASE


def measured(function, groups=SINGLE, base=BASE, other=OTHER, pairs=None):
    distances = function(probes(base, other, groups, pairs).T)
    return interactions(distances, len(groups), pairs)


def test_probes_move_nothing_then_each_group_then_each_pair():
    got = probes(BASE, OTHER, [(2,), (0, 1)])
    assert np.array_equal(got, [[0.2, 0.5, 0.9], [0.2, 0.5, 0.4], [0.7, 0.1, 0.9], [0.7, 0.1, 0.4]])
    assert probes(np.zeros(46), np.ones(46), [(g,) for g in range(46)]).shape == (1082, 46)
    some = probes(BASE, OTHER, SINGLE, [(0, 2)])
    assert np.array_equal(some[-1], [0.7, 0.5, 0.4])
    assert len(some) == 5
    assert len(probes(BASE, OTHER, SINGLE, [])) == 4


def test_what_is_separable_does_not_interact():
    got = measured(lambda x: 3 * x[0] ** 2 + np.exp(x[1]) + np.sin(x[2]))
    assert got.magnitudes == pytest.approx(np.zeros((3, 3)), abs=1e-12)
    # Rounding is no interaction: exactly none.
    assert np.array_equal(got.shares, np.zeros((3, 3)))
    assert got.effects[0] == pytest.approx(3 * (0.49 - 0.04))


def test_a_product_interacts_by_the_product_of_its_steps():
    got = measured(lambda x: 5 * x[0] * x[1] + 2 * x[2])
    magnitude = 5 * abs(STEP[0] * STEP[1])
    assert got.magnitudes[0, 1] == got.magnitudes[1, 0] == pytest.approx(magnitude)
    alone = 5 * np.abs([STEP[0] * BASE[1], STEP[1] * BASE[0]])
    together = 5 * abs(OTHER[0] * OTHER[1] - BASE[0] * BASE[1])
    assert got.shares[0, 1] == pytest.approx(magnitude / (alone.sum() + together))
    assert np.array_equal(got.shares[2], np.zeros(3))
    assert got.effects == pytest.approx([*alone, 2 * abs(STEP[2])])


def test_what_only_matters_together_shares_all():
    got = measured(lambda x: ((x[0] == OTHER[0]) & (x[1] == OTHER[1])).astype(float))
    assert got.shares[0, 1] == 1.0
    assert got.effects[0] == got.effects[1] == 0.0


def test_nothing_that_changes_is_no_interaction():
    got = measured(lambda x: np.zeros(x.shape[1]))
    assert np.array_equal(got.shares, np.zeros((3, 3)))


def test_groups_interact_as_their_genes_do():
    def function(x):
        return x[0] * x[1] + x[1] * x[2]

    apart = measured(function, [(0, 1), (2,)])
    assert apart.magnitudes[0, 1] == pytest.approx(abs(STEP[1] * STEP[2]))


def test_pairs_that_were_not_measured_are_not_known():
    got = measured(lambda x: x[0] * x[2], pairs=[(2, 0)])
    assert np.isnan(got.shares[[0, 1], [1, 2]]).all()
    assert got.magnitudes[0, 2] == got.magnitudes[2, 0] == pytest.approx(abs(STEP[0] * STEP[2]))
    assert np.array_equal(np.diag(got.shares), np.zeros(3))


def test_other_distances_than_probes_are_refused():
    with pytest.raises(ValueError, match=re.escape("6 distances; 3 groups need 7")):
        interactions(np.zeros(6), 3)


@given(st.integers(0, 10_000), st.permutations(range(5)))
def test_symmetric_within_bounds_and_whatever_the_order(seed, order):
    random = np.random.default_rng(seed)
    base, other, weights = random.random(5), random.random(5), random.normal(size=(5, 5))

    def function(x):
        return np.abs(np.sin(weights @ x)).sum(axis=0)

    straight = measured(function, [(i,) for i in range(5)], base, other)
    turned = measured(function, [(i,) for i in order], base, other)
    for one, again in ((straight.magnitudes, turned.magnitudes), (straight.shares, turned.shares)):
        assert np.array_equal(one, one.T)
        assert again == pytest.approx(one[np.ix_(order, order)], abs=1e-12)
    assert (straight.shares >= 0).all()
    assert (straight.shares <= 1 + 1e-12).all()
    assert turned.effects == pytest.approx(straight.effects[list(order)])


def shares_of(random, k):
    return squareform(random.random(k * (k - 1) // 2))


def slowly(shares, count):
    """The same, pair by pair, for what was all measured and where nothing is too large."""
    groups = [(i,) for i in range(len(shares))]
    while len(groups) > count:
        least = min(map(len, groups))
        pairs = [(a, b) for a in groups for b in groups if a != b and len(a) == least]
        a, b = max(
            pairs, key=lambda pair: np.mean([shares[i, j] for i in pair[0] for j in pair[1]])
        )
        groups = [*(group for group in groups if group not in (a, b)), a + b]
    return {tuple(sorted(group)) for group in groups}


@given(st.integers(0, 10_000), st.integers(1, 2))
def test_the_smallest_joins_what_it_interacts_with_most(seed, count):
    # With two groups one may have all nine: no bound.
    shares = shares_of(np.random.default_rng(seed), 9)
    assert set(linked(shares, count)) == slowly(shares, count)


@given(st.integers(0, 10_000))
def test_links_as_scipy_does_while_all_are_single(seed):
    shares = shares_of(np.random.default_rng(seed), 9)
    tree = linkage(squareform(1 - shares, checks=False), "average")
    first = tuple(sorted(tree[0, :2].astype(int).tolist()))
    assert first in linked(shares, 8)


def test_blocks_are_found_although_most_pairs_were_not_measured():
    random = np.random.default_rng(3)
    blocks = [tuple(range(i, 24, 3)) for i in range(3)]
    shares = np.full((24, 24), np.nan)
    for a, b in random.permutation(all_pairs(24))[:100]:
        shares[a, b] = shares[b, a] = (0.5 if a % 3 == b % 3 else 0.1) + 0.05 * random.random()
    assert linked(shares, 3) == blocks


@given(st.integers(0, 10_000), st.integers(1, 30), st.data())
def test_each_has_one_group_and_none_is_larger_than_twice_its_share(seed, k, data):
    count = data.draw(st.integers(1, k))
    random = np.random.default_rng(seed)
    shares = shares_of(random, k) ** 4 if k > 1 else np.zeros((1, 1))
    shares[random.random((k, k)) < 0.3] = np.nan
    shares = np.fmax(shares, shares.T)
    groups = linked(shares, count)
    assert sorted(gene for group in groups for gene in group) == list(range(k))
    assert len(groups) == count
    assert max(len(group) for group in groups) <= -(-2 * k // count)


def test_nothing_measured_is_no_reason_to_fail():
    assert [len(group) for group in linked(np.full((6, 6), np.nan), 3)] == [4, 1, 1]
