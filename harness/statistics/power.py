"""Power: what a comparison could have detected, computed from its own differences.

An *undecided* says little on its own: were the strategies alike, or were there too few trials? The
differences are centred, resampled within strata with random signs, shifted, and put to the rule of
`harness.statistics.rule` again, with Holm's first step (p · pairs) for the correction: that is what
a pair needs when no other pair is decided. The result holds for a *new* comparison of the same
size. As a second opinion on the same data it would add nothing to p (Hoenig & Heisey, 2001), so the
shift that is asked about must not be the one that was observed.

A strategy that is truly ahead on some targets and behind on others adds to the noise; the power is
then an underestimate for more seeds on the same targets.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.statistics.resampling import LEVEL, Array, draw, groups
from harness.statistics.robust import hodges_lehmann
from harness.statistics.rule import can_decide
from harness.statistics.shares import scores, share_interval
from harness.statistics.signed_rank import rejecting

RESAMPLES = 400
# Of more differences a part is simulated.
_MOST = 400
_SEED = 19_450_601
_PRECISION = 0.02


def chance_to_detect(
    differences: ArrayLike, strata: ArrayLike, shift: float, pairs: int = 1
) -> float:
    """The power: the chance that a true shift is decided, with the right sign.

    Args:
        differences: shape (n,); only their spread is used, not their location; NaN is left out.
        strata: shape (n,).
        shift: the true shift, in the unit of the differences.
        pairs: number of pairs of strategies to correct for.

    Returns:
        0 to 1; 0 where the rule can decide nothing, or the differences are not all finite.
    """
    d, strata = _known(differences, strata)
    if not can_decide(strata, pairs) or not np.isfinite(d).all():
        return 0.0
    noise = _noise(d, strata)
    return float(_decided(noise + abs(shift), strata, pairs).mean())


def smallest_detectable(
    differences: ArrayLike, strata: ArrayLike, pairs: int = 1, power: float = 0.8
) -> float:
    """The smallest true shift that would be decided with a given power.

    Args:
        differences: shape (n,); only their spread is used, not their location; NaN is left out.
        strata: shape (n,).
        pairs: number of pairs of strategies to correct for.
        power: chance of deciding it, above 0 and below 1.

    Returns:
        A shift in the unit of the differences, accurate to 2%; 0 if the differences do not vary, so
        that any shift would be detected; infinity if the rule cannot decide anything (fewer than 6
        differences, or more if more pairs are corrected for; one value in each stratum) or the
        differences are not all finite.
    """
    d, strata = _known(differences, strata)
    if not can_decide(strata, pairs) or not np.isfinite(d).all():
        return float("inf")
    part = _part(strata, -(-len(d) // _MOST))
    if not can_decide(np.asarray(strata)[part], pairs):
        # Strata of very different sizes: only all of them can.
        part = np.arange(len(d))
    found = _smallest(d[part], np.asarray(strata)[part], pairs, power)
    # n times as many detect a shift that is smaller by the root of n.
    return found * float(np.sqrt(len(part) / len(d)))


def _part(strata: ArrayLike, every: int) -> NDArray[np.intp]:
    """One in so many values of each stratum; where a stratum is small, one in so many strata."""
    members = groups(strata)
    few = min(map(len, members)) < 2 * every
    return np.sort(np.concatenate(members[::every] if few else [m[::every] for m in members]))


def _smallest(d: Array, strata: ArrayLike, pairs: int, power: float) -> float:
    noise = _noise(d, strata)
    widest = float(np.abs(noise).max())
    if widest == 0:
        return 0.0
    quartiles = np.quantile(noise, [0.25, 0.75])
    # 80% power takes about three standard errors of a mean; no shift above the widest fails.
    high = 3 * float(quartiles[1] - quartiles[0]) / 1.35 / np.sqrt(len(d)) or widest
    low, surely = 0.0, 0
    # What is decided stays so when the shift grows: only rows that are not decided at the lower end
    # of the range, and are at the upper end, need another look.
    rows = noise
    while surely + np.sum(found := _decided(rows + high, strata, pairs)) < power * len(noise):
        surely += int(found.sum())
        rows, low, high = rows[~found], high, 2 * high
    rows = rows[found]
    while high - low > _PRECISION * high and high > 1e-9 * widest:
        middle = (low + high) / 2
        found = _decided(rows + middle, strata, pairs)
        if surely + found.sum() < power * len(noise):
            surely += int(found.sum())
            rows, low = rows[~found], middle
        else:
            rows, high = rows[found], middle
    return float(high)


def _known(differences: ArrayLike, strata: ArrayLike) -> tuple[Array, ArrayLike]:
    d = np.asarray(differences, dtype=np.float64)
    known = ~np.isnan(d)
    return d[known], np.asarray(strata)[known]


def resampled(differences: Array, strata: ArrayLike, random: np.random.Generator, k: int) -> Array:
    """Simulate differences between two strategies that are alike: k rows of differences around 0.

    The differences minus their shift, drawn within strata, each with a random sign: strategies that
    are alike differ as often one way as the other. So no target keeps a location of its own, and
    the few seeds of a target are not drawn around their own mean, which would understate their
    spread.

    Args:
        differences: shape (n,), finite, n at least 2.
        strata: shape (n,).
        random: source of randomness.
        k: number of rows.

    Returns:
        Shape (k, n).
    """
    n = len(differences)
    # They lie closer to their own middle than to the true one.
    centred = (differences - hodges_lehmann(differences)[0]) * np.sqrt(n / (n - 1))
    drawn = draw(strata, k, random)
    return np.asarray(centred[drawn] * random.choice([-1.0, 1.0], drawn.shape))


def _noise(differences: Array, strata: ArrayLike) -> Array:
    """As `resampled`, with ties broken at random.

    Without ties, the distribution of the rank sums is known in advance.
    """
    random = np.random.default_rng(_SEED)
    noise = resampled(differences, strata, random, RESAMPLES)
    jitter = 1e-9 * np.abs(noise).max() * random.standard_normal(noise.shape)
    return np.asarray(noise + jitter)


def _decided(shifted: Array, strata: ArrayLike, pairs: int) -> NDArray[np.bool_]:
    """Which rows are decided to lie above 0: a faster form of the rule for rows without ties."""
    n = shifted.shape[1]
    order = np.argsort(np.abs(shifted), axis=1)
    below = np.take_along_axis(shifted <= 0, order, axis=1)
    decided = below @ np.arange(1, n + 1) < rejecting(n, LEVEL / pairs)
    low, _ = share_interval(scores(shifted[decided]), strata)
    decided[decided] = low > 0.5
    return np.asarray(decided)
