"""Difference of spectrogram images."""

import numpy as np
from numpy.typing import ArrayLike

from fitness.base import SoundDistances
from fitness.frames import frame_and_hop
from fitness.kernels import POWER_DB, band_level_differences, power_floor, power_levels
from fitness.mel import MelBands
from fitness.stft import powers_of
from fitness.streaming import SoundStream, StreamingFitness, Sums

FRAME_SECONDS = 0.046
BANDS = 128
FLOOR = -80.0


class Spectrogram(StreamingFitness):
    """Mean absolute difference, in dB, of two log-mel images of the whole sound.

    An image has 128 mel bands up to 22.05 kHz; those above half the sample rate count as equal, so
    that a difference is as large at every rate. Frames last about 46 ms (2048 samples at 44.1 kHz),
    with 75 % overlap. Levels are relative to the maximum of the target's image and clipped at -80
    dB, because what is that much softer than the loudest part is inaudible.

    Source: the log-mel spectrogram with Slaney's mel scale (Auditory Toolbox, 1998).
    """

    unit = "dB"

    def __init__(self, target: ArrayLike, sample_rate: int) -> None:
        super().__init__(target, sample_rate)
        self._frame, self._hop = frame_and_hop(FRAME_SECONDS, sample_rate)
        self._bands = MelBands(sample_rate, self._frame, BANDS)
        powers = self._bands.of(powers_of(self.target, self._frame, self._hop))
        self._floors = np.full(len(powers), power_floor(powers.max(), FLOOR))
        self._weights = np.full(len(powers), self._bands.share / len(powers))
        self._image = power_levels(powers, self._floors)

    def update(self, stream: SoundStream, sums: Sums) -> None:
        """Add the differences of the new columns."""
        first, powers = stream.spectra(self._frame, self._hop)
        band_level_differences(
            powers, first, *self._bands.tables,
            self._floors, self._weights, self._image, sums,
        )  # fmt: skip

    def distances(self, sums: Sums) -> SoundDistances:
        """Turn sums into distances, shape (LANES,): 0 dB or above."""
        return np.asarray(POWER_DB * sums[0])
