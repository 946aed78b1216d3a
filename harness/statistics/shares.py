"""Shares of units, with the exact stratified bootstrap.

A share is the mean of scores that are 0, one half or 1: the share of pairs in which one strategy is
ahead (ties half), or of trials that reached a level. Resampling such scores within a stratum of m
values draws from a trinomial distribution, and the sum over strata is a convolution. So the limit
of a bootstrap with ever more resamples is a polynomial, computed here at the roots of unity (exact
bootstrap: Fisher & Hall, 1991): no seed, no noise, and a thousand intervals at once.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.statistics.resampling import LEVEL, Array, groups, resamplable

# Rounding error of the transform; all relevant probabilities are larger.
_ROUNDING = 1e-12


def scores(differences: ArrayLike) -> Array:
    """1 if a difference is above 0, one half if it is 0, else 0; same shape."""
    d = np.asarray(differences, dtype=np.float64)
    return np.asarray((d > 0) + 0.5 * (d == 0))


def share_interval(
    scores: ArrayLike, strata: ArrayLike, level: float = LEVEL
) -> tuple[Array, Array]:
    """The percentile interval of each share, by resampling within strata.

    Args:
        scores: shape (k, n), each 0, one half or 1.
        strata: the stratum of each unit, shape (n,); the size of each stratum is kept.
        level: 1 minus the confidence level.

    Returns:
        Lower and upper ends, shape (k,) each, 0 to 1; NaN if no stratum has two values, which
        leaves nothing to resample.
    """
    halves = np.rint(2 * np.asarray(scores, dtype=np.float64)).astype(np.intp)
    if not resamplable(strata):
        nothing = np.full(len(halves), np.nan)
        return nothing, nothing.copy()
    mass = _distribution(halves, groups(strata))
    tail, last = level / 2 - _ROUNDING, mass.shape[1] - 1
    low = (np.cumsum(mass, axis=1) < tail).sum(axis=1)
    high = last - (np.cumsum(mass[:, ::-1], axis=1) < tail).sum(axis=1)
    return low / last, high / last


def _distribution(halves: NDArray[np.intp], members: list[NDArray[np.intp]]) -> Array:
    """Probability of each sum of halves in a resample: (k, n) in {0, 1, 2} to (k, 2n + 1)."""
    size = 2 * halves.shape[1] + 1
    root = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    transform: NDArray[np.complex128] = np.ones((len(halves), len(root)), dtype=np.complex128)
    for group in members:
        part, m = halves[:, group], len(group)
        code = (part == 2).sum(axis=1) * (m + 1) + (part == 1).sum(axis=1)
        patterns, which = np.unique(code, return_inverse=True)
        twos, ones = (count[:, None] for count in np.divmod(patterns, m + 1))
        drawn_once = ((m - twos - ones) + ones * root + twos * root**2) / m
        transform *= (drawn_once**m)[which]
    return np.asarray(np.fft.irfft(transform, size, axis=1))
