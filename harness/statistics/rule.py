"""The rule that decides, for thousands of comparisons at once.

A comparison is decided if the p value of the Wilcoxon signed-rank test, corrected by Holm for all
pairs of strategies in the question, is below 5% *and* the 95% interval of the probability of
improvement, resampled within strata, excludes one half. The test alone would accept a skewed
difference whose sign is a coin toss; the interval alone would be wrong too often with few pairs.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.statistics.ranks import holm
from harness.statistics.resampling import LEVEL, resamplable
from harness.statistics.shares import scores, share_interval
from harness.statistics.signed_rank import rejecting, signed_rank_many


def decided_many(differences: ArrayLike, strata: ArrayLike, pairs: int = 1) -> NDArray[np.int8]:
    """Decide many sets of differences.

    Args:
        differences: shape (k, n), one set per row, no NaN; or (k, m, n): k families of m pairs of
            strategies, corrected by Holm within each family.
        strata: shape (n,), the same for all.
        pairs: if the rows are not families, the number of pairs of strategies that each is one of.
            Each is then treated as the first of Holm's steps: p · pairs must be below 5%.

    Returns:
        Shape (k,) or (k, m): 1 if the differences are decided to lie above 0, −1 if below, else 0.
    """
    d = np.asarray(differences, dtype=np.float64)
    rows = d.reshape(-1, d.shape[-1])
    ps = signed_rank_many(rows).reshape(d.shape[:-1])
    ps = holm(ps) if d.ndim == 3 else ps * pairs
    low, high = (end.reshape(ps.shape) for end in share_interval(scores(rows), strata))
    sign = (low > 0.5).astype(np.int8) - (high < 0.5).astype(np.int8)
    return np.where(ps < LEVEL, sign, 0).astype(np.int8)


def can_decide(strata: ArrayLike, pairs: int = 1) -> bool:
    """Whether the rule could decide anything if all differences had the same sign.

    It could not with fewer than six units (more if there are more pairs), nor if every stratum has
    only one value.
    """
    return rejecting(np.size(strata), LEVEL / pairs) > 0 and resamplable(strata)
