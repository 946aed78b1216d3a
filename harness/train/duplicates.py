"""Which sounds a dataset has already: equal genomes, and sounds that are equal to the ear.

Two sounds are equal to the ear if their levels, in 40 mel bands and 8 stretches of time, differ by
less than half a decibel (root mean square): a patch that is silent, or one whose knob has no
effect, gives such pairs although its genes differ.
"""

import numpy as np
from numpy.typing import NDArray

from fitness.feature import Features, SoundFeature
from networks.sounding import audible

EQUAL_DB = 0.5
SILENT, GENOMES, EAR = "silent", "equal genomes", "equal to the ear"
# In single precision the products of levels are this far off, at the most, in square decibels.
_ROUGH = 0.1


class Known:
    """What a dataset has.

    Args:
        sample_rate: in hertz.
        samples: of every sound.
    """

    def __init__(self, sample_rate: int, samples: int) -> None:
        self._feature = SoundFeature(sample_rate, samples)
        self._genomes: set[bytes] = set()
        self._features: list[NDArray[np.float32]] = []

    def take(self, genomes: NDArray[np.float64], sounds: NDArray[np.float32]) -> None:
        """Take in items without asking."""
        self._genomes.update(genome.tobytes() for genome in genomes)
        self._features.append(self._feature(sounds).astype(np.float32))

    def sift(
        self, genomes: NDArray[np.float64], sounds: NDArray[np.float32]
    ) -> tuple[NDArray[np.bool_], dict[str, int]]:
        """Take in those that are new, in order; gives which they are, and why others are not.

        Args:
            genomes: shape (n, genes).
            sounds: shape (n, samples).
        """
        why = {SILENT: 0, GENOMES: 0, EAR: 0}
        new = audible(sounds)
        why[SILENT] = int((~new).sum())
        for i in np.flatnonzero(new):
            key = genomes[i].tobytes()
            if key in self._genomes:
                new[i] = False
                why[GENOMES] += 1
            self._genomes.add(key)
        features = self._feature(sounds).astype(np.float32)
        heard = self._heard(features) & new
        new &= ~heard
        # Among themselves the first one stays.
        own = _close(features, features)
        for i in np.flatnonzero(new):
            if (own[i, :i] & new[:i]).any():
                new[i] = False
                heard[i] = True
        why[EAR] = int(heard.sum())
        self._features.append(features[new])
        return new, why

    def _heard(self, features: NDArray[np.float32]) -> NDArray[np.bool_]:
        found = np.zeros(len(features), dtype=bool)
        for known in self._features:
            if len(known):
                found |= _close(features, known).any(axis=1)
        return found


def _close(ones: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which are equal to the ear, shape (n, m)."""
    # One product in single precision finds the few that are looked at exactly.
    squares = (ones**2).sum(1)[:, None] + (others**2).sum(1) - 2 * ones @ others.T
    close = squares / ones.shape[1] < EQUAL_DB**2 + _ROUGH
    for i, j in np.argwhere(close):
        close[i, j] = _difference(ones[i], others[j]) < EQUAL_DB
    return np.asarray(close)


def _difference(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    apart: Features = one.astype(np.float64) - other
    return float(np.sqrt(np.mean(apart**2)))
