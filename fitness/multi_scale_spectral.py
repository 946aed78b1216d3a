"""Multi-scale spectral distance."""

import math

import numpy as np
from numpy.typing import ArrayLike

from fitness.base import SoundDistances
from fitness.frames import frame_of
from fitness.kernels import (
    TINY_MAGNITUDE,
    magnitude_and_level_differences,
    magnitude_floor,
    magnitude_levels,
)
from fitness.stft import powers_of
from fitness.streaming import SoundStream, StreamingFitness, Sums
from simd import LANES, Audio

SIZES = (2048, 1024, 512, 256, 128, 64)  # at 44.1 kHz
FLOOR = -80.0


class _Scale:
    """The target's spectra at one FFT size, with 75 % overlap, and the weights of its sums."""

    def __init__(self, target: Audio, size: int) -> None:
        self.size, self.hop = size, size // 4
        powers = powers_of(target, size, self.hop)
        self.magnitudes = np.sqrt(powers)
        self.floor = magnitude_floor(self.magnitudes.max(), FLOOR)
        self.levels = magnitude_levels(powers, self.floor)
        mean = max(float(self.magnitudes.mean(dtype=np.float64)), TINY_MAGNITUDE)
        # Weights of the two sums over frames.
        self.weights = np.array([1 / mean, math.log(2)]) / len(powers)


class MultiScaleSpectral(StreamingFitness):
    """Mean over FFT sizes of mean|S - T| / mean(T) + mean|ln((S + e) / (T + e))|.

    S and T are the magnitudes of the sound and the target, in frames of 2048, 1024, 512, 256, 128
    and 64 samples at 44.1 kHz, as long at other rates (never fewer than 64 samples: at low rates
    there are fewer sizes), with 75 % overlap; at each size e is 80 dB below the target's largest
    magnitude. Long frames resolve pitch, short ones time. Dividing by mean(T) makes the linear term
    independent of the target's level, as the logarithmic term is.

    Source: Engel, Hantrakul, Gu & Roberts, "DDSP" (2020).
    """

    unit = ""

    def __init__(self, target: ArrayLike, sample_rate: int) -> None:
        super().__init__(target, sample_rate)
        frames = dict.fromkeys(frame_of(size / 44_100, sample_rate) for size in SIZES)
        self._scales = [_Scale(self.target, frame) for frame in frames]

    def initial_sums(self) -> Sums:
        """Return zero sums: of magnitudes and levels, scale by scale."""
        return np.zeros((2 * len(self._scales), LANES))

    def update(self, stream: SoundStream, sums: Sums) -> None:
        """Add the differences of the new frames of each size."""
        for i, scale in enumerate(self._scales):
            first, powers = stream.spectra(scale.size, scale.hop)
            magnitude_and_level_differences(
                powers, first, scale.floor, scale.magnitudes, scale.levels, sums, 2 * i
            )

    def distances(self, sums: Sums) -> SoundDistances:
        """Turn sums into distances, shape (LANES,): 0 or above."""
        weights = np.concatenate([scale.weights for scale in self._scales])
        total = (weights[:, None] * sums).sum(axis=0) / len(self._scales)
        # A spectrum that overflows gives NaN (infinity minus infinity): the sound is too loud to
        # score.
        return np.where(np.isnan(total), np.inf, total)
