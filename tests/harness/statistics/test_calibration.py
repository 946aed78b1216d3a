import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from harness.statistics.calibration import planted, pooled, rate, shuffled
from harness.statistics.power import chance_to_detect, smallest_detectable
from harness.statistics.rule import decided_many

DRAWS = {
    "normal": lambda random, size: random.normal(size=size),
    "heavy tails": lambda random, size: random.standard_cauchy(size),
    "skewed": lambda random, size: np.exp(1.5 * random.normal(size=size)),
    "tied": lambda random, size: random.poisson(0.7, size).astype(float),
}


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_is_clopper_and_pearsons(counts):
    k, n = counts
    found = rate(np.arange(n) < k)
    expected = stats.binomtest(k, n).proportion_ci(method="exact")
    assert (found.low, found.high) == pytest.approx(tuple(expected))
    assert (found.decided, found.of, found.share) == (k, n, k / n)


@pytest.mark.parametrize("n", [6, 9, 12, 30, 60])
@pytest.mark.parametrize("shape", DRAWS)
def test_at_most_5_percent_of_equals_are_told_apart(shape, n):
    """2,000 new A/A comparisons; their rate has a standard error of half a percent."""
    random, strata = np.random.default_rng(n), np.arange(n) % 3
    values = DRAWS[shape](random, (2000, 4, n))
    alone = decided_many(values[:, 0] - values[:, 1], strata) != 0
    assert rate(alone).low < 0.05
    one, other = np.triu_indices(4, 1)
    families = decided_many(values[:, one] - values[:, other], strata) != 0
    assert rate(families.any(axis=1)).low < 0.05


@pytest.mark.parametrize("strategies", [2, 4])
def test_values_dealt_anew_are_rarely_told_apart(strategies):
    """Though one strategy was far ahead, and targets differ."""
    random, strata = np.random.default_rng(1), np.arange(30) % 3
    values = random.normal(size=(strategies, 30)) + strata
    values[0] += 9
    found = shuffled(values, strata)
    assert (found.of, found.low < 0.05) == (1000, True)
    assert found == shuffled(values, strata)


def test_two_dealt_anew_are_signs_flipped():
    """The difference of two is all that matters."""
    random, strata = np.random.default_rng(1), np.arange(12) % 3
    values = random.normal(size=(2, 12))
    by_difference = shuffled([values[0] - values[1], np.zeros(12)], strata)
    assert by_difference.decided == shuffled(values, strata).decided > 0


def test_one_pool_is_rarely_told_apart_from_itself():
    random, strata = np.random.default_rng(2), np.repeat(np.arange(3), 10)
    values = random.exponential(size=30) + 5 * strata
    alone, among = pooled(values, strata), pooled(values, strata, pairs=6)
    assert alone.low < 0.05
    assert among.decided <= alone.decided
    few = pooled(values[::5], strata[::5], comparisons=400)
    assert (few.of, few.low < 0.05) == (400, True)


@pytest.mark.parametrize("sign", [1, -1])
def test_what_is_planted_is_found_as_often_as_promised(sign):
    random, strata = np.random.default_rng(3), np.arange(30) % 3
    d = random.normal(0.4, 1, 30)
    shift = sign * smallest_detectable(d, strata)
    found = planted(d, strata, shift)
    assert found.found.share == pytest.approx(0.8, abs=0.12)
    assert found.promised == pytest.approx(found.found.share, abs=0.15)
    assert found.promised == pytest.approx(chance_to_detect(d, strata, shift), abs=0.2)
    assert found.wrong.share < 0.01


def test_missing_units_are_left_out():
    d, strata = np.random.default_rng(4).normal(size=20), np.arange(20) % 2
    gone = np.where(np.arange(20) < 6, np.nan, d)
    assert pooled(gone, strata) == pooled(d[6:], strata[6:])
    assert planted(gone, strata, 1.0) == planted(d[6:], strata[6:], 1.0)
    zeros = np.zeros(20)
    assert shuffled([gone, zeros], strata) == shuffled([d[6:], zeros[6:]], strata[6:])
