"""Difference of the level envelopes."""

import numpy as np
from numpy.typing import ArrayLike

from fitness.base import Fitness, Sound
from fitness.kernels import (
    POWER_DB,
    frame_powers,
    power_floor,
    power_level_differences,
    power_levels,
)

FRAME = 1024
HOP = 256
FLOOR = -60.0


class Loudness(Fitness):
    """Mean absolute difference of the RMS levels of frames, in dB, whatever the timbre or pitch.

    Frames of 1024 samples, 256 apart and centred, with zeros around the sound. Levels end 60 dB
    below the target's loudest frame, so that two silences do not differ.

    Source: root mean square level; no weighting of frequencies is applied.
    """

    unit = "dB"

    def __init__(self, target: ArrayLike, sample_rate: int) -> None:
        super().__init__(target, sample_rate)
        self._starts = np.arange(0, self.target.size + 1, HOP) - FRAME // 2
        powers = frame_powers(self.target, self._starts, FRAME)
        self._floors = np.full(len(powers), power_floor(powers.max(), FLOOR))
        self._envelope = power_levels(powers, self._floors)

    def distance(self, sound: Sound) -> float:
        """Measure one sound, shape (samples,): 0 dB and above."""
        powers = frame_powers(sound, self._starts, FRAME)
        frames = power_level_differences(powers, self._floors, self._envelope)
        return POWER_DB * float(frames.mean())
