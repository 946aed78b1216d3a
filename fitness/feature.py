"""One fixed picture of a sound, for the variance and the novelty of sounds; no fitness uses it.

Levels in 40 mel bands and 8 stretches of equal time, in dB, from −80 dB on. Two sounds are as far
apart as the root mean square of the differences of their levels: 1 is one dB, everywhere.
"""

import numpy as np
from numpy.typing import NDArray

from fitness.base import Sound
from fitness.mel import MelBands
from fitness.stft import Stft
from simd import LANES
from simd.blocks import blocks_of

FRAME = 2048
HOP = 1024
BANDS = 40
STRETCHES = 8
_FLOOR_DB = -80.0

Features = NDArray[np.float64]


class SoundFeature:
    """Hears sounds of one sample rate and length.

    Args:
        sample_rate: in hertz.
        samples: of each sound.
    """

    def __init__(self, sample_rate: int, samples: int) -> None:
        self._bands = MelBands(sample_rate, FRAME, BANDS)
        self._frames = 1 + samples // HOP
        # A short sound has fewer stretches: each needs a frame.
        stretches = min(STRETCHES, self._frames)
        self._starts = np.arange(stretches) * self._frames // stretches

    def __call__(self, sounds: Sound) -> Features:
        """Give the features, shape (n, stretches · bands), of sounds, shape (n, samples), in dB."""
        groups = [sounds[start : start + LANES] for start in range(0, len(sounds), LANES)]
        return np.concatenate([self._of(group) for group in groups])

    def _of(self, group: Sound) -> Features:
        stft = Stft(FRAME, HOP)
        stft.begin(len(group))
        parts = [self._bands(stft.push(block).powers) for block in blocks_of(group)]
        powers = np.concatenate([*parts, self._bands(stft.end().powers)])[..., : len(group)]
        lengths = np.diff([*self._starts, self._frames])
        means = np.add.reduceat(powers.astype(np.float64), self._starts) / lengths[:, None, None]
        levels = 10 * np.log10(np.maximum(means, 10 ** (_FLOOR_DB / 10)))
        return np.asarray(levels.reshape(-1, len(group)).T)


def mean_difference(features: Features) -> float:
    """Mean over pairs of the distance of two sounds' features, shape (n, d), in dB; 0 of one."""
    from scipy.spatial.distance import pdist

    if len(features) < 2:
        return 0.0
    return float(pdist(features).mean() / np.sqrt(features.shape[1]))


def differences(ones: Features, others: Features) -> NDArray[np.float64]:
    """Distance of each of ``ones``, shape (n, d), from each of ``others``, shape (m, d), in dB."""
    from scipy.spatial.distance import cdist

    return np.asarray(cdist(ones, others) / np.sqrt(ones.shape[1]))
