"""Whether the rule keeps its promises on real trials: A/A comparisons, and planted differences.

In an A/A comparison nothing differs, so any decision is false. There are two ways to make one from
real trials:

* `shuffled`: in every unit the values are assigned to the strategies at random. This is what chance
  does if the strategies are alike, so the null hypothesis holds exactly, with the real spread,
  pairing, ties, and dependence between pairs that share a strategy. With two strategies it flips
  the signs of the differences. It tests the whole rule, from ranks to Holm's correction.
* `pooled`: for each target, both sides draw their values from the seeds of one strategy,
  independently and with replacement. The pairing then carries no information and the differences
  spread more than real pairs do; since they are still symmetric and the rule is scale-free, that
  makes it neither more nor less careful. But with S seeds per target, one draw in S meets its own
  value and is a tie, which is left out: with few seeds the rate is an underestimate.

Neither shows whether real trials depend on each other in ways that shuffling destroys.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.statistics.power import chance_to_detect, resampled
from harness.statistics.resampling import LEVEL, Array, draw
from harness.statistics.rule import decided_many
from harness.statistics.shares import clopper_pearson

COMPARISONS = 1000
# Number of simulated experiments whose own power is computed; each costs as much as hundreds.
_WITH_POWER = 50
_SEED = 20_060_101


@dataclass(frozen=True)
class Rate:
    """How many of the simulated comparisons were decided.

    Attributes:
        decided: number of decided comparisons.
        of: number of all comparisons.
        low: lower end of the 95% interval of the share (Clopper & Pearson, 1934).
        high: upper end.
    """

    decided: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share of decided comparisons, 0 to 1."""
        return self.decided / self.of


@dataclass(frozen=True)
class Planted:
    """How often a planted shift was found, and how often the power promises that it is.

    Attributes:
        found: rate of decisions with the right sign.
        wrong: rate of decisions with the wrong sign.
        promised: the power, 0 to 1: mean over simulated comparisons of what each would have
            computed from its own differences.
    """

    found: Rate
    wrong: Rate
    promised: float


def rate(decided: NDArray[np.bool_], level: float = LEVEL) -> Rate:
    """The rate of decisions, with Clopper and Pearson's interval.

    Args:
        decided: shape (k,), k at least 1.
        level: 1 minus the confidence level.
    """
    k, n = int(np.count_nonzero(decided)), len(decided)
    return Rate(k, n, *clopper_pearson(k, n, level))


def shuffled(values: ArrayLike, strata: ArrayLike, comparisons: int = COMPARISONS) -> Rate:
    """A/A by shuffling the values of each unit among the strategies: the family-wise rate.

    Args:
        values: shape (strategies, n), at least two strategies; units with a NaN are left out.
        strata: shape (n,).
        comparisons: number of simulated comparisons.

    Returns:
        The rate of comparisons in which any pair was decided, after Holm over all pairs.
    """
    x = np.asarray(values, dtype=np.float64)
    known = ~np.isnan(x).any(axis=0)
    x, strata = x[:, known], np.asarray(strata)[known]
    random = np.random.default_rng(_SEED)
    shuffles = random.permuted(np.broadcast_to(x, (comparisons, *x.shape)), axis=1)
    one, other = np.array(list(combinations(range(len(x)), 2))).T
    families = shuffles[:, one] - shuffles[:, other]
    return rate((decided_many(families, strata) != 0).any(axis=1))


def pooled(
    values: ArrayLike, strata: ArrayLike, pairs: int = 1, comparisons: int = COMPARISONS
) -> Rate:
    """A/A by drawing both sides from the same values within each stratum.

    Args:
        values: values of one strategy, shape (n,); NaN is left out.
        strata: shape (n,).
        pairs: number of pairs of strategies to correct for.
        comparisons: number of simulated comparisons.
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
    """A/B with a known shift, added to real differences from which any true shift was removed.

    They are centred and resampled within strata, with random signs.

    Args:
        differences: one strategy minus another, shape (n,); NaN is left out.
        strata: shape (n,).
        shift: the planted shift, not 0, in the unit of the differences.
        pairs: number of pairs of strategies to correct for.
        comparisons: number of simulated comparisons.
    """
    d, strata = _known(differences, strata)
    random = np.random.default_rng(_SEED)
    simulated = resampled(d, strata, random, comparisons) + shift
    signs = decided_many(simulated, strata, pairs) * np.sign(shift)
    promises = [chance_to_detect(row, strata, shift, pairs) for row in simulated[:_WITH_POWER]]
    return Planted(rate(signs > 0), rate(signs < 0), float(np.mean(promises)))


def _known(values: ArrayLike, strata: ArrayLike) -> tuple[Array, NDArray[np.generic]]:
    x = np.asarray(values, dtype=np.float64)
    known = ~np.isnan(x)
    return x[known], np.asarray(strata)[known]
