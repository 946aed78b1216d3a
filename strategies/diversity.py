"""How different genomes are from each other: genetic variance, whole and section by section.

All measures are on genes in [0, 1] and are never normalised by a run's own maximum, so that runs,
strategies and sections of different size can be compared:

- ``deviation``: standard deviation of a gene, mean over the genes; 0 to 0.5, 0.289 when uniform
- ``distance``: mean Euclidean distance of two genomes / √genes; 0 to 1, about 0.4 when uniform;
  of a population above 256, that of 256 members evenly spread over its order
- ``entropy``: of a gene's ten bins, in units of log 10, mean over the genes; 0 to 1
- ``unique``: share of genomes that differ from all before them; 0 to 1
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

WHOLE = "whole"
MEASURES = ("deviation", "distance", "entropy", "unique")
_BINS = 10
# Pairs grow with the square: 256 genomes have 32,640, which is plenty for a mean.
_MOST_PAIRED = 256


def diversity(
    genomes: NDArray[np.float64], sections: Mapping[str, Sequence[int]]
) -> dict[str, dict[str, float]]:
    """Measure a population, whole and section by section.

    Args:
        genomes: shape (n, genes), each gene in [0, 1]; n at least 1.
        sections: section name to the positions of its genes.

    Returns:
        ``whole`` and each section's name, to measure name, to number.

    Raises:
        ValueError: if there is no genome.
    """
    n, genes = genomes.shape
    if n == 0:
        raise ValueError("diversity of no genomes")
    # Few and small calls: a society's driver measures two populations every few milliseconds.
    by_gene = np.array([genomes.std(axis=0), _entropy(genomes)])
    every = {WHOLE: range(genes), **sections}
    return {
        name: _measured(genomes.take(at, axis=1), by_gene.take(at, axis=1))
        for name, at in every.items()
    }


def _measured(genomes: NDArray[np.float64], by_gene: NDArray[np.float64]) -> dict[str, float]:
    """All measures of some genes: the genomes cut to them, deviation and entropy of each."""
    n, genes = genomes.shape
    deviation, entropy = (by_gene.sum(axis=1) / genes).tolist()
    paired = genomes
    if n > _MOST_PAIRED:
        paired = genomes[np.linspace(0, n - 1, _MOST_PAIRED).astype(int)]
    # Both halves of the matrix, and one of them taken: pdist costs more before it begins.
    squares = cdist(paired, paired, "sqeuclidean").take(_upper_half(len(paired)))
    distances = np.sqrt(squares / genes)
    rows = genomes.view(f"V{genes * genomes.itemsize}").ravel().tolist()
    return {
        "deviation": deviation,
        "distance": float(distances.sum() / len(distances)) if n > 1 else 0.0,
        "entropy": entropy,
        "unique": len(set(rows)) / n,
    }


@lru_cache(maxsize=8)
def _upper_half(n: int) -> NDArray[np.int64]:
    """Where each pair of n genomes stands in their matrix, once, shape (n · (n − 1) / 2,)."""
    one, other = np.triu_indices(n, k=1)
    return np.asarray(one * n + other)


def _entropy(genomes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Entropy of each gene's histogram over ten bins, shape (genes,), in units of log 10."""
    n, genes = genomes.shape
    bins = np.minimum((genomes * _BINS).astype(np.int64), _BINS - 1)
    counts = np.bincount((bins + _BINS * np.arange(genes)).ravel(), minlength=_BINS * genes)
    share = counts.reshape(genes, _BINS) / n
    logs = np.log(share, where=share > 0, out=np.zeros_like(share))
    return np.asarray(-(share * logs).sum(axis=1) / np.log(_BINS))
