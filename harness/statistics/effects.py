"""Effect sizes of paired differences."""

import numpy as np
from numpy.typing import ArrayLike

from harness.statistics.shares import scores
from harness.statistics.signed_rank import rank_sums


def probability_of_improvement(differences: ArrayLike) -> float:
    """The share of differences above 0, zeros counting half; NaN without differences.

    Source: Agarwal et al. (2021), here over paired trials.
    """
    d = np.asarray(differences, dtype=np.float64)
    return float(scores(d).mean()) if d.size else float("nan")


def rank_biserial(differences: ArrayLike) -> float:
    """The matched-pairs rank-biserial correlation: −1 (all below 0) to 1 (all above 0).

    The rank sum of the differences above 0 minus that of those below, divided by their total; 0 if
    all are 0, NaN without differences.

    Source: Kerby (2014), for Wilcoxon's (1945) ranks.
    """
    d = np.asarray(differences, dtype=np.float64)
    if not d.size:
        return float("nan")
    above, below = rank_sums(d)
    return (above - below) / (above + below) if above + below else 0.0
