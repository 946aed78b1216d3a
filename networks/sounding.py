"""What a synth makes of predictions, and how far it is from what was heard."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fitness.base import Fitness
from synth.base import Synth

# Quieter ones, in the root mean square, cannot be heard: nothing can be learnt from them.
AUDIBLE_RMS = 1e-3


class Sounding:
    """Renders genomes and measures each against a sound of its own.

    Args:
        synth: of the network's rate and length.
        bind: makes the fitness of one sound.
    """

    def __init__(self, synth: Synth, bind: Callable[[NDArray[np.float32]], Fitness]) -> None:
        self.synth = synth
        self.bind = bind

    def __call__(
        self, genomes: NDArray[np.float64], sounds: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """Distances, shape (n, k), of genomes, shape (n, k, genes), from sounds, (n, samples)."""
        n, k, genes = genomes.shape
        rendered = self.synth.render(genomes.reshape(-1, genes)).reshape(n, k, -1)
        pairs = zip(rendered, sounds, strict=True)
        return np.array([self.bind(sound)(own) for own, sound in pairs]).reshape(n, k)


def audible(sounds: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which sounds, shape (n, samples), can be heard: shape (n,)."""
    return np.asarray(np.sqrt(np.mean(np.square(sounds, dtype=np.float64), axis=1)) >= AUDIBLE_RMS)
