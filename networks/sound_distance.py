"""The distance between a sound and what a synth renders from predicted genes."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fitness.base import Fitness
from synth.base import Synth
from synth.sound import HIGHEST_PEAK

# Root mean square. Quieter sounds count as silent: there is nothing to learn from them.
AUDIBLE_RMS = 1e-3


class SoundDistance:
    """Renders genomes and scores each against a sound of its own.

    Args:
        synth: renders at the network's sample rate and length.
        bind: makes the fitness for one sound.
    """

    def __init__(self, synth: Synth, bind: Callable[[NDArray[np.float32]], Fitness]) -> None:
        self.synth = synth
        self.bind = bind

    def __call__(
        self, genomes: NDArray[np.float64], sounds: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """Score genomes; a broken sound, with NaN or absurdly loud, counts as silence.

        Args:
            genomes: shape (n, k, genes): k for each sound.
            sounds: shape (n, samples).

        Returns:
            Distances, shape (n, k).
        """
        n, k, genes = genomes.shape
        rendered = self.synth.render(genomes.reshape(-1, genes)).reshape(n, k, -1)
        broken = ~_whole(rendered)
        if broken.any():
            rendered = np.where(broken[..., None], np.float32(0), rendered)
        pairs = zip(rendered, sounds, strict=True)
        return np.array([self.bind(sound)(own) for own, sound in pairs]).reshape(n, k)


def audible(sounds: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Find which sounds, shape (n, samples), can be learnt from, shape (n,).

    They are loud enough, finite, and no louder than a recording may be.
    """
    rms = np.sqrt(np.mean(np.square(sounds, dtype=np.float64), axis=1))
    return np.asarray((rms >= AUDIBLE_RMS) & _whole(sounds))


def _whole(sounds: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Find which sounds, shape (..., samples), are finite and not absurdly loud."""
    return np.asarray(np.abs(sounds).max(axis=-1) <= HIGHEST_PEAK)
