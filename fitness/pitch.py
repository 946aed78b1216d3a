"""Difference of pitch."""

import math

import numpy as np
from numpy.typing import ArrayLike

from fitness.base import Fitness
from fitness.f0 import HIGHEST, LOWEST, F0Track, f0_track, median_f0
from fitness.kernels import TINY_POWER
from simd import Audio

__all__ = ["F0Track", "Pitch", "f0_track", "median_f0"]

UNVOICED = 1200 * math.log2(HIGHEST / LOWEST)
VOICED = 1200.0


class Pitch(Fitness):
    """Mean distance of fundamental frequencies over frames, in cents, weighted by target level.

    If both sounds are voiced, a frame scores |1200 log2(f0 / target's f0)|, an octave being 1200,
    so that there is always a slope towards the target. If only the target is voiced, a frame scores
    8786 cents: the whole range from 25 Hz to 4 kHz, and thus at least as much as any pitch. If only
    the sound is voiced, it scores 1200. Frames of 0.1 s are weighted by their RMS level in the
    target.

    Source: ``f0_track``, after McLeod & Wyvill (2005).
    """

    unit = "cents"

    def __init__(self, target: ArrayLike, sample_rate: int) -> None:
        super().__init__(target, sample_rate)
        track = f0_track(self.target, sample_rate)
        self._f0, self._voiced = track.f0, track.f0 > 0
        level = np.sqrt(np.maximum(track.energy, TINY_POWER))
        self._weight = level / level.sum()

    def distance(self, sound: Audio) -> float:
        """Return the distance of one sound, shape (samples,), 0 to 8786 cents."""
        f0 = f0_track(sound, self.sample_rate).f0
        voiced = f0 > 0
        both = voiced & self._voiced
        error = np.where(self._voiced, UNVOICED, np.where(voiced, VOICED, 0.0))
        error[both] = np.minimum(np.abs(1200 * np.log2(f0[both] / self._f0[both])), UNVOICED)
        return float((error * self._weight).sum())
