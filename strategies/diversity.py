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

import numpy as np
from numpy.typing import NDArray

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
    deviation = genomes.std(axis=0)
    entropy = _entropy(genomes)
    squares = _pair_squares(genomes)
    return {
        name: {
            "deviation": float(deviation[at].mean()),
            "distance": float(np.sqrt(squares[:, at].mean(axis=1)).mean()) if n > 1 else 0.0,
            "entropy": float(entropy[at].mean()),
            "unique": len({genome.tobytes() for genome in genomes[:, at]}) / n,
        }
        for name, at in {
            WHOLE: list(range(genes)),
            **{k: list(v) for k, v in sections.items()},
        }.items()
    }


def _pair_squares(genomes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Squared differences of every gene in every pair of genomes, shape (pairs, genes)."""
    if len(genomes) > _MOST_PAIRED:
        genomes = genomes[np.linspace(0, len(genomes) - 1, _MOST_PAIRED).astype(int)]
    one, other = np.triu_indices(len(genomes), k=1)
    return np.asarray((genomes[one] - genomes[other]) ** 2)


def _entropy(genomes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Entropy of each gene's histogram over ten bins, shape (genes,), in units of log 10."""
    n, genes = genomes.shape
    bins = np.minimum((genomes * _BINS).astype(np.int64), _BINS - 1)
    counts = np.bincount((bins + _BINS * np.arange(genes)).ravel(), minlength=_BINS * genes)
    share = counts.reshape(genes, _BINS) / n
    logs = np.log(share, where=share > 0, out=np.zeros_like(share))
    return np.asarray(-(share * logs).sum(axis=1) / np.log(_BINS))
