"""Averages that are robust to outliers: interquartile mean, Hodges-Lehmann shift."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.statistics.resampling import LEVEL, Array
from harness.statistics.signed_rank import rejecting

# The averages of more differences are millions, and are not made.
_MANY = 1000


def iqm(values: ArrayLike) -> float:
    """The interquartile mean: the mean of the middle half; NaN without values.

    Values at the edges of the middle half are weighted. Source: Agarwal et al. (2021), who
    recommend it for few runs.
    """
    x = np.asarray(values, dtype=np.float64)
    return float(iqm_rows(x)) if x.size else float("nan")


def iqm_rows(values: Array) -> Array:
    """The interquartile mean of each row, shape (..., n) to (...), n at least 1."""
    x = np.sort(values, axis=-1)
    n = x.shape[-1]
    # The share of each sorted value that lies between the quartiles.
    left, right = np.arange(n) / n, np.arange(1, n + 1) / n
    weights = np.clip(np.minimum(right, 0.75) - np.maximum(left, 0.25), 0, None)
    return np.asarray((weights * x).sum(axis=-1) / weights.sum())


def walsh_averages(differences: ArrayLike) -> Array:
    """The means of any two differences, including each with itself, sorted; shape (n(n+1)/2,)."""
    d = np.asarray(differences, dtype=np.float64)
    first, second = np.triu_indices(len(d))
    # Infinities of opposite signs have no mean.
    with np.errstate(invalid="ignore"):
        return np.sort(d[first] / 2 + d[second] / 2)


def hodges_lehmann(differences: ArrayLike, level: float = LEVEL) -> tuple[float, float, float]:
    """The shift of the differences from 0, and its interval.

    The shift is the median of the Walsh averages. The interval contains all shifts that the
    signed-rank test would not reject: it excludes 0 exactly if the two-sided p is below the level
    (unless there are ties or zeros, which Wilcoxon's test leaves out).

    Args:
        differences: shape (n,); NaN is left out.
        level: 1 minus the confidence level.

    Returns:
        The shift and the lower and upper end of its interval, in the unit of the differences; NaN
        without differences; from −∞ to ∞ if n is too small to exclude anything.

    Source: Hodges & Lehmann (1963); the interval as Hollander & Wolfe (1999), section 3.3.
    """
    d = np.asarray(differences, dtype=np.float64)
    d = d[~np.isnan(d)]
    if not d.size:
        return float("nan"), float("nan"), float("nan")
    excluded = rejecting(len(d), level)
    if len(d) > _MANY and np.isfinite(d).all():
        return _of_many(d, excluded)
    averages = walsh_averages(d)
    shift = float(np.median(averages)) if np.isfinite(d).all() else _middle(averages)
    if not excluded:
        return shift, float("-inf"), float("inf")
    return shift, float(averages[excluded - 1]), float(averages[-excluded])


def _of_many(differences: Array, excluded: int) -> tuple[float, float, float]:
    """The same of thousands of differences, without their millions of averages."""
    halves = np.sort(differences) / 2
    count = len(halves) * (len(halves) + 1) // 2
    shift = (_walsh(halves, (count - 1) // 2) + _walsh(halves, count // 2)) / 2
    if not excluded:
        return shift, float("-inf"), float("inf")
    return shift, _walsh(halves, excluded - 1), _walsh(halves, count - excluded)


def _walsh(halves: Array, k: int) -> float:
    """The Walsh average that k others are below, by halving the range in which it lies.

    Args:
        halves: of the differences, sorted, shape (n,); the sum of two is an average.
        k: from 0.
    """
    own = np.arange(len(halves))
    low, high = float(2 * halves[0]), float(2 * halves[-1])
    if low == high:
        return high
    smallest = 1e-13 * max(abs(low), abs(high))

    def up_to(value: float) -> NDArray[np.intp]:
        """How many of each one's sums with itself and the larger ones are at most this."""
        return np.asarray(np.maximum(np.searchsorted(halves, value - halves, "right") - own, 0))

    while high - low > smallest:
        middle = (low + high) / 2
        if up_to(middle).sum() > k:
            high = middle
        else:
            low = middle
    # Rounding moves a sum a little from where it was counted; among equal ones any will do.
    start = up_to(low - smallest)
    near = np.flatnonzero(up_to(high + smallest) > start)
    sums = halves[near] + halves[near + start[near]]
    return float(sums[np.abs(sums - high).argmin()])


def _middle(ordered: Array) -> float:
    """The lower median: infinities cannot be averaged."""
    return float(ordered[(len(ordered) - 1) // 2])
