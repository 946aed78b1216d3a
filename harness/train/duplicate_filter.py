"""Filters silent sounds and duplicates out of a dataset.

Two sounds count as equal if their levels in 40 mel bands and 8 time segments differ by less than
half a decibel (root mean square). Such pairs come from different genes if a knob has no effect.
"""

import numpy as np
from numpy.typing import NDArray

from fitness.feature import Features, SoundFeature
from harness.train.dataset import EQUAL_GENOMES, EQUAL_SOUND, SILENT
from networks.sound_distance import audible

EQUAL_DB = 0.5
# Largest error of products of levels in single precision, in square decibels.
_ROUGH = 0.1


class DuplicateFilter:
    """Remembers the items of a dataset and finds what is new.

    Args:
        sample_rate: in hertz.
        samples: per sound.
    """

    def __init__(self, sample_rate: int, samples: int) -> None:
        self._feature = SoundFeature(sample_rate, samples)
        self._genomes: set[bytes] = set()
        self._features: list[NDArray[np.float32]] = []

    def add(self, genomes: NDArray[np.float64], sounds: NDArray[np.float32]) -> None:
        """Add items without checking them."""
        self._genomes.update(genome.tobytes() for genome in genomes)
        self._features.append(self._feature(sounds).astype(np.float32))

    def add_new(
        self, genomes: NDArray[np.float64], sounds: NDArray[np.float32]
    ) -> tuple[NDArray[np.bool_], dict[str, int]]:
        """Add the items that are new.

        Args:
            genomes: shape (n, genes).
            sounds: shape (n, samples).

        Returns:
            Which items are new, shape (n,), and how many were rejected for each reason. Of equal
            items the first is new.
        """
        why = {SILENT: 0, EQUAL_GENOMES: 0, EQUAL_SOUND: 0}
        new = audible(sounds)
        why[SILENT] = int((~new).sum())
        for i in np.flatnonzero(new):
            key = genomes[i].tobytes()
            if key in self._genomes:
                new[i] = False
                why[EQUAL_GENOMES] += 1
            self._genomes.add(key)
        features = self._feature(sounds).astype(np.float32)
        equal = self._known(features) & new
        new &= ~equal
        # Of equal items among these, the first stays.
        own = _close(features, features)
        for i in np.flatnonzero(new):
            if (own[i, :i] & new[:i]).any():
                new[i] = False
                equal[i] = True
        why[EQUAL_SOUND] = int(equal.sum())
        self._features.append(features[new])
        return new, why

    def _known(self, features: NDArray[np.float32]) -> NDArray[np.bool_]:
        found = np.zeros(len(features), dtype=bool)
        for known in self._features:
            if len(known):
                found |= _close(features, known).any(axis=1)
        return found


def _close(ones: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Find which pairs count as equal, shape (n, m)."""
    # A matrix product in single precision finds the few pairs that need an exact comparison.
    squares = (ones**2).sum(1)[:, None] + (others**2).sum(1) - 2 * ones @ others.T
    close = squares / ones.shape[1] < EQUAL_DB**2 + _ROUGH
    for i, j in np.argwhere(close):
        close[i, j] = _difference(ones[i], others[j]) < EQUAL_DB
    return np.asarray(close)


def _difference(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    apart: Features = one.astype(np.float64) - other
    return float(np.sqrt(np.mean(apart**2)))
