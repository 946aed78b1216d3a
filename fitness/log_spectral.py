"""Log-spectral distance."""

import numpy as np
from numpy.typing import ArrayLike

from fitness.base import SoundDistances
from fitness.frames import frame_and_hop
from fitness.kernels import MAGNITUDE_DB, level_distances, magnitude_floor, magnitude_levels
from fitness.stft import powers_of
from fitness.streaming import SoundStream, StreamingFitness, Sums

FRAME_SECONDS = 0.046
FLOOR = -80.0


class LogSpectral(StreamingFitness):
    """Mean over frames of the root mean square over bins of 20 log10((S + e) / (T + e)), in dB.

    S and T are the magnitudes of the sound and the target in frames of about 46 ms (2048 samples at
    44.1 kHz) with 75 % overlap, and e is 80 dB below the target's largest magnitude.

    Source: Gray & Markel, "Distance measures for speech processing" (1976).
    """

    unit = "dB"

    def __init__(self, target: ArrayLike, sample_rate: int) -> None:
        super().__init__(target, sample_rate)
        self._frame, self._hop = frame_and_hop(FRAME_SECONDS, sample_rate)
        powers = powers_of(self.target, self._frame, self._hop)
        self._floor = magnitude_floor(np.sqrt(powers.max()), FLOOR)
        self._levels = magnitude_levels(powers, self._floor)

    def update(self, stream: SoundStream, sums: Sums) -> None:
        """Add the distances of the new frames."""
        first, powers = stream.spectra(self._frame, self._hop)
        level_distances(powers, first, self._floor, self._levels, sums)

    def distances(self, sums: Sums) -> SoundDistances:
        """Turn sums into distances, shape (LANES,): 0 dB or above."""
        return np.asarray(MAGNITUDE_DB / len(self._levels) * sums[0])
