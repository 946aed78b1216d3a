"""Difference of series of short spectrogram images."""

import numpy as np
from numpy.typing import ArrayLike

from fitness.base import SoundDistances
from fitness.frames import frame_and_hop
from fitness.kernels import POWER_DB, band_level_differences, power_floor, power_levels
from fitness.mel import MelBands
from fitness.stft import powers_of
from fitness.streaming import SoundStream, StreamingFitness, Sums

FRAME_SECONDS = 0.023
BANDS = 64
SECONDS = 0.25
FLOOR = -60.0
SILENT = -80.0


class SpectrogramSeries(StreamingFitness):
    """Mean over short images of the mean absolute difference, in dB, each on its own scale.

    The sound is cut into one or more images of about 0.25 s, whose lengths differ by at most one
    column, with 64 mel bands and frames of about 23 ms (1024 samples at 44.1 kHz) with 75 %
    overlap. The levels of each image are relative to its own maximum in the target and clipped 60
    dB below it, so that a quiet tail counts as much as the attack; it is meant for sounds that
    change over time. The reference of an image is never more than 80 dB below the maximum of the
    whole target.

    Source: the log-mel spectrogram with Slaney's mel scale (Auditory Toolbox, 1998); the series is
    our own.
    """

    unit = "dB"

    def __init__(self, target: ArrayLike, sample_rate: int) -> None:
        super().__init__(target, sample_rate)
        self._frame, self._hop = frame_and_hop(FRAME_SECONDS, sample_rate)
        self._bands = MelBands(sample_rate, self._frame, BANDS)
        powers = self._bands.of(powers_of(self.target, self._frame, self._hop))
        images = max(1, round(len(powers) * self._hop / (SECONDS * sample_rate)))
        edges = np.linspace(0, len(powers), images + 1).round().astype(np.int64)
        starts, lengths = edges[:-1], np.diff(edges)
        silent = power_floor(powers.max(), SILENT)
        peaks = np.maximum(np.maximum.reduceat(powers.max(axis=1), starts), silent)
        floors = np.array([power_floor(peak, FLOOR) for peak in peaks], dtype=np.float32)
        self._floors = np.repeat(floors, lengths)
        self._weights = np.repeat(self._bands.share / (images * lengths), lengths)
        self._images = power_levels(powers, self._floors)

    def update(self, stream: SoundStream, sums: Sums) -> None:
        """Add the differences of the new columns."""
        first, powers = stream.spectra(self._frame, self._hop)
        band_level_differences(
            powers, first, *self._bands.tables,
            self._floors, self._weights, self._images, sums,
        )  # fmt: skip

    def distances(self, sums: Sums) -> SoundDistances:
        """Turn sums into distances, shape (LANES,): 0 dB or above."""
        return np.asarray(POWER_DB * sums[0])
