import numpy as np
import pytest
from scipy import stats

from harness.statistics import power
from harness.statistics.power import chance_to_detect, smallest_detectable
from harness.statistics.rule import decided_many


def normal(n, deviation=1.0):
    """Normal differences as even as they can be, in random order."""
    quantiles = stats.norm.ppf((np.arange(n) + 0.5) / n)
    return deviation * np.random.default_rng(n).permutation(quantiles / quantiles.std(ddof=1))


@pytest.mark.parametrize("pairs", [20, 100])
@pytest.mark.parametrize("n", [60, 120])
def test_with_many_pairs_it_is_the_closed_form_of_the_signed_rank_test(n, pairs):
    """z of a mean with the relative efficiency 3/π; the interval asks less there."""
    z = stats.norm.ppf(1 - 0.025 / pairs) + stats.norm.ppf(0.8)
    expected = z / np.sqrt(n * 3 / np.pi)
    found = smallest_detectable(normal(n), np.arange(n) % 3, pairs)
    assert found == pytest.approx(expected, rel=0.12)


@pytest.mark.parametrize("n", [60, 120])
def test_with_one_pair_it_is_the_binomial_of_the_interval(n):
    """Of one stratum: as many positive as leave resamples of them less than 2.5 % below half."""
    counts = np.arange(n + 1)
    needed = np.flatnonzero(stats.binom.cdf(n / 2, n, counts / n) < 0.025)[0]
    power = stats.binom.sf(
        needed - 1, n, stats.norm.cdf(smallest_detectable(normal(n), np.zeros(n)))
    )
    assert power == pytest.approx(0.8, abs=0.06)


@pytest.mark.parametrize("pairs", [1, 6])
@pytest.mark.parametrize(("n", "strata"), [(9, 3), (15, 3), (30, 3), (60, 12)])
def test_what_is_promised_is_found(n, strata, pairs):
    """On new normal differences; each promise is made from differences of its own."""
    random, strata = np.random.default_rng(n), np.arange(n) % strata
    shift = 2.6 / np.sqrt(n)
    d = random.normal(shift, 1, (1500, n))
    found = (decided_many(d, strata, pairs) > 0).mean()
    promised = np.mean([chance_to_detect(row, strata, shift, pairs) for row in d[:100]])
    assert promised == pytest.approx(found, abs=0.1)


def test_seeds_that_are_few_promise_no_more_than_many():
    """Two values in each of 30 strata must not look surer than 60 in one."""
    few = smallest_detectable(normal(60), np.arange(60) % 30, pairs=200)
    assert few == pytest.approx(smallest_detectable(normal(60), np.zeros(60), pairs=200), rel=0.1)


def test_the_smallest_has_the_power_that_was_asked():
    d, strata = np.random.default_rng(1).standard_t(4, 30), np.arange(30) % 3
    for wanted in (0.5, 0.8, 0.9):
        smallest = smallest_detectable(d, strata, pairs=3, power=wanted)
        assert chance_to_detect(d, strata, smallest, pairs=3) == pytest.approx(wanted, abs=0.05)
        assert chance_to_detect(d, strata, smallest, pairs=3) >= wanted


def test_it_knows_the_unit_but_not_the_place():
    d, strata = np.random.default_rng(1).normal(size=24), np.arange(24) % 3
    smallest = smallest_detectable(d, strata)
    assert smallest_detectable(d + 5, strata) == pytest.approx(smallest)
    assert smallest_detectable(1e-3 * d, strata) == pytest.approx(1e-3 * smallest)
    assert smallest_detectable(d, strata) == smallest
    assert smallest_detectable(d, strata, pairs=6) >= smallest


def test_a_larger_shift_is_seen_more_often_and_either_sign_alike():
    d, strata = np.random.default_rng(3).normal(size=20), np.arange(20) % 4
    d = np.concatenate([d, -d])
    strata = np.concatenate([strata, strata])
    chances = [chance_to_detect(d, strata, shift) for shift in (0, 0.2, 0.4, 0.8, 9)]
    assert chances == sorted(chances)
    assert chances[0] < 0.06
    assert chances[-1] == 1
    assert chance_to_detect(d, strata, -0.4) == pytest.approx(chances[2], abs=0.08)


@pytest.mark.parametrize(
    ("differences", "strata", "pairs"),
    [
        ([], [], 1),
        ([1.0], [0], 1),
        (np.arange(5.0), np.zeros(5), 1),
        (np.arange(7.0), np.zeros(7), 6),
        (np.arange(20.0), np.arange(20), 1),
        ([np.nan] * 20, np.zeros(20), 1),
        ([np.inf, *np.arange(19.0)], np.zeros(20), 1),
    ],
    ids=["none", "one", "five", "seven of six pairs", "one each", "nan", "infinite"],
)
def test_what_can_never_be_decided(differences, strata, pairs):
    assert smallest_detectable(differences, strata, pairs) == np.inf
    assert chance_to_detect(differences, strata, 1e9, pairs) == 0


def test_differences_that_do_not_vary_hide_nothing():
    assert smallest_detectable([0.3] * 10, np.arange(10) % 2) == 0
    assert chance_to_detect([0.3] * 10, np.arange(10) % 2, 1e-6) == 1
    assert chance_to_detect([0.3] * 10, np.arange(10) % 2, 0) == 0


def test_one_odd_trial_among_equals():
    smallest = smallest_detectable([0.0] * 19 + [50.0], np.arange(20) % 2)
    assert 0 < smallest < 1e-3


def test_missing_differences_are_left_out():
    d, strata = np.random.default_rng(4).normal(size=20), np.arange(20) % 2
    known = np.where(np.arange(20) < 6, np.nan, d)
    assert smallest_detectable(known, strata) == smallest_detectable(d[6:], strata[6:])
    assert chance_to_detect(known, strata, 1) == chance_to_detect(d[6:], strata[6:], 1)


@pytest.mark.parametrize("strata_count", [4, 600])
def test_of_thousands_a_part_tells(strata_count):
    """Also where no stratum has values to spare."""
    d, strata = np.random.default_rng(4).normal(size=2400), np.arange(2400) % strata_count
    part = smallest_detectable(d, strata, pairs=3)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(power, "_MOST", 10_000)
        every = smallest_detectable(d, strata, pairs=3)
    assert part != every
    assert part == pytest.approx(every, rel=0.15)


def test_of_thousands_a_part_that_decides_nothing_is_not_taken():
    """One value in the first stratum, hundreds in the second: every second one is the first."""
    d, strata = np.random.default_rng(5).normal(size=600), np.r_[0, np.ones(599)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(power, "_MOST", 10_000)
        every = smallest_detectable(d, strata)
    assert smallest_detectable(d, strata) == every
