"""Wilcoxon's signed-rank test (1945), for one row of differences or thousands at once.

Differences of 0 are left out, as Wilcoxon did. Up to 50 differences the p value is exact, ties
included: the share of all assignments of signs to the ranks that are at least as one-sided. Above
50 it is the normal approximation, with the variance of the ranks, ties included, and without
continuity correction.
"""

from bisect import bisect_left
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.statistics.resampling import Array

Alternative = Literal["two-sided", "greater", "less"]
EXACT = 50


def signed_rank(differences: ArrayLike, alternative: Alternative = "two-sided") -> float:
    """The p value of differences; 1 if all are 0 or there are none.

    Args:
        differences: shape (n,); NaN is left out.
        alternative: ``greater`` tests whether the differences lie above 0, ``less`` below 0.
    """
    d = np.atleast_1d(np.asarray(differences, dtype=np.float64))
    return float(signed_rank_many(d[None], alternative)[0])


def signed_rank_many(differences: ArrayLike, alternative: Alternative = "two-sided") -> Array:
    """The p value of each row, shape (k, n) to (k,); see `signed_rank`."""
    from scipy.special import ndtr
    from scipy.stats import rankdata

    d = np.asarray(differences, dtype=np.float64)
    d = np.where(np.isnan(d), 0.0, d)
    if not d.size:
        return np.ones(len(d))
    there = d != 0
    count = there.sum(axis=1)
    # Zeros take the lowest ranks; leaving them out lowers all other ranks by their number.
    ranks = np.where(there, rankdata(np.abs(d), axis=1) - (d.shape[1] - count)[:, None], 0.0)
    positive = np.where(d > 0, ranks, 0.0).sum(axis=1)
    total = ranks.sum(axis=1)
    below, above = np.ones(len(d)), np.ones(len(d))
    many = count > EXACT
    if many.any():
        deviation = np.sqrt((ranks[many] ** 2).sum(axis=1)) / 2
        z = (positive[many] - total[many] / 2) / deviation
        below[many], above[many] = ndtr(z), ndtr(-z)
    few = np.flatnonzero(~many)
    # Tied ranks may be halves; doubled, all ranks are whole.
    doubled = np.sort(np.rint(2 * ranks[few]).astype(np.int64), axis=1)
    patterns, which = np.unique(doubled, axis=0, return_inverse=True)
    for i, pattern in enumerate(patterns):
        rows = few[which == i]
        cumulative = _cumulative(tuple(pattern[pattern > 0].tolist()))
        t = np.rint(2 * positive[rows]).astype(np.intp)
        below[rows], above[rows] = cumulative[t], cumulative[len(cumulative) - 1 - t]
    tails = {"less": below, "greater": above, "two-sided": 2 * np.minimum(below, above)}
    return np.asarray(np.minimum(tails[alternative], 1.0))


@lru_cache(maxsize=1024)
def _cumulative(doubled: tuple[int, ...]) -> Array:
    """Probability that the positive ranks sum to at most each number of halves."""
    ways = np.zeros(sum(doubled) + 1)
    ways[0] = 1
    for rank in doubled:
        ways[rank:] = ways[rank:] + ways[:-rank]
    return np.asarray(np.cumsum(ways) / 2.0 ** len(doubled))


@lru_cache(maxsize=1024)
def rejecting(n: int, level: float) -> int:
    """How many values of the smaller rank sum (0, 1, 2, …) have a two-sided p below the level.

    For n differences without ties and zeros; 0 means that even n of the same sign are too few.
    """
    from scipy.special import ndtr

    sums = range(n * (n + 1) // 4 + 1)
    if n > EXACT:
        deviation = np.sqrt(n * (n + 1) * (2 * n + 1) / 24)

        def p(of: int) -> float:
            return float(2 * ndtr((of - n * (n + 1) / 4) / deviation))

        # p rises with the sum.
        return bisect_left(sums, level, key=p)
    exact = 2 * _cumulative(tuple(range(2, 2 * n + 1, 2)))[2 * np.asarray(sums)]
    return int(np.count_nonzero(exact < level))


def rank_sums(differences: ArrayLike) -> tuple[float, float]:
    """The rank sums of the differences above 0 and of those below.

    Args:
        differences: shape (n,); zeros and NaN are left out.
    """
    from scipy.stats import rankdata

    d = np.asarray(differences, dtype=np.float64)
    d = d[(d != 0) & ~np.isnan(d)]
    ranks: NDArray[np.float64] = np.asarray(rankdata(np.abs(d)), dtype=np.float64)
    return float(ranks[d > 0].sum()), float(ranks[d < 0].sum())
