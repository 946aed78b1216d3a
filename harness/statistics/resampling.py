"""Bootstrap intervals (Efron, 1979) of stratified values, with a fixed seed.

A stratum is a target; its values are those of the seeds. Two questions need two ways to resample:

* *These targets, other seeds*: values are drawn within each stratum, the strata stay (`bootstrap`;
  stratified, Davison & Hinkley, 1997, section 3.2).
* *Other targets of this kind*: strata are drawn with replacement, then values within each
  (`two_stage`; Davison & Hinkley, 1997, section 3.8).
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEVEL = 0.05
RESAMPLES = 2000
_SEED = 20_220_506
# Of thousands of values an interval is narrow, and fewer resamples are enough: as many values are
# drawn as of 750. They are used in parts, so that memory stays bounded.
_MOST_DRAWN, _FEWEST_RESAMPLES = 1_500_000, 500
_AT_ONCE = 500_000

Array = NDArray[np.float64]
Statistic = Callable[[Array], Array]


def groups(strata: ArrayLike) -> list[NDArray[np.intp]]:
    """The indices of each stratum, strata in sorted order.

    Args:
        strata: the stratum of each value, shape (n,).
    """
    labels = np.asarray(strata)
    return [np.flatnonzero(labels == stratum) for stratum in np.unique(labels)]


def resamplable(strata: ArrayLike) -> bool:
    """Whether any stratum has two values; otherwise there is nothing to resample."""
    return any(len(group) > 1 for group in groups(strata))


def bootstrap(
    values: ArrayLike, strata: ArrayLike, statistic: Statistic, level: float = LEVEL
) -> tuple[float, float]:
    """A percentile interval by resampling within strata.

    Args:
        values: shape (n,), or (c, n) for a statistic of c values per unit.
        strata: the stratum of each value, shape (n,); the size of each stratum is kept.
        statistic: maps (..., n) to (...), or (c, resamples, n) to (resamples,).
        level: 1 minus the confidence level.

    Returns:
        Its lower and upper end. Both are values of a resample, so either may be infinite; NaN if no
        stratum has two values.
    """
    values = np.asarray(values, dtype=np.float64)
    labels = np.unique(np.asarray(strata), return_inverse=True)[1].astype(np.int32)
    if not resamplable(labels):
        return float("nan"), float("nan")
    return _percentiles(_of_parts(values, _drawn(labels.tobytes()), statistic), level / 2)


@lru_cache(maxsize=1)
def _drawn(strata: bytes) -> NDArray[np.intp]:
    """The resamples of `bootstrap`, which many measures of the same units share."""
    labels = np.frombuffer(strata, dtype=np.int32)
    return draw(labels, _count(len(labels)), np.random.default_rng(_SEED))


def _count(n: int) -> int:
    """How many resamples of n values."""
    return max(_FEWEST_RESAMPLES, min(RESAMPLES, _MOST_DRAWN // n))


def _of_parts(values: Array, drawn: NDArray[np.intp], statistic: Statistic) -> Array:
    rows = max(1, _AT_ONCE // drawn.shape[1])
    parts = [drawn[i : i + rows] for i in range(0, len(drawn), rows)]
    return np.concatenate([statistic(values[..., part]) for part in parts])


def draw(strata: ArrayLike, count: int, random: np.random.Generator) -> NDArray[np.intp]:
    """Indices of resamples within strata, shape (count, n); strata keep their positions."""
    drawn = np.empty((count, np.size(strata)), dtype=np.intp)
    for group in groups(strata):
        drawn[:, group] = random.choice(group, (count, len(group)))
    return drawn


def two_stage(
    values: ArrayLike, strata: ArrayLike, statistic: Statistic, level: float = LEVEL
) -> tuple[float, float]:
    """A percentile interval by resampling strata, then values: for other strata of this kind.

    A stratum that is drawn contributes as many values as the one that it replaces, so every
    resample has n values. With few strata, percentiles are much too narrow: three targets cannot be
    resampled into a fourth. The percentiles are therefore moved outwards by as much as a t interval
    for that number of strata differs from a normal one (Hesterberg, 2015, "expanded percentile");
    with three strata, the interval spans all resamples.

    If all strata agree exactly, the interval is still a point.

    Args:
        values: shape (n,), or (c, n).
        strata: shape (n,).
        statistic: as in `bootstrap`.
        level: 1 minus the confidence level.

    Returns:
        Its lower and upper end; NaN with fewer than two strata.
    """
    from scipy.special import ndtr, stdtrit

    values = np.asarray(values, dtype=np.float64)
    members = groups(strata)
    if len(members) < 2:
        return float("nan"), float("nan")
    random = np.random.default_rng(_SEED)
    starts = np.cumsum([0, *(len(group) for group in members)])
    flat, sizes = np.concatenate(members), np.diff(starts)
    taken = random.integers(len(members), size=(_count(len(flat)), len(members)))

    def resample(taken: NDArray[np.intp]) -> NDArray[np.intp]:
        # The stratum that fills each of the n places, then one of its values.
        filling = np.repeat(taken, sizes, axis=1)
        within = (random.random(filling.shape) * sizes[filling]).astype(np.intp)
        return np.asarray(flat[starts[filling] + within])

    rows = max(1, _AT_ONCE // len(flat))
    parts = [taken[i : i + rows] for i in range(0, len(taken), rows)]
    found = np.concatenate([statistic(values[..., resample(part)]) for part in parts])
    strata_count = len(members)
    wider = np.sqrt(strata_count / (strata_count - 1)) * stdtrit(strata_count - 1, level / 2)
    return _percentiles(found, float(ndtr(wider)))


def _percentiles(found: Array, tail: float) -> tuple[float, float]:
    # Order statistics without interpolation, which infinite values would not allow.
    ordered = np.sort(found)
    skipped = min(int(np.ceil(tail * len(ordered) - 1e-9)) - 1, (len(ordered) - 1) // 2)
    skipped = max(skipped, 0)
    return float(ordered[skipped]), float(ordered[-1 - skipped])
