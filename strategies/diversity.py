"""Diversity: how much the genomes of a population differ, as a whole and section by section.

All measures are of genes in [0, 1] and are never normalised by a run's own maximum, so that runs,
strategies and sections of different size are comparable:

- ``deviation``: mean over genes of the standard deviation; 0 to 0.5, 0.289 if uniform
- ``distance``: mean Euclidean distance of two genomes / √genes; 0 to 1, about 0.4 if uniform; of
  populations above 256 only 256 members, evenly spread over their order, are compared
- ``entropy``: mean over genes of the entropy of a histogram with ten bins, divided by log 10; 0
  to 1
- ``unique``: number of distinct genomes / number of genomes; above 0 to 1
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simd.compiled import compiled

WHOLE = "whole"
MEASURES = ("deviation", "distance", "entropy", "unique")
_BINS = 10
# The number of pairs grows quadratically: 256 genomes have 32,640, enough for a mean.
_MOST_PAIRED = 256


def diversity(
    genomes: NDArray[np.float64], sections: Mapping[str, Sequence[int]]
) -> dict[str, dict[str, float]]:
    """Measure the diversity of a population, as a whole and section by section.

    Args:
        genomes: shape (n, genes), each gene in [0, 1]; n at least 1.
        sections: section name to the positions of its genes.

    Returns:
        Measures by name, for ``whole`` and for each section by name.

    Raises:
        ValueError: if there are no genomes.
    """
    n, genes = genomes.shape
    if n == 0:
        raise ValueError("diversity of no genomes")
    genomes = np.ascontiguousarray(genomes)
    paired = genomes
    if n > _MOST_PAIRED:
        paired = genomes[np.linspace(0, n - 1, _MOST_PAIRED).astype(int)]
    by_gene = _by_gene(genomes)
    found = {}
    for name, section in {WHOLE: range(genes), **sections}.items():
        at = _positions(tuple(section))
        deviation, entropy = (by_gene.take(at, axis=1).sum(axis=1) / len(at)).tolist()
        rows = genomes.take(at, axis=1).view(f"V{len(at) * genomes.itemsize}").ravel().tolist()
        found[name] = {
            "deviation": deviation,
            "distance": float(_distance(paired, at)),
            "entropy": entropy,
            "unique": len(set(rows)) / n,
        }
    return found


@lru_cache(maxsize=256)
def _positions(section: tuple[int, ...]) -> NDArray[np.int64]:
    return np.array(section, np.int64)


# Compiled: a society measures two populations every few milliseconds.
@compiled
def _by_gene(genomes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each gene's standard deviation, and the entropy of its histogram: shape (2, genes)."""
    n, genes = genomes.shape
    found = np.zeros((2, genes))
    counts = np.empty(_BINS)
    for gene in range(genes):
        mean = 0.0
        for i in range(n):
            mean += genomes[i, gene]
        mean /= n
        counts[:] = 0.0
        for i in range(n):
            found[0, gene] += (genomes[i, gene] - mean) ** 2
            counts[min(int(genomes[i, gene] * _BINS), _BINS - 1)] += 1.0
        found[0, gene] = np.sqrt(found[0, gene] / n)
        for count in counts:
            if count > 0.0:
                found[1, gene] -= count / n * np.log(count / n)
    found[1] /= np.log(_BINS)
    return found


@compiled
def _distance(genomes: NDArray[np.float64], at: NDArray[np.int64]) -> Any:
    """Return the mean distance of two genomes by some genes / their number's root; 0 of one."""
    n, total = len(genomes), 0.0
    for i in range(n):
        for j in range(i):
            squares = 0.0
            for gene in at:
                squares += (genomes[i, gene] - genomes[j, gene]) ** 2
            total += np.sqrt(squares / len(at))
    return total / max(1, n * (n - 1) // 2)
