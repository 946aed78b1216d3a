"""Broken candidates: those whose sound or distance is no number, or whose sound is absurdly loud.

A synth or a fitness may fail for some settings of its knobs only. Such a candidate is worse than
every other, and is counted with the reason; the search goes on.
"""

import numpy as np
from numpy.typing import NDArray

from synth.sound import HIGHEST_PEAK

# A finite distance, so that searches can reckon with it; its square is a number too.
WORST = 1e30
# The mean of a few distances, one of them the worst, is not less than this.
_NEARLY_WORST = 1e24

LOUDEST = f"NaN, infinity or a peak above {HIGHEST_PEAK:,.0f}"


def is_broken(distances: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which distances are NaN, infinite, or beyond the worst, in the same shape."""
    # Not `>= WORST`, which NaN is not.
    return ~(np.abs(distances) < WORST)


def heard(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the distances that are not those of broken candidates; all if there are no others."""
    whole = distances[distances < _NEARLY_WORST]
    return whole if whole.size else distances
