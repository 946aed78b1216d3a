"""Difference of the waveforms."""

import numpy as np
from numpy.typing import ArrayLike

from fitness.base import Distances
from fitness.kernels import TINY_POWER, squared_differences
from fitness.streaming import SoundStream, StreamingFitness, Sums


class Waveform(StreamingFitness):
    """Error-to-signal ratio: the energy of the difference over the energy of the target.

    Silence scores 1 and the target turned upside down 4: it hears phase, not pitch, so that a sound
    one cent or an octave off is about as far as any other of its level. Its slope begins where the
    waves nearly coincide.

    Source: Wright, Damskägg & Välimäki (2019), here without their pre-emphasis.
    """

    unit = ""

    def __init__(self, target: ArrayLike, sample_rate: int) -> None:
        super().__init__(target, sample_rate)
        self._energy = 1.0
        self._energy = max(self.distance(0 * self.target), TINY_POWER)

    def update(self, stream: SoundStream, sums: Sums) -> None:
        """Add the squared differences of the new samples."""
        squared_differences(stream.block.reshape(-1), stream.start, self.target, sums)

    def distances(self, sums: Sums) -> Distances:
        """Turn sums into distances, shape (LANES,): 0 and above, a ratio."""
        return np.asarray(sums[0] / self._energy)
