"""Difference of average spectra."""

import numpy as np
from numpy.typing import ArrayLike

from fitness.base import SoundDistances
from fitness.frames import frame_and_hop
from fitness.kernels import POWER_DB, log2, power_floor
from fitness.mel import MelBands
from fitness.stft import powers_of
from fitness.streaming import SoundStream, StreamingFitness, Sums
from simd import LANES

FRAME_SECONDS = 0.046
BANDS = 32
FLOOR = -60.0


class SpectralEnvelope(StreamingFitness):
    """Mean absolute difference, in dB, of long-term average spectra in 32 mel bands.

    It measures coarse timbre, ignoring time and, because bands are at least a few semitones wide,
    small differences of pitch. Levels are clipped 60 dB below the target's strongest band. Frames
    last about 46 ms (2048 samples at 44.1 kHz), with 75 % overlap.

    Source: the long-term average spectrum, on Slaney's mel scale (Auditory Toolbox, 1998).
    """

    unit = "dB"

    def __init__(self, target: ArrayLike, sample_rate: int) -> None:
        super().__init__(target, sample_rate)
        self._frame, self._hop = frame_and_hop(FRAME_SECONDS, sample_rate)
        self._bands = MelBands(sample_rate, self._frame, BANDS)
        powers = self._bands.of(powers_of(self.target, self._frame, self._hop))
        self._frames = len(powers)
        # Summed in the same order as in ``update``, so that the identical sound is at distance 0.
        total = np.add.accumulate(powers, axis=0, dtype=np.float64)[-1]
        self._floor = power_floor((total / self._frames).max(), FLOOR)
        self._envelope = self._levels(np.repeat(total[:, None], LANES, axis=1))

    def _levels(self, total: Sums) -> Sums:
        """Return the levels of average powers, shape (bands, LANES), none below the floor."""
        average = np.maximum((total / self._frames).astype(np.float32), self._floor)
        levels: Sums = log2(average.reshape(-1)).reshape(total.shape).astype(np.float64)
        return levels

    def initial_sums(self) -> Sums:
        """Return zero sums, shape (bands, LANES)."""
        return np.zeros((self._bands.count, LANES))

    def update(self, stream: SoundStream, sums: Sums) -> None:
        """Add the powers of the new frames."""
        for frame in self._bands(stream.spectra(self._frame, self._hop).powers):
            sums += frame

    def distances(self, sums: Sums) -> SoundDistances:
        """Turn sums into distances, shape (LANES,): 0 dB or above."""
        return np.asarray(POWER_DB * np.abs(self._levels(sums) - self._envelope).mean(axis=0))
