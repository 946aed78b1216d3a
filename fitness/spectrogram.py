"""Difference of the spectrogram images."""

import numpy as np
from numpy.typing import ArrayLike

from fitness.base import Fitness, Sound
from fitness.kernels import POWER_DB, power_floor, power_level_differences, power_levels
from fitness.mel import MelBands
from fitness.stft import Stft

FRAME = 2048
HOP = 512
BANDS = 128
FLOOR = -80.0


class Spectrogram(Fitness):
    """Mean absolute difference, in dB, of two log-mel images of the whole sound.

    An image has 128 mel bands up to half the sample rate (fewer where a band would hold no bin of
    the 2048-sample frame) and a column every 512 samples. Decibels are relative to the brightest
    point of the target's image, and nothing is darker than -80 dB: what is inaudible beside the
    loudest moment does not count.

    Source: the log-mel spectrogram with Slaney's mel scale (Auditory Toolbox, 1998).
    """

    unit = "dB"

    def __init__(self, target: ArrayLike, sample_rate: int) -> None:
        super().__init__(target, sample_rate)
        self._stft = Stft(FRAME, HOP)
        self._bands = MelBands(sample_rate, FRAME, BANDS)
        powers = self._bands(self._stft(self.target))
        self._floors = np.full(len(powers), power_floor(powers.max(), FLOOR))
        self._image = power_levels(powers, self._floors)

    def distance(self, sound: Sound) -> float:
        """Measure one sound, shape (samples,): 0 dB and above."""
        powers = self._bands(self._stft(sound))
        return POWER_DB * float(power_level_differences(powers, self._floors, self._image).mean())
