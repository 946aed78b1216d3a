"""A fixed description of a sound, for the diversity and novelty of sounds; no fitness uses it.

It holds levels in 40 mel bands and 8 segments of equal length, in dB, not below −80 dB. The
distance of two sounds is the root mean square difference of their levels, in dB.
"""

import numpy as np
from numpy.typing import NDArray

from fitness.mel import MelBands
from fitness.stft import Stft
from simd import LANES, Audio
from simd.blocks import blocks_of

FRAME = 2048
HOP = 1024
BANDS = 40
SEGMENTS = 8
_FLOOR_DB = -80.0

Features = NDArray[np.float64]


class SoundFeature:
    """Computes the features of sounds of one sample rate and length.

    Attributes:
        shape: how many segments and bands there are.

    Args:
        sample_rate: in hertz.
        samples: the length of each sound.
        segments: into how many parts a sound is divided.
        floor: the lowest level, in dB.
    """

    def __init__(
        self, sample_rate: int, samples: int, segments: int = SEGMENTS, floor: float = _FLOOR_DB
    ) -> None:
        self._bands = MelBands(sample_rate, FRAME, BANDS)
        self._frames = 1 + samples // HOP
        # A short sound has fewer segments, because each needs a frame.
        segments = min(segments, self._frames)
        self._floor = floor
        self.shape = segments, self._bands.count
        self._starts = np.arange(segments) * self._frames // segments

    def __call__(self, sounds: Audio) -> Features:
        """Return the features, shape (n, segments · bands), in dB, of sounds (n, samples)."""
        groups = [sounds[start : start + LANES] for start in range(0, len(sounds), LANES)]
        return np.concatenate([self._of(group) for group in groups])

    def _of(self, group: Audio) -> Features:
        stft = Stft(FRAME, HOP)
        stft.begin(len(group))
        parts = [self._bands(stft.push(block).powers) for block in blocks_of(group)]
        powers = np.concatenate([*parts, self._bands(stft.end().powers)])[..., : len(group)]
        lengths = np.diff([*self._starts, self._frames])
        means = np.add.reduceat(powers.astype(np.float64), self._starts) / lengths[:, None, None]
        levels = 10 * np.log10(np.maximum(means, 10 ** (self._floor / 10)))
        return np.asarray(levels.reshape(-1, len(group)).T)


def mean_difference(features: Features) -> float:
    """Return the mean distance over all pairs of features, shape (n, d), in dB; 0 for one sound."""
    from scipy.spatial.distance import pdist

    if len(features) < 2:
        return 0.0
    return float(pdist(features).mean() / np.sqrt(features.shape[1]))


def differences(ones: Features, others: Features) -> NDArray[np.float64]:
    """Return the distances, shape (n, m), in dB, of ``ones``, (n, d), from ``others``, (m, d)."""
    from scipy.spatial.distance import cdist

    return np.asarray(cdist(ones, others) / np.sqrt(ones.shape[1]))
