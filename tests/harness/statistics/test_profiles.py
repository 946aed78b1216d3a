import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from harness.statistics.profiles import expected_run_time, performance_profile, run_length_ecdf

STRATA = np.repeat(["a", "b"], 10)


def test_a_profile_is_the_share_at_or_above():
    values = np.arange(20.0)
    band = performance_profile(values, STRATA, [0, 5, 10, 19, 20])
    assert band.share.tolist() == [1, 0.75, 0.5, 0.05, 0]
    assert band.low.tolist()[2:] == [0.5, 0, 0]
    assert (band.low <= band.share).all()
    assert (band.share <= band.high).all()


def test_an_ecdf_counts_who_has_arrived_and_never_who_has_not():
    band = run_length_ecdf([10, 20, 20, np.inf, np.nan], [0] * 5, [5, 10, 20, 1e9])
    assert band.share.tolist() == [0, 0.2, 0.6, 0.6]
    expected = stats.ecdf([10, 20, 20, 1e300, 1e300]).cdf.evaluate([5, 10, 20, 1e9])
    assert band.share == pytest.approx(expected)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=20), st.lists(st.floats(0, 100)))
def test_profiles_fall_and_ecdfs_rise(values, levels):
    strata, levels = np.zeros(len(values)), sorted(levels)
    for band, sign in (
        (performance_profile(values, strata, levels), -1),
        (run_length_ecdf(values, strata, levels), 1),
    ):
        for line in (band.share, band.low, band.high):
            rises = sign * np.diff(line)
            assert (rises[~np.isnan(rises)] >= -1e-12).all()


def test_the_band_of_one_target_is_the_binomial():
    band = run_length_ecdf(np.arange(20), np.zeros(20), [9])
    assert (band.low[0], band.high[0]) == tuple(stats.binom.ppf([0.025, 0.975], 20, 0.5) / 20)


@pytest.mark.parametrize(
    ("lengths", "budget", "expected"),
    [
        ([10, 30], 100, 20),
        ([10, np.inf], 100, 110),
        ([10, np.inf, np.nan], [50, 60, 70], 140),
        ([np.inf, np.inf], 100, np.inf),
    ],
)
def test_expected_run_time_by_hand(lengths, budget, expected):
    found, low, high = expected_run_time(lengths, budget, [0] * len(lengths))
    assert found == expected
    assert low <= found <= high


def test_expected_run_time_of_a_constant_success_rate():
    """With success p and equal lengths it is length + (1 − p)/p · budget (Auger & Hansen, 2005)."""
    lengths = np.where(np.arange(40) % 4, 30.0, np.inf)
    found, low, high = expected_run_time(lengths, 100, np.arange(40) % 2)
    assert found == pytest.approx(30 + 100 / 3)
    assert low < found < high < np.inf


def test_of_nothing():
    assert np.isnan(expected_run_time([], 10, [])).all()
    assert np.isnan(performance_profile([], [], [1]).share).all()
    assert np.isnan(expected_run_time([1, 2], 10, [0, 1])[1:]).all()
