"""Which genes of a joint proposal depend on each other."""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

_CELLS = 5


def dependent_pairs(genomes: NDArray[np.float64], count: int) -> list[tuple[int, int, float]]:
    """Return the pairs of genes that tell most of each other.

    Args:
        genomes: draws, shape (n, genes); a hundred or more.
        count: of pairs at most.

    Returns:
        Both genes, and their mutual information in bits, estimated from ranks in fifths; what
        independent genes give on average is subtracted. Only pairs above that, the strongest first.
    """
    draws, genes = genomes.shape
    ranks = genomes.argsort(axis=0, kind="stable").argsort(axis=0) * _CELLS // draws
    # The bias of an estimate from so many draws (Miller 1955).
    bias = (_CELLS - 1) ** 2 / (2 * draws * np.log(2))
    found = []
    for one, other in combinations(range(genes), 2):
        cells = np.bincount(ranks[:, one] * _CELLS + ranks[:, other], minlength=_CELLS**2) / draws
        filled = cells[cells > 0]
        apart = sum(_entropy(np.bincount(ranks[:, gene]) / draws) for gene in (one, other))
        found.append((one, other, apart - _entropy(filled) - bias))
    strongest = sorted(found, key=lambda pair: -pair[2])[:count]
    return [pair for pair in strongest if pair[2] > bias]


def _entropy(shares: NDArray[np.float64]) -> float:
    kept = shares[shares > 0]
    return float(-(kept * np.log2(kept)).sum())
