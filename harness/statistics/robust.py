"""Averages that are robust to outliers: interquartile mean, Hodges-Lehmann shift."""

import numpy as np
from numpy.typing import ArrayLike

from harness.statistics.resampling import LEVEL, Array
from harness.statistics.signed_rank import rejecting


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
    averages = walsh_averages(d)
    excluded = rejecting(len(d), level)
    shift = float(np.median(averages)) if np.isfinite(d).all() else _middle(averages)
    if not excluded:
        return shift, float("-inf"), float("inf")
    return shift, float(averages[excluded - 1]), float(averages[-excluded])


def _middle(ordered: Array) -> float:
    """The lower median: infinities cannot be averaged."""
    return float(ordered[(len(ordered) - 1) // 2])
