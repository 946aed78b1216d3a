"""Interactions: how much the effect of some genes depends on others, measured by renders.

Differential grouping (Omidvar, Li, Mei & Yao, 2014; DG2: Omidvar, Yang, Mei, Li & Yao, 2017): two
groups of genes do not interact if moving both changes the distance by the sum of the changes of
moving each alone. Both papers decide by a threshold *whether* two genes interact. In sound
everything interacts a little, so this module measures *how much*.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from strategies.searches.base import Distances, Genomes

Pairs = Sequence[tuple[int, int]]

# Sounds are float32: relative changes below this are rounding errors (DG2, section III-B).
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Interactions:
    """The interactions of k groups of genes; d(ab) is the distance with groups a and b moved.

    Attributes:
        effects: |d(a) - d(0)|, the effect of each group alone, shape (k,), in the unit of the
            distance.
        magnitudes: |d(ab) - d(a) - d(b) + d(0)|, shape (k, k), in the same unit.
        shares: magnitudes over |d(a) - d(0)| + |d(b) - d(0)| + |d(ab) - d(0)|, shape (k, k).
            By the triangle inequality they are between 0 (no interaction) and 1 (groups that only
            have an effect together). They are comparable between distances of different units and
            between groups of large and small effect. They are 0 where the distance did not change.

    The matrices are symmetric, with zeros on the diagonal and NaN for pairs that were not measured.
    """

    effects: NDArray[np.float64]
    magnitudes: NDArray[np.float64]
    shares: NDArray[np.float64]


def all_pairs(count: int) -> list[tuple[int, int]]:
    """Return all pairs of ``count`` groups, (0, 1) first."""
    return list(combinations(range(count), 2))


def probes(
    base: Genomes, other: Genomes, groups: Sequence[Sequence[int]], pairs: Pairs | None = None
) -> Genomes:
    """Return the genomes to render: the base, then with each group moved, then with each pair.

    Args:
        base: a genome, shape (genes,).
        other: the values of moved genes, shape (genes,).
        groups: the genes of each group; groups are disjoint.
        pairs: the pairs of groups to move; all if None.

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
    """Convert the distances of probes to interactions.

    Args:
        distances: those of the probes, in order, shape (1 + k + pairs,).
        k: how many groups there are.
        pairs: the same as for ``probes``.

    Raises:
        ValueError: if the number of distances is wrong.
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
    """Cluster genes into ``count`` groups by how much they interact.

    Average linkage (Sokal & Michener, 1958) over the measured pairs, with two changes: it is always
    a smallest group that joins the group it interacts with most, and no group grows beyond twice an
    equal share. Agents get equal renders, so with one that owned nearly all genes most renders
    would go to genes without effect. While there are too many groups, a smallest one always fits to
    some other; otherwise there would be more genes than there are. Pairs that were not measured
    count as the mean pair.

    Args:
        shares: shape (k, k), symmetric, NaN where nothing was measured.
        count: the number of groups, 1 to k.

    Returns:
        The members of each group, ascending; groups are ordered by their first member.
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
