"""A fitness with an option: how bright a sound is, from moment to moment."""

import numpy as np

from ga_synth import Fitness


class Brightness(Fitness):
    """Mean difference of the spectral centroids, in octaves, where the target sounds.

    Args:
        target: one channel, shape (samples,), finite and not silent.
        sample_rate: in hertz.
        frame_s: how long a frame is, in seconds, above 0.

    Raises:
        ValueError: if the target or the length of a frame does not fit.
    """

    unit = "octaves"

    def __init__(self, target, sample_rate, *, frame_s: float = 0.02):
        super().__init__(target, sample_rate)
        if not frame_s > 0:
            raise ValueError(f"frame_s {frame_s}; allowed: above 0")
        self._frames = max(1, round(self.target.size / (frame_s * sample_rate)))
        self._wanted, power = self._centroids(self.target)
        # A frame counts by its share of the target's power.
        self._weights = power / power.sum()

    def distance(self, sound):
        """Measure one sound, shape (samples,) float32."""
        found, _ = self._centroids(sound)
        return float(np.abs(found - self._wanted) @ self._weights)

    def _centroids(self, sound):
        """The centroid of each frame in octaves above 20 Hz, 0 if it is silent, and its power."""
        frames = np.array_split(sound.astype(float), self._frames)
        found = [self._centroid(frame * np.hanning(frame.size + 2)[1:-1]) for frame in frames]
        return np.array(found).T

    def _centroid(self, frame):
        power = np.square(np.abs(np.fft.rfft(frame)))
        if not power.any():
            return 0.0, 0.0
        hertz = np.fft.rfftfreq(frame.size, 1 / self.sample_rate) @ power / power.sum()
        return np.log2(1 + hertz / 20), power.sum()
