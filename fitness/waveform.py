"""Difference of waveforms."""

import numpy as np
from numpy.typing import ArrayLike

from fitness.base import SoundDistances
from fitness.kernels import TINY_POWER, squared_differences
from fitness.streaming import SoundStream, StreamingFitness, Sums


class Waveform(StreamingFitness):
    """Error-to-signal ratio: the energy of the difference over the energy of the target.

    Silence scores 1, and the inverted target 4. It depends on phase, not on pitch: a sound that is
    one cent or one octave off is about as far away as any other of the same level. There is a slope
    towards the target only where the waves nearly coincide.

    Source: Wright, Damskägg & Välimäki (2019), without their pre-emphasis.
    """

    unit = ""

    def __init__(self, target: ArrayLike, sample_rate: int) -> None:
        super().__init__(target, sample_rate)
        self._energy = 1.0
        self._energy = max(self.distance(0 * self.target), TINY_POWER)

    def update(self, stream: SoundStream, sums: Sums) -> None:
        """Add the squared differences of the new samples."""
        squared_differences(stream.block.reshape(-1), stream.start, self.target, sums)

    def distances(self, sums: Sums) -> SoundDistances:
        """Turn sums into distances, shape (LANES,): 0 or above, a ratio."""
        return np.asarray(sums[0] / self._energy)
