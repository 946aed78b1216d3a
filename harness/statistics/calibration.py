"""Whether the rule keeps its promises on real trials: A/A without, A/B with a planted difference.

In an A/A nothing differs, so whatever is decided is false. Two ways to make one from real trials:

* `swapped`: in every unit the strategies' values are dealt to the names at random. If the
  strategies were alike this is what chance does, so the null holds exactly, with the real spread,
  pairing, ties, and dependence between pairs of strategies that share one. With two strategies it
  flips the signs of the differences. What is tested is the rule, from ranks to Holm.
* `pooled`: for each target, both names draw their values from the same seeds of one strategy, each
  for itself with replacement. The pairing then carries nothing and differences spread more than
  real pairs do; as they are still symmetric and the rule knows no scale, that makes it neither
  more nor less careful. But with S seeds a target, one draw in S meets its own value again and is a
  tie, which is left out: with few seeds the rate errs on the low side.

Neither can tell whether real trials depend on each other in ways that dealing anew destroys.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.statistics.power import chance_to_see, resampled
from harness.statistics.resampling import LEVEL, Array, draw
from harness.statistics.rule import decided_many

COMPARISONS = 1000
# Simulated experiments that are asked for their own promise; each costs as much as hundreds.
_ASKED = 50
_SEED = 20_060_101


@dataclass(frozen=True)
class Rate:
    """How many of the simulated comparisons were decided.

    Attributes:
        decided: how many.
        of: out of how many.
        low: lower end of the 95 % interval of the share (Clopper & Pearson, 1934).
        high: upper end.
    """

    decided: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share that was decided, 0 to 1."""
        return self.decided / self.of


@dataclass(frozen=True)
class Planted:
    """A planted shift: how often it was found, and how often it was promised to be.

    Attributes:
        found: decided, with the right sign.
        wrong: decided with the wrong sign.
        promised: mean over simulated comparisons of the power each would have told from its own
            differences, 0 to 1.
    """

    found: Rate
    wrong: Rate
    promised: float


def rate(decided: NDArray[np.bool_], level: float = LEVEL) -> Rate:
    """The rate of what was decided, with Clopper and Pearson's interval.

    Args:
        decided: shape (k,), k at least 1.
        level: what the interval misses, 0 to 1.
    """
    from scipy.special import betaincinv

    k, n = int(np.count_nonzero(decided)), len(decided)
    low = float(betaincinv(k, n - k + 1, level / 2)) if k else 0.0
    high = float(betaincinv(k + 1, n - k, 1 - level / 2)) if k < n else 1.0
    return Rate(k, n, low, high)


def swapped(values: ArrayLike, strata: ArrayLike, comparisons: int = COMPARISONS) -> Rate:
    """A/A by dealing the values of each unit to the names at random: the family-wise rate.

    Args:
        values: shape (strategies, n), at least two strategies; units with a NaN are left out.
        strata: shape (n,).
        comparisons: how many are simulated.

    Returns:
        In how many any pair of strategies was decided, after Holm over all pairs.
    """
    x = np.asarray(values, dtype=np.float64)
    known = ~np.isnan(x).any(axis=0)
    x, strata = x[:, known], np.asarray(strata)[known]
    random = np.random.default_rng(_SEED)
    dealt = random.permuted(np.broadcast_to(x, (comparisons, *x.shape)), axis=1)
    one, other = np.array(list(combinations(range(len(x)), 2))).T
    families = dealt[:, one] - dealt[:, other]
    return rate((decided_many(families, strata) != 0).any(axis=1))


def pooled(
    values: ArrayLike, strata: ArrayLike, pairs: int = 1, comparisons: int = COMPARISONS
) -> Rate:
    """A/A by drawing both sides from the same values within each stratum.

    Args:
        values: shape (n,), of one strategy; NaN is left out.
        strata: shape (n,).
        pairs: how many pairs of strategies are corrected for.
        comparisons: how many are simulated.
    """
    x, strata = _known(values, strata)
    random = np.random.default_rng(_SEED)
    one, other = (x[draw(strata, comparisons, random)] for _ in range(2))
    return rate(decided_many(one - other, strata, pairs) != 0)


def planted(
    differences: ArrayLike,
    strata: ArrayLike,
    shift: float,
    pairs: int = 1,
    comparisons: int = COMPARISONS,
) -> Planted:
    """A/B with a known shift, added to real differences that were made to differ by chance only.

    They are centred and resampled within strata, with signs by chance.

    Args:
        differences: shape (n,), of two strategies, one minus other; NaN is left out.
        strata: shape (n,).
        shift: what is planted, not 0, in the unit of the differences.
        pairs: how many pairs of strategies are corrected for.
        comparisons: how many are simulated.
    """
    d, strata = _known(differences, strata)
    random = np.random.default_rng(_SEED)
    simulated = resampled(d, strata, random, comparisons) + shift
    signs = decided_many(simulated, strata, pairs) * np.sign(shift)
    promises = [chance_to_see(row, strata, shift, pairs) for row in simulated[:_ASKED]]
    return Planted(rate(signs > 0), rate(signs < 0), float(np.mean(promises)))


def _known(values: ArrayLike, strata: ArrayLike) -> tuple[Array, NDArray[np.generic]]:
    x = np.asarray(values, dtype=np.float64)
    known = ~np.isnan(x)
    return x[known], np.asarray(strata)[known]
