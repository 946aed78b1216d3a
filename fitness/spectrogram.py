"""Difference of spectrogram images."""

import numpy as np
from numpy.typing import ArrayLike

from fitness.base import SoundDistances
from fitness.kernels import POWER_DB, band_level_differences, power_floor, power_levels
from fitness.mel import MelBands
from fitness.stft import powers_of
from fitness.streaming import SoundStream, StreamingFitness, Sums

FRAME = 2048
HOP = 512
BANDS = 128
FLOOR = -80.0


class Spectrogram(StreamingFitness):
    """Mean absolute difference, in dB, of two log-mel images of the whole sound.

    An image has 128 mel bands up to half the sample rate (fewer if a band would contain no bin of
    the 2048-sample frame) and a column every 512 samples. Levels are relative to the maximum of the
    target's image and clipped at -80 dB, because what is that much softer than the loudest part is
    inaudible.

    Source: the log-mel spectrogram with Slaney's mel scale (Auditory Toolbox, 1998).
    """

    unit = "dB"

    def __init__(self, target: ArrayLike, sample_rate: int) -> None:
        super().__init__(target, sample_rate)
        self._bands = MelBands(sample_rate, FRAME, BANDS)
        powers = self._bands.of(powers_of(self.target, FRAME, HOP))
        self._floors = np.full(len(powers), power_floor(powers.max(), FLOOR))
        self._weights = np.full(len(powers), 1 / len(powers))
        self._image = power_levels(powers, self._floors)

    def update(self, stream: SoundStream, sums: Sums) -> None:
        """Add the differences of the new columns."""
        first, powers = stream.spectra(FRAME, HOP)
        band_level_differences(
            powers, first, *self._bands.tables,
            self._floors, self._weights, self._image, sums,
        )  # fmt: skip

    def distances(self, sums: Sums) -> SoundDistances:
        """Turn sums into distances, shape (LANES,): 0 dB or above."""
        return np.asarray(POWER_DB * sums[0])
