"""Whole distributions of trials in place of one average: profiles, run lengths, expected run time.

The bands are pointwise: each holds its share with 95 % confidence, not all of them at once.
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
        low: lower end of the interval, shape (levels,); NaN where no stratum holds two trials.
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
        strata: shape (n,), the target of each trial.
        levels: shape (levels,), in the unit of the values.
        level: what each interval misses, 0 to 1.

    Source: performance profiles of Agarwal et al. (2021), after Dolan & Moré (2002).
    """
    at = np.asarray(levels, dtype=np.float64)
    return _band(at, np.asarray(values, dtype=np.float64) >= at[:, None], strata, level)


def run_length_ecdf(
    run_lengths: ArrayLike, strata: ArrayLike, renders: ArrayLike, level: float = LEVEL
) -> Band:
    """The share of trials that had reached their distance after so many renders.

    Args:
        run_lengths: shape (n,), the renders a trial took; infinite (or NaN) if it never did.
        strata: shape (n,), the target of each trial.
        renders: shape (levels,).
        level: what each interval misses, 0 to 1.

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
    """Renders spent for each success, and its interval by resampling within strata.

    A trial that succeeds spends its run length, one that does not its budget; all that is spent is
    divided by the number of successes.

    Args:
        run_lengths: shape (n,), infinite (or NaN) without success.
        budget: renders a trial may spend; one number, or shape (n,).
        strata: shape (n,).
        level: what the interval misses, 0 to 1.

    Returns:
        The expected run time, its lower and its upper end, in renders; infinite if there is no
        success, NaN of nothing, and NaN for an interval where no stratum holds two trials.

    Source: expected run time of COCO, Hansen et al. (2021).
    """
    lengths = np.asarray(run_lengths, dtype=np.float64)
    reached = np.isfinite(lengths)
    known = np.stack([np.where(reached, lengths, budget), reached])
    if not lengths.size:
        return float("nan"), float("nan"), float("nan")
    return float(_run_time(known)), *bootstrap(known, strata, _run_time, level)


def _run_time(known: Array) -> Array:
    """Of what is spent and whether it succeeded, shape (2, ..., n) to (...)."""
    spent, successes = known.sum(axis=-1)
    with np.errstate(divide="ignore"):
        return np.asarray(spent / successes)
