"""How much genes change what each other do to the distance, from renders alone.

Differential grouping (Omidvar, Li, Mei & Yao, 2014; DG2: Omidvar, Yang, Mei, Li & Yao, 2017): two
groups of genes do not interact if the change that both make together is the sum of the changes that
each makes alone. Both papers ask *whether* two genes interact, by a threshold; in sound everything
interacts a little, so here it is asked *how much*.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from strategies.searches.base import Distances, Genomes

Pairs = Sequence[tuple[int, int]]

# Distances are of float32 sounds: what is smaller beside them is rounding (DG2, section III-B).
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Interactions:
    """What was measured between k groups of genes, by d, the distance with some of them moved.

    Attributes:
        effects: |d(a) - d(0)|, what each does alone, shape (k,), in the unit of the distance.
        magnitudes: |d(ab) - d(a) - d(b) + d(0)|, shape (k, k), in the same unit.
        shares: magnitudes over |d(a) - d(0)| + |d(b) - d(0)| + |d(ab) - d(0)|, shape (k, k).
            The triangle inequality keeps them between 0, no interaction, and 1, as when both only
            matter together; they can be compared between distances of different units, and
            between groups that do much and groups that do little. Where nothing moved it is 0.

    The matrices are symmetric, with zeros on the diagonal and NaN where nothing was measured.
    """

    effects: NDArray[np.float64]
    magnitudes: NDArray[np.float64]
    shares: NDArray[np.float64]


def all_pairs(count: int) -> list[tuple[int, int]]:
    """Every pair of so many groups, (0, 1) first."""
    return list(combinations(range(count), 2))


def probes(
    base: Genomes, other: Genomes, groups: Sequence[Sequence[int]], pairs: Pairs | None = None
) -> Genomes:
    """The genomes to render: the base, the base with each group moved, with each pair moved.

    Args:
        base: a genome, shape (genes,).
        other: where the genes of a group move to, shape (genes,).
        groups: the genes of each group; no gene is in two.
        pairs: of groups, all if None.

    Returns:
        Shape (1 + groups + pairs, genes).
    """
    pairs = all_pairs(len(groups)) if pairs is None else pairs
    moved = [(), *((i,) for i in range(len(groups))), *pairs]
    genomes = np.repeat(base[None], len(moved), axis=0)
    for genome, together in zip(genomes, moved, strict=True):
        genes = [gene for group in together for gene in groups[group]]
        genome[genes] = other[genes]
    return genomes


def interactions(distances: Distances, k: int, pairs: Pairs | None = None) -> Interactions:
    """Turn the distances of probes into interactions.

    Args:
        distances: of the probes in their order, shape (1 + k + pairs,).
        k: how many groups there are.
        pairs: as the probes were given.

    Raises:
        ValueError: if there are more or fewer distances.
    """
    pairs = all_pairs(k) if pairs is None else pairs
    if len(distances) != 1 + k + len(pairs):
        raise ValueError(f"{len(distances)} distances; {k} groups need {1 + k + len(pairs)}")
    alone, together = distances[1 : k + 1] - distances[0], distances[k + 1 :] - distances[0]
    first, second = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    magnitude = np.abs(together - alone[first] - alone[second])
    moved = np.abs(together) + np.abs(alone[first]) + np.abs(alone[second])
    real = magnitude > _ROUNDING * np.abs(distances).max()
    share = np.divide(magnitude, moved, out=np.zeros_like(moved), where=real)
    matrices = []
    for values in (magnitude, share):
        matrix = np.full((k, k), np.nan)
        np.fill_diagonal(matrix, 0.0)
        matrix[first, second] = matrix[second, first] = values
        matrices.append(matrix)
    return Interactions(np.abs(alone), *matrices)


def linked(shares: NDArray[np.float64], count: int) -> list[tuple[int, ...]]:
    """Join what interacts most into so many groups, by average linkage over what was measured.

    Average linkage (Sokal & Michener, 1958), but always the smallest group joins the one that it
    interacts with most, and only if both together have no more than twice an equal share: agents
    are given equal renders, and one that owned nearly all would leave them to genes that do
    nothing. While there are too many groups the smallest fits to one: if it fitted to none, the
    groups would have more genes than there are. Two groups that were not measured together are
    taken to interact as much as the mean pair does.

    Args:
        shares: shape (k, k), symmetric, NaN where nothing was measured.
        count: how many groups, 1 to k.

    Returns:
        The members of each group, ascending, the group with the first one first.
    """
    measured = np.isfinite(shares)
    np.fill_diagonal(measured, val=False)
    sums = np.where(measured, shares, 0.0)
    counts = measured.astype(np.float64)
    mean = sums.sum() / max(counts.sum(), 1.0)
    largest = -(-2 * len(shares) // count)
    groups: list[tuple[int, ...]] = [(i,) for i in range(len(shares))]
    while len(groups) > count:
        sizes = np.array([len(group) for group in groups])
        linkage = np.divide(sums, counts, out=np.full_like(sums, mean), where=counts > 0)
        linkage[(sizes[:, None] > sizes.min()) | (sizes[:, None] + sizes > largest)] = -1.0
        np.fill_diagonal(linkage, -1.0)
        into, gone = sorted(divmod(int(linkage.argmax()), len(groups)))
        groups[into] = tuple(sorted(groups[into] + groups.pop(gone)))
        for totals in (sums, counts):
            totals[into] += totals[gone]
            totals[:, into] += totals[:, gone]
        sums, counts = (np.delete(np.delete(t, gone, 0), gone, 1) for t in (sums, counts))
    return groups
