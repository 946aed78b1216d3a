"""Bootstrap intervals (Efron, 1979) of values that come in strata, with our own seeded generator.

A stratum is a target, its values are those of the seeds. Two questions, two ways to resample:

* *These targets, other seeds*: values are drawn within each stratum, the strata stay
  (`bootstrap`; stratified, Davison & Hinkley, 1997, section 3.2).
* *Other targets like these*: strata are drawn with replacement, then values within each
  (`two_stage`; Davison & Hinkley, 1997, section 3.8).
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEVEL = 0.05
RESAMPLES = 2000
_SEED = 20_220_506

Array = NDArray[np.float64]
Statistic = Callable[[Array], Array]


def groups(strata: ArrayLike) -> list[NDArray[np.intp]]:
    """The indices of each stratum, strata in sorted order.

    Args:
        strata: shape (n,), which stratum each value belongs to.
    """
    labels = np.asarray(strata)
    return [np.flatnonzero(labels == stratum) for stratum in np.unique(labels)]


def resamplable(strata: ArrayLike) -> bool:
    """Whether some stratum holds two values; without one there is nothing to resample."""
    return any(len(group) > 1 for group in groups(strata))


def bootstrap(
    values: ArrayLike, strata: ArrayLike, statistic: Statistic, level: float = LEVEL
) -> tuple[float, float]:
    """A percentile interval by resampling within strata.

    Args:
        values: shape (n,), or (c, n) for a statistic of c things known of each unit.
        strata: shape (n,), which stratum each value belongs to; its size is kept.
        statistic: maps (..., n) to (...), or (c, resamples, n) to (resamples,).
        level: what the interval misses, 0 to 1.

    Returns:
        Its lower and upper end, both values that a resample had, so that infinity may be one; NaN
        where no stratum holds two values.
    """
    values = np.asarray(values, dtype=np.float64)
    if not resamplable(strata):
        return float("nan"), float("nan")
    drawn = draw(strata, RESAMPLES, np.random.default_rng(_SEED))
    return _percentiles(statistic(values[..., drawn]), level / 2)


def draw(strata: ArrayLike, count: int, random: np.random.Generator) -> NDArray[np.intp]:
    """Indices of resamples within strata, shape (count, n), each in the place of its stratum."""
    drawn = np.empty((count, np.size(strata)), dtype=np.intp)
    for group in groups(strata):
        drawn[:, group] = random.choice(group, (count, len(group)))
    return drawn


def two_stage(
    values: ArrayLike, strata: ArrayLike, statistic: Statistic, level: float = LEVEL
) -> tuple[float, float]:
    """A percentile interval by resampling strata, then values within: for other strata like these.

    Every stratum that is drawn gives as many values as the one whose place it takes had, so that
    all resamples have n values. Percentiles of few strata are much too narrow: three targets
    cannot be resampled into a fourth. The percentiles are therefore moved outwards by what a t
    interval of as many strata differs from a normal one (Hesterberg, 2015, "expanded percentile");
    with three strata that is from the lowest resample to the highest.

    Where all strata agree to the last value the interval is still a point.

    Args:
        values: shape (n,), or (c, n).
        strata: shape (n,).
        statistic: as in `bootstrap`.
        level: what the interval misses, 0 to 1.

    Returns:
        Its lower and upper end; NaN where there are fewer than two strata.
    """
    from scipy.special import ndtr, stdtrit

    values = np.asarray(values, dtype=np.float64)
    members = groups(strata)
    if len(members) < 2:
        return float("nan"), float("nan")
    random = np.random.default_rng(_SEED)
    starts = np.cumsum([0, *(len(group) for group in members)])
    flat, sizes = np.concatenate(members), np.diff(starts)
    taken = random.integers(len(members), size=(RESAMPLES, len(members)))
    # Which stratum fills each place of the n, then a value of it.
    filling = np.repeat(taken, sizes, axis=1)
    within = (random.random(filling.shape) * sizes[filling]).astype(np.intp)
    strata_count = len(members)
    wider = np.sqrt(strata_count / (strata_count - 1)) * stdtrit(strata_count - 1, level / 2)
    return _percentiles(statistic(values[..., flat[starts[filling] + within]]), float(ndtr(wider)))


def _percentiles(found: Array, tail: float) -> tuple[float, float]:
    # Order statistics, no interpolation: between a number and infinity there is nothing.
    ordered = np.sort(found)
    skipped = min(int(np.ceil(tail * len(ordered) - 1e-9)) - 1, (len(ordered) - 1) // 2)
    skipped = max(skipped, 0)
    return float(ordered[skipped]), float(ordered[-1 - skipped])
