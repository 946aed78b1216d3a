"""A fitness of my own: the mean difference of the loudness curves, in dB."""

import numpy as np

from ga_synth import Fitness

_WINDOW_S = 0.02
_FLOOR_DB = -60.0


class MyFitness(Fitness):
    """Mean absolute difference of the levels in windows of 20 ms."""

    unit = "dB"

    def __init__(self, target, sample_rate):
        super().__init__(target, sample_rate)
        self._levels = self._levels_of(self.target)

    def distance(self, sound):
        return float(np.abs(self._levels_of(sound) - self._levels).mean())

    def _levels_of(self, sound):
        windows = max(1, round(len(sound) / (_WINDOW_S * self.sample_rate)))
        powers = [np.mean(np.square(part, dtype=float)) for part in np.array_split(sound, windows)]
        return np.maximum(10 * np.log10(np.maximum(powers, 1e-12)), _FLOOR_DB)
