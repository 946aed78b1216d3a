import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from harness.statistics.ranks import (
    critical_difference,
    friedman,
    holm,
    indistinguishable_groups,
    spearman,
)


@pytest.mark.parametrize(
    ("ps", "corrected"),
    [
        # R's help of p.adjust, and Wikipedia's example of Holm–Bonferroni.
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
        ([0.01, 0.02, 0.03, 0.04, 0.05], [0.05, 0.08, 0.09, 0.09, 0.09]),
        ([0.5, 0.6], [1.0, 1.0]),
        ([0.2], [0.2]),
        ([0.03, 0.03], [0.06, 0.06]),
    ],
)
def test_holm_by_hand(ps, corrected):
    assert holm(ps) == pytest.approx(corrected)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=10))
def test_holm_is_its_formula(ps):
    """adjusted p(i) = min(1, max over j ≤ i of (n − j + 1) p(j)), Holm (1979)."""
    n, ordered = len(ps), sorted(ps)
    formula = {
        p: min(1.0, max((n - j) * q for j, q in enumerate(ordered[: i + 1])))
        for i, p in enumerate(ordered)
    }
    found = holm(ps).tolist()
    assert found == pytest.approx([formula[p] for p in ps])
    assert all(f >= p for f, p in zip(found, ps, strict=True))
    assert max(found) <= 1


@given(hnp.arrays(float, (4, 6), elements=st.floats(0, 1)))
def test_holm_corrects_each_family_alone(families):
    assert holm(families).tolist() == [holm(family).tolist() for family in families]


def test_iman_and_davenports_f_is_that_of_an_analysis_of_variance_of_the_ranks():
    values = np.random.default_rng(1).integers(0, 6, (14, 4))
    ranks = stats.rankdata(-values, axis=1)
    between = 14 * ((ranks.mean(axis=0) - 2.5) ** 2).sum()
    left = ((ranks - ranks.mean(axis=0)) ** 2).sum()
    f = (between / 3) / (left / 39)
    found = friedman(values)
    assert found.f == pytest.approx(f)
    assert found.f_p == pytest.approx(stats.f.sf(f, 3, 39))


@pytest.mark.parametrize(
    ("strategies", "q"),
    # Demšar (2006), table 5a.
    [(2, 1.960), (3, 2.343), (4, 2.569), (5, 2.728), (6, 2.850), (7, 2.949), (10, 3.164)],
)
def test_nemenyi_is_the_published_table(strategies, q):
    spread = np.sqrt(strategies * (strategies + 1) / (6 * 30))
    assert critical_difference(strategies, 30) == pytest.approx(q * spread, rel=5e-4)


def test_the_example_of_demsar():
    """Four versions of C4.5 on 14 data sets: 1.25, which tells none of the four apart."""
    assert critical_difference(4, 14) == pytest.approx(1.25, abs=5e-3)
    assert indistinguishable_groups([3.143, 2.000, 2.893, 1.964], 1.25) == [(3, 1, 2, 0)]


def test_nemenyi_needs_something_to_tell_apart():
    with pytest.raises(ValueError, match="1 strategies on 5 units"):
        critical_difference(1, 5)


@given(hnp.arrays(int, st.tuples(st.integers(2, 8), st.integers(3, 5)), elements=st.integers(0, 4)))
def test_friedman_is_scipys(values):
    found = friedman(values)
    if (values == values[:, :1]).all():
        assert found.p == 1
    else:
        expected = stats.friedmanchisquare(*values.T)
        assert (found.chi2, found.p) == pytest.approx((expected.statistic, expected.pvalue))
        assert found.f_p <= 1


def test_friedman_where_all_agree_and_where_nothing_can_differ():
    assert friedman([[1, 2, 3]] * 4).f_p == 0
    assert friedman([[1, 2, 3]] * 4).f == np.inf
    for values in (np.ones((5, 3)), np.ones((1, 3)), np.ones((5, 1)), np.empty((0, 3))):
        assert (friedman(values).p, friedman(values).f_p) == (1, 1)


def test_ranks_refuse_nan_and_other_shapes():
    for values in ([1.0, 2.0], [[1.0, np.nan]]):
        with pytest.raises(ValueError, match="wanted"):
            friedman(values)


@pytest.mark.parametrize(
    ("ranks", "difference", "bars"),
    [
        ([1, 2, 3, 4], 1.5, [(0, 1), (1, 2), (2, 3)]),
        ([4, 3, 2, 1], 2.5, [(3, 2, 1), (2, 1, 0)]),
        ([1, 3, 5], 2, []),
        ([1, 1, 1], 0.5, [(0, 1, 2)]),
        ([1, 1.2, 3, 3.1, 9], 1, [(0, 1), (2, 3)]),
        ([], 1, []),
    ],
)
def test_bars_of_the_diagram(ranks, difference, bars):
    assert indistinguishable_groups(ranks, difference) == bars


@given(st.lists(st.floats(1, 8), max_size=8), st.floats(0.1, 4))
def test_bars_hold_just_the_pairs_that_are_too_near(ranks, difference):
    bars = indistinguishable_groups(ranks, difference)
    for i in range(len(ranks)):
        for j in range(i):
            together = any(i in bar and j in bar for bar in bars)
            assert together == (abs(ranks[i] - ranks[j]) < difference)
    assert not any(set(a) < set(b) for a in bars for b in bars)


def test_spearman():
    assert spearman([1, 2, 3, 4, np.nan], [1, 2, 4, 8, 0]) == pytest.approx((1, 0))
    one, other = np.random.default_rng(1).normal(size=(2, 20))
    assert spearman(one, other) == pytest.approx(tuple(stats.spearmanr(one, other)))
    for few in (([1, 2], [3, 4]), ([1, 1, 1], [1, 2, 3]), ([], [])):
        rho, p = spearman(*few)
        assert np.isnan(rho)
        assert p == 1
