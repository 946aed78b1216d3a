from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from harness.answer.statistics import (
    bootstrap,
    compare,
    holm,
    iqm,
    probability_of_improvement,
    signed_rank,
)

FINITE = st.floats(-1e6, 1e6)


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
    assert np.isnan(probability_of_improvement([]))
    assert np.isnan(bootstrap([], [])).all()
    assert signed_rank([]) == 1
    assert holm([]) == []
    assert compare([]) == []


@pytest.mark.parametrize(
    ("differences", "probability"),
    [([1, 2, 3], 1), ([-1, -2], 0), ([0, 0], 0.5), ([1, -1, 0, 5], 0.625), ([0, 1], 0.75)],
)
def test_probability_of_improvement(differences, probability):
    assert probability_of_improvement(differences) == probability


@given(hnp.arrays(int, st.integers(1, 8), elements=st.integers(-2, 2)),
       hnp.arrays(int, st.integers(1, 8), elements=st.integers(-2, 2)))  # fmt: skip
def test_over_all_pairs_it_is_mann_whitneys_u(one, other):
    """Agarwal et al. (2021) define it so; ours takes the pairs that belong together."""
    differences = [a - b for a, b in product(one, other)]
    u = stats.mannwhitneyu(one, other, method="asymptotic").statistic
    assert probability_of_improvement(differences) == pytest.approx(u / len(differences))


@given(hnp.arrays(float, st.integers(1, 20), elements=FINITE))
def test_who_is_asked_about_does_not_matter(differences):
    there = probability_of_improvement(differences)
    assert there + probability_of_improvement(-differences) == pytest.approx(1)
    assert signed_rank(differences) == pytest.approx(signed_rank(-differences))


def test_bootstrap_is_seeded_and_brackets_the_value():
    values = np.random.default_rng(1).normal(0.3, 1, 40)
    strata = np.repeat(["a", "b"], 20)
    for statistic, function in (("probability", probability_of_improvement), ("iqm", iqm)):
        low, high = bootstrap(values, strata, statistic)
        assert (low, high) == bootstrap(values, strata, statistic)
        assert low < function(values) < high


def test_bootstrap_keeps_the_size_of_each_stratum():
    """Two targets that differ only between them leave no doubt within them."""
    values = np.array([1.0] * 5 + [-1.0] * 5)
    assert bootstrap(values, np.repeat(["a", "b"], 5)) == (0.5, 0.5)
    low, high = bootstrap(values, np.zeros(10))
    assert low < 0.3 < 0.7 < high


@pytest.mark.parametrize("seed", [1, 2])
def test_the_interval_covers_the_truth_in_about_95_percent(seed):
    """200 experiments of 40 pairs; a percentile interval of so few is a little narrow."""
    random = np.random.default_rng(seed)
    truth = stats.norm.cdf(0.5)
    strata = np.repeat(["a", "b"], 20)
    covered = 0
    for _ in range(200):
        low, high = bootstrap(random.normal(0.5, 1, 40), strata)
        covered += low <= truth <= high
    assert 0.88 <= covered / 200 <= 0.995


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
    found = holm(ps)
    assert found == pytest.approx([formula[p] for p in ps])
    assert all(f >= p for f, p in zip(found, ps, strict=True))
    assert max(found) <= 1


def measures(one, other, names=("a", "b"), strata=None):
    strata = np.zeros(len(one)) if strata is None else strata
    return (*names, one, other, strata)


def test_a_planted_difference_is_decided():
    random = np.random.default_rng(4)
    other = random.normal(size=20)
    (pair,) = compare([measures(other + 1 + 0.3 * random.normal(size=20), other)])
    assert (pair.ahead, pair.n, pair.one, pair.other) == ("a", 20, "a", "b")
    assert pair.low > 0.9
    assert pair.p < 0.001
    assert pair.difference == pytest.approx(1, abs=0.2)
    (back,) = compare([measures(other, other + 1)])
    assert (back.ahead, back.probability) == ("b", 0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([0.0] * 20, [0.0] * 20),
        (list(range(20)), list(range(20))),
        ([1.0], [0.0]),
        ([1.0, 2.0, 3.0], [0.0, 0.0, 0.0]),
        ([], []),
        ([np.nan] * 8, [1.0] * 8),
        ([1.0, -1.0] * 10, [0.0] * 20),
        ([np.inf] * 3, [np.inf] * 3),
    ],
    ids=["constant", "identical", "one", "three", "zero", "nan", "balanced", "infinite"],
)
def test_undecided(one, other):
    with np.errstate(invalid="ignore"):
        (pair,) = compare([measures(one, other)])
    assert not pair.decided
    assert pair.ahead == ""
    assert pair.p >= 0.05


def test_pairs_without_a_measure_are_left_out_and_not_counted():
    other = np.zeros(12)
    one = np.where(np.arange(12) < 4, np.nan, np.arange(12.0))
    (pair,) = compare([measures(one, other)])
    assert (pair.n, pair.probability, pair.ahead) == (8, 1, "a")


def test_equal_strategies_are_almost_never_decided():
    random = np.random.default_rng(9)
    pairs = [measures(*random.normal(size=(2, 15)), names=(f"a{i}", f"b{i}")) for i in range(60)]
    alone = [compare([pair])[0].decided for pair in pairs]
    assert sum(alone) <= 8
    assert sum(pair.decided for pair in compare(pairs)) <= 1


def test_more_pairs_make_it_harder():
    random = np.random.default_rng(2)
    one, other = random.normal(0.7, 1, (2, 12)) * [[1], [0]]
    alone = compare([measures(one, other)])[0]
    among = compare([measures(one, other), *[measures(other, other)] * 9])[0]
    assert among.p == pytest.approx(min(1, 10 * alone.p))


def test_one_value_in_each_stratum_gives_no_interval_and_no_verdict():
    assert np.isnan(bootstrap([1.0, 2.0, 3.0], ["a", "b", "c"])).all()
    values, strata = [0.9] * 8, list("abcdefgh")
    (pair,) = compare([("one", "other", values, [0.1] * 8, strata)])
    assert pair.p < 0.05
    assert not pair.decided
