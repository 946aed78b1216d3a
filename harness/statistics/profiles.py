"""Distributions of trials instead of averages: profiles, run lengths, expected run time.

The bands are pointwise: 95% confidence holds at each level, not for all levels at once.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.statistics.resampling import LEVEL, Array, bootstrap
from harness.statistics.shares import share_interval


@dataclass(frozen=True, eq=False)
class Band:
    """A share of trials at each of some levels.

    Attributes:
        at: the levels, shape (levels,).
        share: 0 to 1, shape (levels,); NaN without trials.
        low: lower end of the interval, shape (levels,); NaN if no stratum has two trials.
        high: upper end.
    """

    at: Array
    share: Array
    low: Array
    high: Array


def performance_profile(
    values: ArrayLike, strata: ArrayLike, levels: ArrayLike, level: float = LEVEL
) -> Band:
    """The share of trials whose measure is at or above each level.

    Args:
        values: shape (n,), larger is better; NaN is below all levels.
        strata: the target of each trial, shape (n,).
        levels: shape (levels,), in the unit of the values.
        level: 1 minus the confidence level.

    Source: performance profiles of Agarwal et al. (2021), after Dolan & Moré (2002).
    """
    at = np.asarray(levels, dtype=np.float64)
    return _band(at, np.asarray(values, dtype=np.float64) >= at[:, None], strata, level)


def run_length_ecdf(
    run_lengths: ArrayLike, strata: ArrayLike, renders: ArrayLike, level: float = LEVEL
) -> Band:
    """The share of trials that had reached their distance after so many renders.

    Args:
        run_lengths: renders until each trial reached its distance, shape (n,); infinite or NaN if
            it never did.
        strata: the target of each trial, shape (n,).
        renders: shape (levels,).
        level: 1 minus the confidence level.

    Source: empirical cumulative distribution of run lengths in COCO, Hansen et al. (2021).
    """
    at = np.asarray(renders, dtype=np.float64)
    return _band(at, np.asarray(run_lengths, dtype=np.float64) <= at[:, None], strata, level)


def _band(at: Array, reached: NDArray[np.bool_], strata: ArrayLike, level: float) -> Band:
    n = reached.shape[1]
    share = reached.mean(axis=1) if n else np.full(len(at), np.nan)
    low, high = share_interval(reached, strata, level)
    return Band(at, np.asarray(share), low, high)


def expected_run_time(
    run_lengths: ArrayLike, budget: ArrayLike, strata: ArrayLike, level: float = LEVEL
) -> tuple[float, float, float]:
    """Renders spent per success, with an interval by resampling within strata.

    A successful trial spends its run length, any other trial its budget; the sum is divided by the
    number of successes.

    Args:
        run_lengths: renders until success, shape (n,); infinite or NaN without success.
        budget: renders per trial; one number, or shape (n,).
        strata: shape (n,).
        level: 1 minus the confidence level.

    Returns:
        The expected run time and the lower and upper end of its interval, in renders; infinite
        without success, NaN without trials; an interval is NaN if no stratum has two trials.

    Source: expected run time of COCO, Hansen et al. (2021).
    """
    lengths = np.asarray(run_lengths, dtype=np.float64)
    reached = np.isfinite(lengths)
    known = np.stack([np.where(reached, lengths, budget), reached])
    if not lengths.size:
        return float("nan"), float("nan"), float("nan")
    return float(_run_time(known)), *bootstrap(known, strata, _run_time, level)


def _run_time(known: Array) -> Array:
    """Renders per success, from renders and successes of shape (2, ..., n); gives shape (...)."""
    spent, successes = known.sum(axis=-1)
    with np.errstate(divide="ignore"):
        return np.asarray(spent / successes)
