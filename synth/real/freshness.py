"""Whether a render depends on those before it, and which way of beginning afresh mends that."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from synth.real import forked
from synth.real.base import RealSynth

# The quickest and safest first.
WAYS = ("fork", "settle", "reload") if forked.AVAILABLE else ("settle", "reload")
_PATCHES = 5


def patches(genes: int) -> NDArray[np.float64]:
    """A few genomes to try a synth with, shape (n, genes)."""
    return np.random.default_rng(0).random((_PATCHES, genes))


def leak(make: Callable[[], RealSynth]) -> float:
    """The largest difference of a sample between renders of one patch after different others.

    Args:
        make: the same synth anew, which knows none of the sounds that were made before.

    Raises:
        ValueError: if every sound is silent.
    """
    genomes = patches(len(make().space))
    first = make().render(genomes)
    if not np.abs(first).max() > 1e-6:
        raise ValueError(f"no sound of {len(genomes)} random patches: an effect, or a silent map")
    others = [make().render(genomes[::-1])[::-1]]
    make().close()
    others.append(make().render(genomes[::-1])[::-1])
    return float(max(np.abs(first - other).max() for other in others))


def cheapest_fresh(make: Callable[[str], RealSynth]) -> tuple[str, float]:
    """The quickest way to begin afresh that is exact, or else the most exact; and what it leaks.

    Args:
        make: the synth that begins its renders in the given way.

    Raises:
        ValueError: if the synth is silent.
    """
    found = {}
    for way in WAYS:
        try:
            found[way] = leak(lambda way=way: make(way))  # type: ignore[misc]
        finally:
            make(way).close()
        if found[way] == 0:
            break
    best = min(found, key=lambda way: found[way])
    return best, found[best]
