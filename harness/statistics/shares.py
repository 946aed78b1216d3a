"""Shares of units: their exact interval, and the exact stratified bootstrap.

A share of units in strata is the mean of scores that are 0, one half or 1: the share of pairs in
which one strategy is ahead (ties half), or of trials that reached a level. Resampling such scores
within a stratum of m values draws from a trinomial distribution, and the sum over strata is a
convolution. So the limit of a bootstrap with ever more resamples is a polynomial, computed here at
the roots of unity (exact bootstrap: Fisher & Hall, 1991): no seed, no noise, and a thousand
intervals at once.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.statistics.resampling import LEVEL, Array, groups, resamplable

# Rounding error of the transform; all relevant probabilities are larger.
_ROUNDING = 1e-12
# Probabilities that are held at once: of thousands of units there are thousands for each share.
_AT_ONCE = 1_000_000


def scores(differences: ArrayLike) -> Array:
    """1 if a difference is above 0, one half if it is 0, else 0; same shape."""
    d = np.asarray(differences, dtype=np.float64)
    return np.asarray((d > 0) + 0.5 * (d == 0))


def clopper_pearson(hits: float, n: float, level: float = LEVEL) -> tuple[float, float]:
    """The exact interval of a share of independent answers (Clopper & Pearson, 1934).

    Args:
        hits: 0 to n; neither need be whole, such as of an effective number of answers.
        n: above 0.
        level: 1 minus the confidence level.
    """
    from scipy.special import betaincinv

    low = float(betaincinv(hits, n - hits + 1, level / 2)) if hits > 0 else 0.0
    high = float(betaincinv(hits + 1, n - hits, 1 - level / 2)) if hits < n else 1.0
    return low, high


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
    members = groups(strata)
    tail, most = level / 2 - _ROUNDING, 2 * halves.shape[1] + 1
    low, high = np.empty(len(halves)), np.empty(len(halves))
    rows = max(1, _AT_ONCE // most)
    for i in range(0, len(halves), rows):
        part = slice(i, i + rows)
        mass = _distribution(halves[part], members)
        last = mass.shape[1] - 1
        low[part] = (np.cumsum(mass, axis=1) < tail).sum(axis=1) / last
        high[part] = 1 - (np.cumsum(mass[:, ::-1], axis=1) < tail).sum(axis=1) / last
    return low, high


def _distribution(halves: NDArray[np.intp], members: list[NDArray[np.intp]]) -> Array:
    """Probability of each sum in a resample, (k, n) in {0, 1, 2} to (k, sums).

    The sums are 0, ½, 1, …, n; without halves among the scores 0, 1, …, n.
    """
    from scipy.fft import next_fast_len

    # Without ties every sum is whole.
    whole = not (halves == 1).any()
    last = halves.shape[1] * (1 if whole else 2)
    # A transform of a prime length takes ten times as long; what lies beyond the last sum is 0.
    size = next_fast_len(last + 1, real=True)
    root = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    transform: NDArray[np.complex128] = np.ones((len(halves), len(root)), dtype=np.complex128)
    for group in members:
        part, m = halves[:, group], len(group)
        code = (part == 2).sum(axis=1) * (m + 1) + (part == 1).sum(axis=1)
        patterns, which = np.unique(code, return_inverse=True)
        twos, ones = (count[:, None] for count in np.divmod(patterns, m + 1))
        drawn_once = ((m - twos - ones) + ones * root + twos * root ** (1 if whole else 2)) / m
        transform *= (drawn_once**m)[which]
    return np.asarray(np.fft.irfft(transform, size, axis=1))[:, : last + 1]
