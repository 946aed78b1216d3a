"""Distance of mel-frequency cepstral coefficients."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.fft import dct

from fitness.base import Fitness, Sound
from fitness.kernels import POWER_DB, Floats, power_floor, power_levels
from fitness.mel import MelBands
from fitness.stft import Stft

FRAME = 2048
HOP = 512
BANDS = 128
COEFFICIENTS = 20
FLOOR = -80.0


class Mfcc(Fitness):
    """Mean over frames of the Euclidean distance of MFCC 1 to 19, in dB: timbre whatever the level.

    Frames of 2048 samples, 512 apart; power in 128 mel bands, in dB, at least 80 dB below the
    sound's own brightest point; orthonormal DCT-II. Coefficient 0, the level of a frame, is left
    out, so that a sound and the same sound turned down are 0 apart; silence is a flat spectrum. As
    the transform is orthonormal, a unit is 1 dB summed in quadrature over the bands.

    Source: Davis & Mermelstein (1980), with the conventions of librosa.
    """

    unit = "dB"

    def __init__(self, target: ArrayLike, sample_rate: int) -> None:
        super().__init__(target, sample_rate)
        self._stft = Stft(FRAME, HOP)
        self._bands = MelBands(sample_rate, FRAME, BANDS)
        self._coefficients = self.coefficients(self.target)

    def coefficients(self, sound: Sound) -> Floats:
        """Describe a sound of shape (samples,) by coefficients 1 to 19, shape (frames, 19)."""
        powers = self._bands(self._stft(sound))
        floors = np.full(len(powers), power_floor(powers.max(), FLOOR))
        levels = power_levels(powers, floors)
        cepstrum: Floats = dct(levels, type=2, norm="ortho", axis=1)[:, 1:COEFFICIENTS]
        return cepstrum * np.float32(POWER_DB)

    def distance(self, sound: Sound) -> float:
        """Measure one sound, shape (samples,): 0 dB and above."""
        difference = self.coefficients(sound) - self._coefficients
        return float(np.linalg.norm(difference, axis=1).mean(dtype=np.float64))
