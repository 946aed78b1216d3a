"""Difference of level envelopes."""

import numpy as np
from numpy.typing import ArrayLike

from fitness.base import SoundDistances
from fitness.frames import frame_of
from fitness.kernels import POWER_DB, energies, log2, power_floor
from fitness.streaming import SoundStream, StreamingFitness, Sums
from simd import LANES
from simd.blocks import blocks_of

FRAME_SECONDS = 0.023
_SEGMENTS = 4  # of a frame
FLOOR = -60.0


class Loudness(StreamingFitness):
    """Mean absolute difference of the RMS levels of frames, in dB; ignores timbre and pitch.

    Frames last about 23 ms (1024 samples at 44.1 kHz), with 75 % overlap, and are centred; the
    sound is zero-padded. Levels are clipped 60 dB below the target's loudest frame, so that all
    near-silence is alike.

    Source: root mean square level, without frequency weighting.
    """

    unit = "dB"

    def __init__(self, target: ArrayLike, sample_rate: int) -> None:
        super().__init__(target, sample_rate)
        self._hop = frame_of(FRAME_SECONDS, sample_rate) // _SEGMENTS
        self._frames = 1 + self.target.size // self._hop
        sums = self.initial_sums()
        stream = SoundStream([])
        for block in blocks_of(self.target[None]):
            stream.push(block)
            self.update(stream, sums)
        self._floor = power_floor(self._powers(sums).max(), FLOOR)
        self._envelope = self._levels(sums)[:, :1]

    def _powers(self, sums: Sums) -> Sums:
        """Return the mean squares of frames, each of four segments: shape (frames, LANES)."""
        parts = [sums[i : i + self._frames] for i in range(_SEGMENTS)]
        return np.asarray(np.sum(parts, axis=0) / (_SEGMENTS * self._hop))

    def _levels(self, sums: Sums) -> Sums:
        """Return the levels of the frames, shape (frames, LANES), none below the floor."""
        powers = np.maximum(self._powers(sums).astype(np.float32), self._floor)
        levels: Sums = log2(powers.reshape(-1)).reshape(powers.shape).astype(np.float64)
        return levels

    def initial_sums(self) -> Sums:
        """Return zero energies: a row for every segment, two of them before the sound."""
        return np.zeros((self._frames + _SEGMENTS, LANES))

    def update(self, stream: SoundStream, sums: Sums) -> None:
        """Store the energies of the new segments."""
        first = _SEGMENTS // 2 + stream.start // self._hop
        energies(stream.block.reshape(-1), self._hop, first, sums)

    def distances(self, sums: Sums) -> SoundDistances:
        """Turn energies into distances, shape (LANES,): 0 dB or above."""
        return np.asarray(POWER_DB * np.abs(self._levels(sums) - self._envelope).mean(axis=0))
