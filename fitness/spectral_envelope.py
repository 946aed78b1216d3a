"""Difference of the average spectra."""

import numpy as np
from numpy.typing import ArrayLike

from fitness.base import Distances
from fitness.kernels import POWER_DB, log2, power_floor
from fitness.mel import MelBands
from fitness.stft import powers_of
from fitness.streaming import SoundStream, StreamingFitness, Sums
from simd import LANES

FRAME = 2048
HOP = 512
BANDS = 32
FLOOR = -60.0


class SpectralEnvelope(StreamingFitness):
    """Mean absolute difference, in dB, of long-term average spectra in 32 mel bands.

    Coarse timbre, whatever the moment and, as a band is a few semitones wide at least, whatever the
    fine pitch. Decibels end 60 dB below the target's strongest band. Frames of 2048 samples, 512
    apart.

    Source: the long-term average spectrum, on Slaney's mel scale (Auditory Toolbox, 1998).
    """

    unit = "dB"
    # An average may still come nearer.

    def __init__(self, target: ArrayLike, sample_rate: int) -> None:
        super().__init__(target, sample_rate)
        self._bands = MelBands(sample_rate, FRAME, BANDS)
        powers = self._bands.of(powers_of(self.target, FRAME, HOP))
        self._frames = len(powers)
        # Added up in the order of ``update``, so that the identical sound is at no distance.
        total = np.add.accumulate(powers, axis=0, dtype=np.float64)[-1]
        self._floor = power_floor((total / self._frames).max(), FLOOR)
        self._envelope = self._levels(np.repeat(total[:, None], LANES, axis=1))

    def _levels(self, total: Sums) -> Sums:
        """Levels of the average powers, shape (bands, LANES), none below the floor."""
        average = np.maximum((total / self._frames).astype(np.float32), self._floor)
        levels: Sums = log2(average.reshape(-1)).reshape(total.shape).astype(np.float64)
        return levels

    def initial_sums(self) -> Sums:
        """Give the sums of nothing heard, shape (bands, LANES)."""
        return np.zeros((self._bands.count, LANES))

    def update(self, stream: SoundStream, sums: Sums) -> None:
        """Add the powers of the new frames."""
        for frame in self._bands(stream.spectra(FRAME, HOP).powers):
            sums += frame

    def distances(self, sums: Sums) -> Distances:
        """Turn sums into distances, shape (LANES,): 0 dB and above."""
        return np.asarray(POWER_DB * np.abs(self._levels(sums) - self._envelope).mean(axis=0))
