"""Log-spectral distance."""

import numpy as np
from numpy.typing import ArrayLike

from fitness.base import Fitness, Sound
from fitness.kernels import (
    MAGNITUDE_DB,
    magnitude_floor,
    magnitude_level_squares,
    magnitude_levels,
    magnitudes,
)
from fitness.stft import Stft

FRAME = 2048
HOP = 512
FLOOR = -80.0


class LogSpectral(Fitness):
    """Mean over frames of the root mean square over bins of 20 log10((S + e) / (T + e)), in dB.

    S and T are the magnitudes of the sound and the target in frames of 2048 samples, 512 apart, and
    e is the target's largest magnitude - 80 dB.

    Source: Gray & Markel, "Distance measures for speech processing" (1976).
    """

    unit = "dB"

    def __init__(self, target: ArrayLike, sample_rate: int) -> None:
        super().__init__(target, sample_rate)
        self._stft = Stft(FRAME, HOP)
        spectrum = self._stft(self.target)
        self._floor = magnitude_floor(magnitudes(spectrum).max(), FLOOR)
        self._levels = magnitude_levels(spectrum, self._floor)

    def distance(self, sound: Sound) -> float:
        """Measure one sound, shape (samples,): 0 dB and above."""
        squares = magnitude_level_squares(self._stft(sound), self._floor, self._levels)
        return MAGNITUDE_DB * float(np.sqrt(squares).mean())
