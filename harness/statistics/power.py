"""What a comparison could have seen: the power of the rule that decides, from its own differences.

An *undecided* says little without it: were the strategies alike, or the trials too few? The
differences are centred, resampled within strata with signs by chance, shifted, and put to the rule
of `harness.statistics.rule` again, with Holm's first step (p · pairs) for the correction, which is
what a pair needs when no other is decided. It is a promise for a *new* comparison of the same size;
as a second opinion on the same data it would add nothing to p (Hoenig & Heisey, 2001), so the shift
that is asked about must not be the one that was observed.

Where a strategy is truly ahead on some targets and behind on others, that counts as noise: the
power told is then on the low side for more seeds on the same targets.
"""

import numpy as np
from numpy.typing import ArrayLike

from harness.statistics.resampling import LEVEL, Array, draw
from harness.statistics.robust import hodges_lehmann
from harness.statistics.rule import can_decide
from harness.statistics.shares import scores, share_interval
from harness.statistics.signed_rank import rejecting

RESAMPLES = 400
_SEED = 19_450_601
_PRECISION = 0.02


def chance_to_see(differences: ArrayLike, strata: ArrayLike, shift: float, pairs: int = 1) -> float:
    """The chance that a true shift is decided, with the right sign.

    Args:
        differences: shape (n,), whose spread is taken, not their place; NaN is left out.
        strata: shape (n,).
        shift: the true shift, in the unit of the differences.
        pairs: how many pairs of strategies are corrected for.

    Returns:
        0 to 1; 0 where the rule can decide nothing, or the differences are not all finite.
    """
    d, strata = _known(differences, strata)
    if not can_decide(strata, pairs) or not np.isfinite(d).all():
        return 0.0
    noise = _noise(d, strata)
    return _decided(noise + abs(shift), strata, pairs)


def smallest_seen(
    differences: ArrayLike, strata: ArrayLike, pairs: int = 1, power: float = 0.8
) -> float:
    """The smallest true shift that would be decided with a given power.

    Args:
        differences: shape (n,), whose spread is taken, not their place; NaN is left out.
        strata: shape (n,).
        pairs: how many pairs of strategies are corrected for.
        power: chance to decide it, above 0, below 1.

    Returns:
        A shift in the unit of the differences, within a fiftieth of itself; 0 where the
        differences do not vary, so that any shift would be seen; infinity where the rule can decide
        nothing (fewer than 6 differences, more if more pairs are corrected for; one value in each
        stratum) or the differences are not all finite.
    """
    d, strata = _known(differences, strata)
    if not can_decide(strata, pairs) or not np.isfinite(d).all():
        return float("inf")
    noise = _noise(d, strata)
    widest = float(np.abs(noise).max())
    if widest == 0:
        return 0.0
    quartiles = np.quantile(noise, [0.25, 0.75])
    # Three standard errors of a mean are about what 80 % need; no shift above the widest fails.
    high = 3 * float(quartiles[1] - quartiles[0]) / 1.35 / np.sqrt(len(d)) or widest
    low = 0.0
    while _decided(noise + high, strata, pairs) < power:
        low, high = high, 2 * high
    while high - low > _PRECISION * high and high > 1e-9 * widest:
        middle = (low + high) / 2
        if _decided(noise + middle, strata, pairs) < power:
            low = middle
        else:
            high = middle
    return float(high)


def _known(differences: ArrayLike, strata: ArrayLike) -> tuple[Array, ArrayLike]:
    d = np.asarray(differences, dtype=np.float64)
    known = ~np.isnan(d)
    return d[known], np.asarray(strata)[known]


def resampled(differences: Array, strata: ArrayLike, random: np.random.Generator, k: int) -> Array:
    """What two strategies that do not differ would give: k rows of such differences around 0.

    The differences less their shift, drawn within strata, each with a sign by chance: what is alike
    differs as often one way as the other. So no target keeps a place of its own, and a few seeds a
    target are not drawn around their own mean, which would make them look surer than they are.

    Args:
        differences: shape (n,), finite, n at least 2.
        strata: shape (n,).
        random: draws.
        k: how many rows.

    Returns:
        Shape (k, n).
    """
    n = len(differences)
    # Around their own middle they lie nearer than around the true one.
    centred = (differences - hodges_lehmann(differences)[0]) * np.sqrt(n / (n - 1))
    drawn = draw(strata, k, random)
    return np.asarray(centred[drawn] * random.choice([-1.0, 1.0], drawn.shape))


def _noise(differences: Array, strata: ArrayLike) -> Array:
    """As `resampled`, without ties: what is drawn twice, or was tied, is put in a random order.

    The rank sums of differences without ties are known in advance.
    """
    random = np.random.default_rng(_SEED)
    noise = resampled(differences, strata, random, RESAMPLES)
    jitter = 1e-9 * np.abs(noise).max() * random.standard_normal(noise.shape)
    return np.asarray(noise + jitter)


def _decided(shifted: Array, strata: ArrayLike, pairs: int) -> float:
    """The share of rows decided to lie above 0; the rule for rows without ties, done faster."""
    n = shifted.shape[1]
    order = np.argsort(np.abs(shifted), axis=1)
    below = np.take_along_axis(shifted <= 0, order, axis=1)
    rejected = below @ np.arange(1, n + 1) < rejecting(n, LEVEL / pairs)
    if not rejected.any():
        return 0.0
    low, _ = share_interval(scores(shifted[rejected]), strata)
    return float((low > 0.5).sum() / len(shifted))
