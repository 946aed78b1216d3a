"""Comparisons of many strategies by ranks: Holm, Friedman, Nemenyi, Spearman.

This follows Demšar (2006): rank the strategies on each unit, test with Friedman whether they differ
at all, and call two of them different if their mean ranks differ by the critical difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from harness.statistics.resampling import LEVEL, Array


def holm(ps: ArrayLike) -> Array:
    """Holm's step-down correction (1979) of p values; the order is kept.

    Args:
        ps: shape (..., m): families of m p values.
    """
    p = np.asarray(ps, dtype=np.float64)
    order = np.argsort(p, axis=-1, kind="stable")
    stepped = np.take_along_axis(p, order, axis=-1) * np.arange(p.shape[-1], 0, -1)
    corrected = np.empty_like(p)
    steps = np.minimum(np.maximum.accumulate(stepped, axis=-1), 1)
    np.put_along_axis(corrected, order, steps, axis=-1)
    return corrected


def _ranks(values: ArrayLike) -> Array:
    from scipy.stats import rankdata

    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 2 or np.isnan(x).any():
        raise ValueError(f"values have shape {x.shape}; wanted (units, strategies), without NaN")
    return np.asarray(rankdata(-x, axis=1), dtype=np.float64) if x.size else x


@dataclass(frozen=True)
class Friedman:
    """Friedman's test of whether any strategies differ.

    Attributes:
        chi2: Friedman's statistic (1937), corrected for ties; 0 if all are tied.
        p: its p value, from chi-squared with strategies − 1 degrees of freedom.
        f: Iman and Davenport's statistic (1980), less conservative; infinite if all units agree.
        f_p: its p value.
    """

    chi2: float
    p: float
    f: float
    f_p: float


def friedman(values: ArrayLike) -> Friedman:
    """Friedman's test over units.

    Args:
        values: shape (units, strategies), no NaN. With fewer than two of either, or if all
            strategies are tied on every unit, p is 1.
    """
    from scipy.special import chdtrc, fdtrc

    ranks = _ranks(values)
    n, k = ranks.shape
    spread = ((ranks - (k + 1) / 2) ** 2).sum()
    if n < 2 or k < 2 or spread == 0:
        return Friedman(0.0, 1.0, 0.0, 1.0)
    chi2 = (k - 1) * ((ranks.sum(axis=0) - n * (k + 1) / 2) ** 2).sum() / spread
    left = n * (k - 1) - chi2
    # If all units agree, the remainder is 0 up to rounding.
    f = (n - 1) * chi2 / left if left > 1e-9 * chi2 else np.inf
    f_p = fdtrc(k - 1, (k - 1) * (n - 1), f) if np.isfinite(f) else 0.0
    return Friedman(float(chi2), float(chdtrc(k - 1, chi2)), float(f), float(f_p))


@lru_cache(maxsize=256)
def critical_difference(strategies: int, units: int, level: float = LEVEL) -> float:
    """By how much two mean ranks must differ for Nemenyi's test (1963).

    Args:
        strategies: number of strategies, at least 2.
        units: number of units on which they were ranked, at least 1.
        level: chance that any two are called different although none differ.

    Raises:
        ValueError: if there are too few strategies or units.
    """
    from scipy.stats import studentized_range

    if strategies < 2 or units < 1:
        raise ValueError(f"{strategies} strategies on {units} units; wanted at least 2 on 1")
    q = studentized_range.ppf(1 - level, strategies, np.inf) / np.sqrt(2)
    return float(q * np.sqrt(strategies * (strategies + 1) / (6 * units)))


def indistinguishable_groups(ranks: Sequence[float], difference: float) -> list[tuple[int, ...]]:
    """The bars of a critical-difference diagram: strategies without a significant difference.

    Args:
        ranks: mean rank of each strategy.
        difference: from `critical_difference`; mean ranks that differ by it are significant.

    Returns:
        Groups of at least two indices, by rank, none contained in another.
    """
    order = np.argsort(ranks, kind="stable")
    found: list[tuple[int, ...]] = []
    end = 0
    for start in range(len(order)):
        reach = start
        while reach < len(order) and ranks[order[reach]] - ranks[order[start]] < difference:
            reach += 1
        if reach > end and reach - start > 1:
            found.append(tuple(int(i) for i in order[start:reach]))
        end = max(end, reach)
    return found


def spearman(one: ArrayLike, other: ArrayLike) -> tuple[float, float]:
    """Spearman's rank correlation (1904) and its two-sided p value (from Student's t).

    Args:
        one: shape (n,).
        other: shape (n,). Units in which either is NaN are left out.

    Returns:
        The correlation and p; NaN and 1 with fewer than three units, or if one does not vary.
    """
    from scipy.stats import spearmanr

    pairs = np.stack([np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)])
    pairs = pairs[:, ~np.isnan(pairs).any(axis=0)]
    if pairs.shape[1] < 3 or (pairs == pairs[:, :1]).all(axis=1).any():
        return float("nan"), 1.0
    found = spearmanr(pairs[0], pairs[1])
    return float(found.statistic), float(found.pvalue)
