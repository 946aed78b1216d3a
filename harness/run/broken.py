"""Broken candidates: those whose sound or distance is no number, or whose sound is absurdly loud.

A synth or a fitness may fail for some settings of its knobs only. Such a candidate is worse than
every other, and is counted with the reason; the search goes on.
"""

from collections.abc import Iterable, Mapping

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


def added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Return the sum of counts by reason, sorted by reason."""
    found: dict[str, int] = {}
    for one in counts:
        for reason, count in one.items():
            found[reason] = found.get(reason, 0) + count
    return dict(sorted(found.items()))


def said(counts: Mapping[str, int]) -> str:
    """Say how many candidates were broken and why, such as ``synth 'x' gave NaN (3 times)``."""
    times = ((reason, f"{n:,} time{'s' * (n != 1)}") for reason, n in counts.items())
    return "; ".join(f"{reason} ({count})" for reason, count in times)
