"""Averages that a few odd trials do not move: interquartile mean, Hodges-Lehmann shift."""

import numpy as np
from numpy.typing import ArrayLike

from harness.statistics.resampling import LEVEL, Array
from harness.statistics.signed_rank import rejecting


def iqm(values: ArrayLike) -> float:
    """The interquartile mean: of the middle half, with weights at its edges; NaN of nothing.

    Source: Agarwal et al. (2021), who advise it for few runs.
    """
    x = np.asarray(values, dtype=np.float64)
    return float(iqm_rows(x)) if x.size else float("nan")


def iqm_rows(values: Array) -> Array:
    """Of each row, shape (..., n) to (...), n at least 1."""
    x = np.sort(values, axis=-1)
    n = x.shape[-1]
    # The share of each sorted value that lies between the quartiles.
    left, right = np.arange(n) / n, np.arange(1, n + 1) / n
    weights = np.clip(np.minimum(right, 0.75) - np.maximum(left, 0.25), 0, None)
    return np.asarray((weights * x).sum(axis=-1) / weights.sum())


def walsh_averages(differences: ArrayLike) -> Array:
    """The mean of every two differences, each with itself too, sorted: (n,) to (n(n+1)/2,)."""
    d = np.asarray(differences, dtype=np.float64)
    first, second = np.triu_indices(len(d))
    # Infinities of both signs have no mean.
    with np.errstate(invalid="ignore"):
        return np.sort(d[first] / 2 + d[second] / 2)


def hodges_lehmann(differences: ArrayLike, level: float = LEVEL) -> tuple[float, float, float]:
    """By how much the differences are shifted from 0, and the interval of it.

    The shift is the median of the Walsh averages. The interval holds all shifts that the
    signed-rank test would not reject: it excludes 0 just where the two-sided p is below the level
    (without ties and zeros, which Wilcoxon's test leaves out and a shift would not).

    Args:
        differences: shape (n,); NaN is left out.
        level: what the interval misses, 0 to 1.

    Returns:
        The shift, the lower and the upper end, in the unit of the differences. NaN of nothing; an
        interval from −∞ to ∞ where n is too small to exclude anything.

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
    """The lower median: between infinities nothing can be averaged."""
    return float(ordered[(len(ordered) - 1) // 2])
