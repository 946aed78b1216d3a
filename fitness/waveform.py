"""Difference of the waveforms."""

from numpy.typing import ArrayLike

from fitness.base import Fitness, Sound
from fitness.kernels import TINY_POWER, squared_difference


class Waveform(Fitness):
    """Error-to-signal ratio: the energy of the difference over the energy of the target.

    Silence scores 1 and the target turned upside down 4: it hears phase, not pitch, so that a sound
    one cent or an octave off is about as far as any other of its level. Its slope begins where the
    waves nearly coincide.

    Source: Wright, Damskägg & Välimäki (2019), here without their pre-emphasis.
    """

    unit = ""

    def __init__(self, target: ArrayLike, sample_rate: int) -> None:
        super().__init__(target, sample_rate)
        self._energy = max(squared_difference(self.target, 0 * self.target), TINY_POWER)

    def distance(self, sound: Sound) -> float:
        """Measure one sound, shape (samples,): 0 and above, a ratio."""
        return float(squared_difference(sound, self.target) / self._energy)
