import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from harness.statistics.signed_rank import rejecting, signed_rank, signed_rank_many

SIDES = ("two-sided", "greater", "less")


@given(st.lists(st.integers(-500, 500).filter(bool), min_size=1, max_size=60, unique_by=abs))
def test_signed_rank_is_scipys(differences):
    method = "exact" if len(differences) <= 50 else "asymptotic"
    expected = stats.wilcoxon(differences, method=method).pvalue
    assert signed_rank(differences) == pytest.approx(expected)


@settings(max_examples=30)
@given(hnp.arrays(int, st.integers(1, 7), elements=st.integers(-3, 3)))
def test_with_ties_and_zeros_it_is_scipys_permutation_test(differences):
    if np.count_nonzero(differences) > 1:
        expected = stats.wilcoxon(differences, method=stats.PermutationMethod()).pvalue
        assert signed_rank(differences) == pytest.approx(expected)
    else:
        assert signed_rank(differences) == 1


@pytest.mark.parametrize(
    ("differences", "p"),
    [([1, 2, 3, 4, 5], 2 / 32), ([1, 2, 3, 4, 5, 6], 2 / 64), ([1], 1.0), ([-1, 2, 3], 0.5)],
)
def test_signed_rank_by_hand(differences, p):
    assert signed_rank(differences) == pytest.approx(p)


@given(
    st.lists(st.integers(-500, 500).filter(bool), min_size=1, max_size=60, unique_by=abs),
    st.sampled_from(SIDES),
)
def test_one_sided_too(differences, side):
    method = "exact" if len(differences) <= 50 else "asymptotic"
    expected = stats.wilcoxon(differences, alternative=side, method=method).pvalue
    assert signed_rank(differences, side) == pytest.approx(expected)


@settings(max_examples=30)
@given(hnp.arrays(int, st.integers(1, 7), elements=st.integers(-3, 3)))
def test_one_sided_with_ties(differences):
    nonzero = differences[differences != 0]
    if nonzero.size > 1:
        method = stats.PermutationMethod()
        expected = stats.wilcoxon(nonzero, alternative="greater", method=method).pvalue
        assert signed_rank(differences, "greater") == pytest.approx(expected)


def test_with_ties_above_50_it_is_scipys():
    d = np.random.default_rng(3).integers(-4, 6, 80)
    expected = stats.wilcoxon(d, method="asymptotic", correction=False).pvalue
    assert signed_rank(d) == pytest.approx(expected)


@given(
    hnp.arrays(float, (5, 55), elements=st.integers(-30, 30) | st.just(np.nan)),
    st.sampled_from(SIDES),
)
def test_many_are_each_alone(rows, side):
    rows[0, 3:] = 0
    rows[1] = 0
    assert signed_rank_many(rows, side) == pytest.approx([signed_rank(r, side) for r in rows])


def test_of_nothing():
    assert signed_rank([]) == 1
    assert signed_rank([0.0, np.nan]) == 1
    assert signed_rank_many(np.empty((3, 0))).tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("n", "level", "many"),
    # Published critical values T ≤ many − 1 (e.g. Siegel, 1956, table G; Hollander & Wolfe, 1999).
    [(5, 0.05, 0), (6, 0.05, 1), (9, 0.05, 6), (10, 0.05, 9), (25, 0.05, 90), (10, 0.01, 4)],
)
def test_rejecting_is_the_published_table(n, level, many):
    assert rejecting(n, level) == many


@pytest.mark.parametrize("n", [50, 51])
def test_the_normal_approximation_goes_on_where_the_exact_ends(n):
    assert rejecting(n, 0.05) == pytest.approx(rejecting(n + 1, 0.05), rel=0.06)
