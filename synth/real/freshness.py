"""Test whether renders depend on earlier ones, and find a reset method that prevents it."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from synth.real import forked
from synth.real.base import RealSynth

# The fastest and safest first.
WAYS = ("fork", "settle", "reload") if forked.AVAILABLE else ("settle", "reload")
_PATCHES = 5


def patches(genes: int) -> NDArray[np.float64]:
    """Return a few genomes to test a synth with, shape (n, genes)."""
    return np.random.default_rng(0).random((_PATCHES, genes))


def leak(make: Callable[[], RealSynth]) -> float:
    """Return the largest difference of a sample between renders of a patch after different others.

    Args:
        make: creates the synth, without cached sounds.

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
    """Return the fastest exact reset method, or else the most exact one, and its leak.

    Args:
        make: creates the synth with a given reset method.

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
