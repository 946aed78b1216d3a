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

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

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
    # Few numpy calls: a society measures two populations every few milliseconds.
    by_gene = np.array([genomes.std(axis=0), _entropy(genomes)])
    every = {WHOLE: range(genes), **sections}
    return {
        name: _measured(genomes.take(at, axis=1), by_gene.take(at, axis=1))
        for name, at in every.items()
    }


def _measured(genomes: NDArray[np.float64], by_gene: NDArray[np.float64]) -> dict[str, float]:
    """Return all measures of some genes, given those genes, and their deviation and entropy."""
    n, genes = genomes.shape
    deviation, entropy = (by_gene.sum(axis=1) / genes).tolist()
    paired = genomes
    if n > _MOST_PAIRED:
        paired = genomes[np.linspace(0, n - 1, _MOST_PAIRED).astype(int)]
    # For few genomes cdist, of which half is used, is faster than pdist.
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
    """Return the flat positions of all pairs in an n × n matrix, shape (n · (n − 1) / 2,)."""
    one, other = np.triu_indices(n, k=1)
    return np.asarray(one * n + other)


def _entropy(genomes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the entropy of each gene's ten-bin histogram, divided by log 10, shape (genes,)."""
    n, genes = genomes.shape
    bins = np.minimum((genomes * _BINS).astype(np.int64), _BINS - 1)
    counts = np.bincount((bins + _BINS * np.arange(genes)).ravel(), minlength=_BINS * genes)
    share = counts.reshape(genes, _BINS) / n
    logs = np.log(share, where=share > 0, out=np.zeros_like(share))
    return np.asarray(-(share * logs).sum(axis=1) / np.log(_BINS))
