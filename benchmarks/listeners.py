"""Published listening studies, and how well a distance agrees with their listeners.

A folder of studies has ``sounds/STUDY/*`` and ``dissimilarity/STUDY.txt``: a square matrix, upper
triangle filled, with the mean rating of each pair of sounds in the alphabetical order of the files.

Source of the measures: Tian, Lattner, McFee & Saitis, "Assessing the alignment of audio
representations with timbre similarity ratings" (2025).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.stats import rankdata

Doubles = NDArray[np.float64]

# Two ratings that differ by less, on a scale of 0 to 1, are no statement about order.
LEAST_DIFFERENCE = 0.1
_DRAWS = 10_000
# In some files the rows are not in the order of the sounds. Of these two the order is known: with
# it, ratings of the seven sounds that are also in Siedenburg2016_e2set1 agree with the ratings
# there (rank correlations of 0.94 and 0.94; -0.24 and -0.34 in the order of the files).
_ROWS = dict.fromkeys(
    ("Siedenburg2016_e2set3", "Siedenburg2016_e3"), (0, 3, 4, 6, 5, 2, 1, *range(7, 14))
)
# Of these it is not: ratings of the same or nearly the same sounds in another study of the family
# have rank correlations of 0.20, 0.06 and 0.17 with theirs.
_UNKNOWN_ROWS = {"Grey1978", "Iverson1993_Onset", "Iverson1993_Remainder"}
# Two publications of one laboratory that use the same sounds.
_SAME_SOUNDS = {"Saitis": "Siedenburg"}


@dataclass(frozen=True)
class Study:
    """One listening study.

    Attributes:
        name: the name of its files.
        sounds: one channel each, of any length.
        sample_rate: in hertz.
        ratings: mean dissimilarity of each pair, symmetric, shape (sounds, sounds), any scale.
    """

    name: str
    sounds: Sequence[NDArray[np.float32]]
    sample_rate: int
    ratings: Doubles

    @property
    def family(self) -> str:
        """Which studies share their sounds: the first author, mostly."""
        author = re.split(r"[\d_]", self.name)[0]
        return _SAME_SOUNDS.get(author, author)


def in_order(study: Study) -> Study | None:
    """Return a study with its ratings in the order of its sounds; None if that is not known."""
    if study.name in _UNKNOWN_ROWS:
        return None
    rows = list(_ROWS.get(study.name, range(len(study.sounds))))
    return replace(study, ratings=study.ratings[np.ix_(rows, rows)])


class Agreement(NamedTuple):
    """How well distances agree with ratings; a mean over the sounds as anchors.

    Attributes:
        triplets: the share of triplets that are ordered alike: 0.5 is chance, 1 the best.
        spearman: rank correlation: 0 is chance, 1 the best.
    """

    triplets: float
    spearman: float


def read_studies(folder: Path) -> list[Study]:
    """Read all studies of a folder, in alphabetical order.

    Raises:
        FileNotFoundError: if there are none.
        ValueError: if files and ratings of a study do not match.
    """
    studies = [_read(file, folder) for file in sorted((folder / "dissimilarity").glob("*.txt"))]
    if not studies:
        raise FileNotFoundError(f"{folder}: no studies; wanted: dissimilarity/STUDY.txt")
    return studies


def _read(file: Path, folder: Path) -> Study:
    read = [
        soundfile.read(path, dtype="float32", always_2d=True)
        for path in sorted((folder / "sounds" / file.stem).iterdir())
    ]
    rates = sorted({rate for _, rate in read})
    upper = np.triu(np.loadtxt(file, ndmin=2), 1)
    if len(rates) != 1 or upper.shape != (len(read), len(read)):
        raise ValueError(
            f"{file}: {upper.shape} ratings of {len(read)} sounds at {rates} Hz; wanted a square "
            "matrix of as many, at one rate"
        )
    sounds = [np.ascontiguousarray(samples.mean(axis=1)) for samples, _ in read]
    return Study(file.stem, sounds, rates[0], upper + upper.T)


def distances_by(make: Callable[[NDArray[np.float32], int], Any], study: Study) -> Doubles:
    """Return the distances of all pairs of a study, shape (sounds, sounds), symmetric.

    Each pair is padded with zeros to its longer sound; its distance is the mean of both directions.

    Args:
        make: makes a fitness for a target and a sample rate.
        study: whose sounds are compared.
    """
    lengths = np.array([sound.size for sound in study.sounds])
    found = np.zeros((lengths.size, lengths.size))
    for i, target in enumerate(study.sounds):
        common = np.maximum(lengths, target.size)
        for length in np.unique(common).tolist():
            (others,) = np.nonzero((common == length) & (np.arange(lengths.size) != i))
            if others.size:
                fitness = make(_padded(target, length), study.sample_rate)
                found[i, others] = fitness(
                    np.stack([_padded(study.sounds[j], length) for j in others.tolist()])
                )
    return (found + found.T) / 2


def _padded(sound: NDArray[np.float32], length: int) -> NDArray[np.float32]:
    return np.pad(sound, (0, length - sound.size))


def agreement(distances: Doubles, ratings: Doubles) -> Agreement:
    """Return the agreement of distances with ratings, both symmetric, shape (sounds, sounds)."""
    # The scale runs from a sound itself, at 0, to the pair least alike, at 1.
    wanted = ratings / ratings.max()
    by_anchor = [
        _of_anchor(np.delete(distances[i], i), np.delete(wanted[i], i)) for i in range(len(wanted))
    ]
    triplets, spearman = np.array(by_anchor).T
    return Agreement(float(triplets.mean()), float(spearman.mean()))


def _of_anchor(distances: Doubles, ratings: Doubles) -> tuple[float, float]:
    apart = ratings[:, None] - ratings > LEAST_DIFFERENCE
    ordered = distances[:, None] > distances
    share = ordered[apart].mean() if apart.any() else 0.0
    ranks = rankdata(distances), rankdata(ratings)
    # The same distance to all sounds says nothing.
    constant = any(np.ptp(one) == 0 for one in ranks)
    return float(share), 0.0 if constant else float(np.corrcoef(*ranks)[0, 1])


def weighted_mean(studies: Sequence[Study], values: Doubles) -> Doubles:
    """Return the mean over studies, the first axis, weighted by their numbers of sounds."""
    weights = np.array([len(study.sounds) for study in studies], dtype=np.float64)
    return np.asarray(np.average(values, axis=0, weights=weights))


def interval(studies: Sequence[Study], values: Doubles) -> tuple[float, float]:
    """Return the 95 % bootstrap interval (percentiles) of the weighted mean, drawing studies."""
    weights = np.array([len(study.sounds) for study in studies], dtype=np.float64)
    drawn = np.random.default_rng(0).integers(0, weights.size, (_DRAWS, weights.size))
    means = (weights * values)[drawn].sum(axis=1) / weights[drawn].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)
