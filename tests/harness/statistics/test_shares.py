from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from harness.statistics import shares
from harness.statistics.resampling import bootstrap
from harness.statistics.shares import scores, share_interval


def enumerated(halves, strata):
    """Every resample there is, each as likely as the next."""
    members = [np.flatnonzero(strata == s) for s in np.unique(strata)]
    ways = [list(product(halves[m], repeat=len(m))) for m in members]
    sums = np.array([sum(map(sum, parts)) for parts in product(*ways)])
    mass = np.bincount(sums, minlength=2 * len(halves) + 1) / len(sums)
    low = np.flatnonzero(np.cumsum(mass) >= 0.025 - 1e-12)[0]
    high = np.flatnonzero(np.cumsum(mass[::-1]) >= 0.025 - 1e-12)[0]
    return low / (2 * len(halves)), 1 - high / (2 * len(halves))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1)), min_size=1, max_size=6))
def test_it_is_every_resample_counted(units):
    halves, strata = np.array(units).T
    low, high = share_interval(halves[None] / 2, strata)
    if len(set(strata)) == len(strata):
        assert np.isnan([low, high]).all()
    else:
        assert (low[0], high[0]) == pytest.approx(enumerated(halves, strata))


@pytest.mark.parametrize("n", [30, 200])
def test_it_is_what_a_bootstrap_approaches(n):
    random = np.random.default_rng(n)
    rows, strata = scores(random.integers(-2, 4, (4, n))), np.arange(n) % 5
    drawn = [bootstrap(row, strata, lambda v: v.mean(axis=-1)) for row in rows]
    assert np.stack(share_interval(rows, strata), axis=1) == pytest.approx(
        np.array(drawn), abs=1.6 / n
    )


def test_of_one_stratum_it_is_the_binomial():
    low, high = share_interval([[1.0] * 14 + [0.0] * 6], np.zeros(20))
    assert (low[0], high[0]) == tuple(stats.binom.ppf([0.025, 0.975], 20, 0.7) / 20)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_interval_covers_the_truth_in_about_95_percent(seed):
    """2,000 experiments of 40 pairs; a percentile interval of so few is a little narrow."""
    d = np.random.default_rng(seed).normal(0.5, 1, (2000, 40))
    low, high = share_interval(scores(d), np.repeat(["a", "b"], 20))
    truth = stats.norm.cdf(0.5)
    assert 0.9 <= ((low <= truth) & (truth <= high)).mean() <= 0.98


def test_unanimous_shares_are_points_and_nothing_is_nothing():
    low, high = share_interval([[1.0] * 8, [0.5] * 8, [0.0] * 8], np.arange(8) % 2)
    assert low.tolist() == high.tolist() == [1, 0.5, 0]
    assert np.isnan(share_interval(np.empty((2, 0)), [])).all()
    assert scores([3, 0, -1]).tolist() == [1, 0.5, 0]


def test_many_rows_at_once_or_a_few(monkeypatch):
    scores, strata = np.random.default_rng(5).choice([0.0, 0.5, 1.0], (40, 12)), np.arange(12) % 3
    scores[:20] = np.rint(scores[:20])
    together = share_interval(scores, strata)
    monkeypatch.setattr(shares, "_AT_ONCE", 60)
    assert np.array_equal(share_interval(scores, strata), together)
    alone = [np.ravel(share_interval(row[None], strata)) for row in scores]
    assert np.array_equal(np.transpose(alone), together)
