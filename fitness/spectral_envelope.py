"""Difference of the average spectra."""

import numpy as np
from numpy.typing import ArrayLike

from fitness.base import Fitness, Sound
from fitness.kernels import (
    POWER_DB,
    Floats,
    power_floor,
    power_level_differences,
    power_levels,
)
from fitness.mel import MelBands
from fitness.stft import Stft

FRAME = 2048
HOP = 512
BANDS = 32
FLOOR = -60.0


class SpectralEnvelope(Fitness):
    """Mean absolute difference, in dB, of long-term average spectra in 32 mel bands.

    Coarse timbre, whatever the moment and, as a band is a few semitones wide at least, whatever the
    fine pitch. Decibels end 60 dB below the target's strongest band. Frames of 2048 samples, 512
    apart.

    Source: the long-term average spectrum, on Slaney's mel scale (Auditory Toolbox, 1998).
    """

    unit = "dB"

    def __init__(self, target: ArrayLike, sample_rate: int) -> None:
        super().__init__(target, sample_rate)
        self._stft = Stft(FRAME, HOP)
        self._bands = MelBands(sample_rate, FRAME, BANDS)
        powers = self._average(self.target)
        self._floor = np.array([power_floor(powers.max(), FLOOR)])
        self._envelope = power_levels(powers, self._floor)

    def _average(self, sound: Sound) -> Floats:
        powers = self._bands(self._stft(sound))
        average: Floats = powers.mean(axis=0, keepdims=True, dtype=np.float64).astype(np.float32)
        return average

    def distance(self, sound: Sound) -> float:
        """Measure one sound, shape (samples,): 0 dB and above."""
        bands = power_level_differences(self._average(sound), self._floor, self._envelope)
        return POWER_DB * float(bands[0])
