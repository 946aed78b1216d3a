"""Shares of answers that people gave, with intervals that hold for few answers too.

A share of independent answers has Clopper and Pearson's interval. Pairs of sounds of one target
are not independent, so a share over several targets has the same interval for the *effective*
number of pairs, corrected by Student's t for the number of targets (Korn & Graubard, 1998,
"Confidence intervals for proportions with small expected number of positive counts"). If all
targets agree, each counts as one answer: a share of 100% is no certainty.
"""

from dataclasses import dataclass
from math import isnan, nan

import numpy as np
from numpy.typing import ArrayLike

from harness.statistics.resampling import LEVEL, groups
from harness.statistics.shares import clopper_pearson

# Below this, a variance is rounding error.
_ALIKE = 1e-12


@dataclass(frozen=True)
class Share:
    """A share and what is known about it.

    Attributes:
        value: 0 to 1; NaN of nothing.
        low: lower end of its interval; NaN if it has none.
        high: upper end.
        n: the number of answers or pairs that it is a share of.
    """

    value: float
    low: float
    high: float
    n: int

    @property
    def side(self) -> int:
        """1 if the whole interval lies above one half, -1 if below it, else 0."""
        return 0 if isnan(self.low) else int(self.low > 0.5) - int(self.high < 0.5)


def share(hits: int, n: int, level: float = LEVEL) -> Share:
    """A share of independent answers.

    Args:
        hits: 0 to n.
        n: 0 or more.
        level: 1 minus the confidence level.
    """
    if n == 0:
        return Share(nan, nan, nan, 0)
    return Share(hits / n, *clopper_pearson(hits, n, level), n)


def clustered_share(scores: ArrayLike, clusters: ArrayLike, level: float = LEVEL) -> Share:
    """A mean score over clusters of which each may be alike in itself.

    Args:
        scores: shape (n,), each 0 to 1, such as one half for a tie.
        clusters: the cluster of each score, shape (n,).
        level: 1 minus the confidence level.

    Returns:
        The mean with its interval for other clusters of this kind; none with fewer than two.
    """
    from scipy.special import ndtri, stdtrit

    x, members = np.asarray(scores, dtype=np.float64), groups(clusters)
    n, count = len(x), len(members)
    if n == 0:
        return Share(nan, nan, nan, 0)
    mean = float(x.mean())
    if count < 2:
        return Share(mean, nan, nan, n)
    sums = np.array([(x[group] - mean).sum() for group in members])
    variance = count / (count - 1) * float((sums**2).sum()) / n**2
    if variance < _ALIKE:
        effective = float(count)
    else:
        fewer = float(ndtri(level / 2) / stdtrit(count - 1, level / 2)) ** 2
        effective = min(mean * (1 - mean) / variance, n) * fewer
    return Share(mean, *clopper_pearson(mean * effective, effective, level), n)


def in_both_orders(forward: ArrayLike, backward: ArrayLike) -> tuple[Share, Share]:
    """Whether answers depend on the order in which two sounds are heard.

    Args:
        forward: shape (pairs,), the answer to each pair: 1 for the first sound that is heard, 0 for
            the second, one half for neither.
        backward: the answers to the same pairs in the other order, coded in the same way.

    Returns:
        The share of pairs with the same answer in both orders, and the share of the first sound
        among the answers that chose one. Without a bias that is one half, whatever the sounds: each
        comes first once. Its interval is somewhat too wide, because answers to sounds that
        differ clearly vary less than independent ones (Hoeffding, 1956).
    """
    one, other = np.asarray(forward, dtype=np.float64), np.asarray(backward, dtype=np.float64)
    same = share(int((one == 1 - other).sum()), len(one))
    given = np.concatenate([one, other])
    return same, share(int((given == 1).sum()), int((given != 0.5).sum()))
