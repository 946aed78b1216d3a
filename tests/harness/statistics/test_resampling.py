import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from harness.statistics import resampling
from harness.statistics.resampling import bootstrap, draw, groups, resamplable, two_stage
from harness.statistics.robust import iqm, iqm_rows


def mean(values):
    return values.mean(axis=-1)


def test_it_is_seeded_and_brackets_the_value():
    values = np.random.default_rng(1).normal(0.3, 1, 40)
    strata = np.repeat(["a", "b"], 20)
    for interval in (bootstrap, two_stage):
        low, high = interval(values, strata, iqm_rows)
        assert (low, high) == interval(values, strata, iqm_rows)
        assert low < iqm(values) < high


def test_it_keeps_the_size_of_each_stratum():
    """Two targets that differ only between them leave no doubt within them."""
    values = np.array([1.0] * 5 + [0.0] * 5)
    assert bootstrap(values, np.repeat(["a", "b"], 5), mean) == (0.5, 0.5)
    assert two_stage(values, np.repeat(["a", "b"], 5), mean) == (0, 1)
    low, high = bootstrap(values, np.zeros(10), mean)
    assert low < 0.3 < 0.7 < high


@given(st.lists(st.integers(0, 3), min_size=1, max_size=20))
def test_what_is_drawn_stays_in_its_stratum(strata):
    strata = np.array(strata)
    drawn = draw(strata, 7, np.random.default_rng(0))
    assert (strata[drawn] == strata).all()
    assert sorted(np.concatenate(groups(strata))) == list(range(len(strata)))
    assert resamplable(strata) == (len(set(strata)) < len(strata))


@pytest.mark.parametrize(("values", "strata"), [([], []), ([1.0, 2.0, 3.0], ["a", "b", "c"])])
def test_nothing_to_resample(values, strata):
    assert np.isnan(bootstrap(values, strata, mean)).all()


@pytest.mark.parametrize(("values", "strata"), [([], []), ([1.0, 2.0], ["a", "a"])])
def test_one_stratum_says_nothing_of_others(values, strata):
    assert np.isnan(two_stage(values, strata, mean)).all()


def test_it_is_scipys_bootstrap():
    values = np.random.default_rng(2).exponential(size=50)
    expected = stats.bootstrap((values,), np.mean, method="percentile", rng=1).confidence_interval
    assert bootstrap(values, np.zeros(50), mean) == pytest.approx(tuple(expected), abs=0.03)


def test_two_stages_of_many_even_strata_are_a_bootstrap_of_their_means():
    means = np.random.default_rng(2).exponential(size=40)
    values, strata = np.repeat(means, 3), np.repeat(np.arange(40), 3)
    low, high = two_stage(values, strata, mean)
    half = stats.t.ppf(0.975, 39) * means.std(ddof=1) / np.sqrt(40)
    assert (high - low) / 2 == pytest.approx(half, rel=0.1)


def test_two_stages_take_strata_of_any_size():
    values = np.arange(12.0)
    low, high = two_stage(values, [0, 0, 0, 0, 0, 1, 1, 1, 2, 3, 3, 3], mean)
    assert 0 <= low < values.mean() < high <= 11


@pytest.mark.parametrize("strata_count", [3, 5, 10])
def test_two_stages_cover_other_targets(strata_count):
    """200 experiments whose targets differ; few targets must not make it too sure."""
    random = np.random.default_rng(strata_count)
    covered = 0
    for _ in range(200):
        targets = np.repeat(random.normal(size=strata_count), 5)
        values = targets + 0.5 * random.normal(size=targets.size)
        low, high = two_stage(values, np.repeat(np.arange(strata_count), 5), mean)
        covered += low <= 0 <= high
    assert covered / 200 >= (0.75 if strata_count == 3 else 0.89)


def test_infinity_is_a_value():
    values = np.array([1.0, 2.0, np.inf, np.inf])
    low, high = bootstrap(values, np.zeros(4), mean)
    assert (low, high) == (np.inf, np.inf) or low < high == np.inf


@pytest.mark.parametrize("interval", [bootstrap, two_stage])
def test_the_same_at_once_or_in_parts(monkeypatch, interval):
    values, strata = np.random.default_rng(2).normal(size=30), np.arange(30) % 5
    together = interval(values, strata, iqm_rows)
    monkeypatch.setattr(resampling, "_AT_ONCE", 300)
    assert interval(values, strata, iqm_rows) == together


@pytest.mark.parametrize("interval", [bootstrap, two_stage])
def test_of_thousands_of_values_fewer_resamples_give_the_same_interval(monkeypatch, interval):
    values, strata = np.random.default_rng(3).normal(size=3000), np.arange(3000) % 20
    fewer = interval(values, strata, iqm_rows)
    monkeypatch.setattr(resampling, "_MOST_DRAWN", 6_000_000)
    resampling._drawn.cache_clear()
    every = interval(values, strata, iqm_rows)
    resampling._drawn.cache_clear()
    assert fewer != every
    assert fewer == pytest.approx(every, abs=0.15 * (every[1] - every[0]))
