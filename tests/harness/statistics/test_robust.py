import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from harness.statistics import robust
from harness.statistics.robust import hodges_lehmann, iqm, walsh_averages
from harness.statistics.signed_rank import signed_rank

FINITE = st.floats(-1e6, 1e6)
# Whole numbers whose pairwise sums all differ: no ties, no zeros, at any n.
UNTIED = st.lists(st.integers(-500, 500).filter(bool), min_size=1, max_size=60, unique_by=abs)


@given(st.integers(1, 12).flatmap(lambda n: hnp.arrays(float, 4 * n, elements=FINITE)))
def test_iqm_is_the_trimmed_mean_where_quarters_are_whole(values):
    assert iqm(values) == pytest.approx(stats.trim_mean(values, 0.25), abs=1e-6)


@pytest.mark.parametrize(
    ("values", "mean"),
    [
        ([3.0], 3.0),
        ([1, 2], 1.5),
        ([1, 2, 6], (0.25 * 1 + 1 * 2 + 0.25 * 6) / 1.5),
        ([0, 10, 20, 30, 1000], (0.75 * 10 + 20 + 0.75 * 30) / 2.5),
        ([5, 1, 4, 2, 3, 6], (0.5 * 2 + 3 + 4 + 0.5 * 5) / 3),
    ],
)
def test_iqm_weighs_the_edges_of_the_middle_half(values, mean):
    assert iqm(values) == pytest.approx(mean)


@given(hnp.arrays(float, st.integers(1, 20), elements=FINITE), st.randoms())
def test_iqm_lies_within_and_knows_no_order(values, random):
    shuffled = list(values)
    random.shuffle(shuffled)
    assert iqm(values) == iqm(shuffled)
    assert values.min() - 1e-6 <= iqm(values) <= values.max() + 1e-6


def test_of_nothing():
    assert np.isnan(iqm([]))
    assert np.isnan(hodges_lehmann([])).all()
    assert np.isnan(hodges_lehmann([np.nan])).all()


def test_walsh_averages_by_hand():
    assert walsh_averages([1, 2, 6]) == pytest.approx([1, 1.5, 2, 3.5, 4, 6])


def test_hodges_lehmann_is_r():
    """wilcox.test(x, y, paired = TRUE, conf.int = TRUE) of Hollander & Wolfe (1999), table 3.1."""
    x = np.array([1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30])
    y = np.array([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29])
    shift, low, high = hodges_lehmann(x - y)
    assert shift == pytest.approx(0.46, abs=1e-9)
    assert (low, high) == pytest.approx((0.01, 0.786), abs=1e-9)


@given(UNTIED, st.sampled_from([0.05, 0.01]))
def test_the_interval_excludes_0_just_where_the_test_rejects(differences, level):
    _, low, high = hodges_lehmann(differences, level)
    assert (low > 0 or high < 0) == (signed_rank(differences) < level)


@given(st.lists(st.integers(-500, 500), min_size=1, max_size=70), st.integers(-50, 50))
def test_it_moves_with_the_differences_and_turns_with_their_sign(differences, by):
    d = np.array(differences, float)
    shift, low, high = hodges_lehmann(d)
    assert low <= shift <= high
    assert hodges_lehmann(d + by) == pytest.approx((shift + by, low + by, high + by))
    assert hodges_lehmann(-d) == pytest.approx((-shift, -high, -low))


@pytest.mark.parametrize("n", [1, 5])
def test_too_few_exclude_nothing(n):
    assert hodges_lehmann(np.arange(n) + 1.0)[1:] == (-np.inf, np.inf)


def test_infinite_differences_do_not_break_it():
    assert hodges_lehmann([np.inf] * 6) == (np.inf, np.inf, np.inf)
    assert hodges_lehmann([1.0, np.inf, 2.0])[0] == 2.0


@pytest.mark.parametrize("n", [10, 60])
def test_it_covers_the_true_shift(n):
    random = np.random.default_rng(n)
    covered = 0
    for _ in range(400):
        _, low, high = hodges_lehmann(random.standard_t(3, n) + 1)
        covered += low <= 1 <= high
    assert 0.92 <= covered / 400 <= 0.985


@given(
    st.lists(st.one_of(st.integers(-3, 3).map(float), FINITE), min_size=1, max_size=40),
    st.sampled_from([0.05, 0.001]),
)
def test_of_many_it_is_found_without_all_averages(differences, level):
    few = hodges_lehmann(differences, level)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(robust, "_MANY", 0)
        many = hodges_lehmann(differences, level)
    assert many == pytest.approx(few, rel=1e-9, abs=1e-9 * max(map(abs, differences)))


def test_of_thousands_it_finds_the_shift():
    d = np.random.default_rng(1).normal(0.3, size=5000)
    shift, low, high = hodges_lehmann(d)
    # The estimate is nearly as efficient as the mean (Hodges & Lehmann, 1963).
    assert shift == pytest.approx(d.mean(), abs=0.01)
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(np.pi / 3 / 5000), rel=0.03)
