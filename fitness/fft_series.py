"""Difference of two series of FFTs."""

from numpy.typing import ArrayLike

from fitness.base import Fitness, Sound
from fitness.kernels import (
    MAGNITUDE_DB,
    magnitude_floor,
    magnitude_level_differences,
    magnitude_levels,
    magnitudes,
)
from fitness.stft import Stft

FRAME = 1024
HOP = 256
FLOOR = -80.0


class FftSeries(Fitness):
    """Mean over frames and bins of |20 log10((S + e) / (T + e))|, in dB.

    S and T are the magnitudes of the sound and the target in frames of 1024 samples, 256 apart, and
    e is the target's largest magnitude - 80 dB. Every bin counts alike, so that the treble, where
    most bins are, has the most to say.

    Source: short-time Fourier transform, Allen & Rabiner (1977).
    """

    unit = "dB"

    def __init__(self, target: ArrayLike, sample_rate: int) -> None:
        super().__init__(target, sample_rate)
        self._stft = Stft(FRAME, HOP)
        spectrum = self._stft(self.target)
        self._floor = magnitude_floor(magnitudes(spectrum).max(), FLOOR)
        self._levels = magnitude_levels(spectrum, self._floor)

    def distance(self, sound: Sound) -> float:
        """Measure one sound, shape (samples,): 0 dB and above."""
        spectrum = self._stft(sound)
        frames = magnitude_level_differences(spectrum, self._floor, self._levels)
        return MAGNITUDE_DB * float(frames.mean())
