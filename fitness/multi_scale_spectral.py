"""Multi-scale spectral distance."""

import math

import numpy as np
from numpy.typing import ArrayLike

from fitness.base import Fitness, Sound
from fitness.kernels import (
    TINY_MAGNITUDE,
    Floats,
    magnitude_differences,
    magnitude_floor,
    magnitude_level_differences,
    magnitude_levels,
    magnitudes,
)
from fitness.stft import Stft

SIZES = (2048, 1024, 512, 256, 128, 64)
FLOOR = -80.0


class _Scale:
    """The target at one FFT size, with 75 % overlap."""

    def __init__(self, target: Sound, size: int) -> None:
        self._stft = Stft(size, size // 4)
        spectrum = self._stft(target)
        self._magnitudes: Floats = magnitudes(spectrum)
        self._mean = max(float(self._magnitudes.mean(dtype=np.float64)), TINY_MAGNITUDE)
        self._floor = magnitude_floor(self._magnitudes.max(), FLOOR)
        self._levels = magnitude_levels(spectrum, self._floor)

    def distance(self, sound: Sound) -> float:
        spectrum = self._stft(sound)
        linear = magnitude_differences(spectrum, self._magnitudes).mean() / self._mean
        octaves = magnitude_level_differences(spectrum, self._floor, self._levels).mean()
        return float(linear + math.log(2) * octaves)


class MultiScaleSpectral(Fitness):
    """Mean over six FFT sizes of mean|S - T| / mean(T) + mean|ln((S + e) / (T + e))|.

    S and T are the magnitudes of the sound and the target, in frames of 2048, 1024, 512, 256, 128
    and 64 samples with 75 % overlap; at each size e is the target's largest magnitude - 80 dB. The
    long frames hear pitch, the short ones the moment. Dividing by mean(T) makes the linear half
    independent of the target's level, as the logarithmic half is.

    Source: Engel, Hantrakul, Gu & Roberts, "DDSP" (2020).
    """

    unit = ""

    def __init__(self, target: ArrayLike, sample_rate: int) -> None:
        super().__init__(target, sample_rate)
        self._scales = [_Scale(self.target, size) for size in SIZES]

    def distance(self, sound: Sound) -> float:
        """Measure one sound, shape (samples,): 0 and above."""
        return sum(scale.distance(sound) for scale in self._scales) / len(SIZES)
