"""A proposal: what a network believes the genes of a target to be, as a histogram for each gene.

A histogram can say that it does not know (flat), that it is sure (one bin), or that it is one of
two (a filter mode, a note or its octave), which a mean with a spread cannot.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synth.space import ParameterSpace

# A map of a real synth calls the note's pitch what the built-in voice calls its note.
_ALSO = {"pitch": "note"}
_FINE = 16

Probabilities = NDArray[np.float64]


@dataclass(frozen=True)
class Proposal:
    """Independent histograms over [0, 1], one a gene.

    Attributes:
        probabilities: shape (genes, bins), each row sums to 1; bins are equally wide.
        circular: which genes end where they begin, such as a phase; shape (genes,).

    Raises:
        ValueError: if a shape is wrong, or a row is no distribution.
    """

    probabilities: Probabilities
    circular: NDArray[np.bool_]

    def __post_init__(self) -> None:
        p = self.probabilities
        if p.ndim != 2 or self.circular.shape != (len(p),):
            shapes = f"{p.shape} and {self.circular.shape}"
            raise ValueError(f"histograms of shapes {shapes}; wanted: (genes, bins) and (genes,)")
        if not (np.isfinite(p).all() and (p >= 0).all() and np.allclose(p.sum(1), 1, atol=1e-5)):
            raise ValueError("histograms hold a row that is no distribution")

    @property
    def bins(self) -> int:
        """How many bins every gene has."""
        return int(self.probabilities.shape[1])

    @cached_property
    def point(self) -> NDArray[np.float64]:
        """The genome to render if there is one render: medians, shape (genes,).

        Of a circular gene the direction of the mean, which has no ends to lie between.
        """
        centres = (np.arange(self.bins) + 0.5) / self.bins
        turn = np.exp(2j * np.pi * centres)
        direction = np.angle(self.probabilities @ turn) / (2 * np.pi) % 1
        medians = self._quantile(np.full((1, len(self)), 0.5))[0]
        return np.asarray(np.where(self.circular, direction, medians))

    def __len__(self) -> int:
        return len(self.probabilities)

    def sample(self, count: int, random: np.random.Generator) -> NDArray[np.float64]:
        """Draw genomes, shape (count, genes)."""
        return self._quantile(random.random((count, len(self))))

    def around(
        self, centre: ArrayLike, count: int, random: np.random.Generator
    ) -> NDArray[np.float64]:
        """Draw genomes as far apart as the proposal's own, but around another point.

        Args:
            centre: shape (genes,), in [0, 1].
            count: how many.
            random: draws of this call.

        Returns:
            Shape (count, genes): a gene that would lie beyond an end is reflected there, a
            circular one goes round.
        """
        return self.folded(np.asarray(centre) + self.sample(count, random) - self.point)

    def folded(self, genes: ArrayLike) -> NDArray[np.float64]:
        """Bring genes of any size, shape (..., genes), into [0, 1]."""
        turned = np.asarray(genes) % 1
        reflected = np.asarray(genes) % 2
        return np.asarray(np.where(self.circular, turned, np.minimum(reflected, 2 - reflected)))

    def covered(self, genome: ArrayLike, level: float) -> NDArray[np.float64]:
        """How much of the densest region of a level holds each gene: 0 to 1, shape (genes,).

        The region takes the likeliest bins until they hold ``level``; of the last only as large a
        part as is missing, so that over true genes the mean is ``level`` if the histograms are
        right.

        Args:
            genome: shape (genes,).
            level: such as 0.9.
        """
        order = np.argsort(-self.probabilities, axis=1, kind="stable")
        ranked = np.take_along_axis(self.probabilities, order, axis=1)
        before = np.cumsum(ranked, axis=1) - ranked
        share = np.clip((level - before) / np.maximum(ranked, 1e-12), 0, 1)
        parts = np.empty_like(share)
        np.put_along_axis(parts, order, share, axis=1)
        bins = np.minimum((np.asarray(genome) * self.bins).astype(int), self.bins - 1)
        return np.asarray(parts[np.arange(len(self)), bins])

    def plain(self) -> dict[str, Sequence[object]]:
        """As plain values, for a file."""
        return {
            "probabilities": self.probabilities.round(6).tolist(),
            "circular": self.circular.tolist(),
        }

    def _quantile(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """Genes below which these shares lie, shape (n, genes)."""
        ends = np.cumsum(self.probabilities, axis=1)
        found = np.empty_like(shares)
        for gene, end in enumerate(ends):
            wanted = shares[:, gene] * end[-1]
            at = np.minimum(np.searchsorted(end, wanted, side="right"), self.bins - 1)
            p = self.probabilities[gene, at]
            within = (wanted - (end[at] - p)) / np.maximum(p, 1e-12)
            found[:, gene] = (at + np.clip(within, 0, 1)) / self.bins
        return np.clip(found, 0, 1)


def proposal_of(plain: dict[str, Sequence[object]]) -> Proposal:
    """What ``Proposal.plain`` gave."""
    p = np.array(plain["probabilities"], dtype=np.float64)
    return Proposal(p / p.sum(axis=1, keepdims=True), np.array(plain["circular"], dtype=bool))


def shared(source: ParameterSpace, space: ParameterSpace) -> dict[int, int]:
    """Which genes of another synth say something of which of this one: of the same name and unit.

    Raises:
        ValueError: if there is none.
    """
    found = {}
    for i, parameter in enumerate(space):
        named = [n for n in (parameter.name, _ALSO.get(parameter.name)) if n in source.names]
        for name in named:
            # Without a unit two numbers of one name may mean anything.
            if parameter.unit and source[source.index(name)].unit == parameter.unit:
                found[i] = source.index(name)
    if not found:
        raise ValueError("no gene of its synth has the name and unit of one that is searched for")
    return found


def handed_over(proposal: Proposal, source: ParameterSpace, space: ParameterSpace) -> Proposal:
    """What a proposal for one synth says of another: nothing of the genes that are not shared.

    Args:
        proposal: for genomes of ``source``.
        source: the parameters that it is of.
        space: the parameters that are wanted; values beyond their range count for its ends.
    """
    if source is space or list(source) == list(space):
        return proposal
    bins = proposal.bins
    handed = np.full((len(space), bins), 1 / bins)
    # Bins of one are not bins of the other: each is taken apart.
    genes = (np.arange(bins * _FINE) + 0.5) / (bins * _FINE)
    for i, j in shared(source, space).items():
        values = np.clip(source[j].to_value(genes), space[i].low, space[i].high)
        at = np.minimum((space[i].to_gene(values) * bins).astype(int), bins - 1)
        weights = np.repeat(proposal.probabilities[j] / _FINE, _FINE)
        handed[i] = np.bincount(at, weights, bins)
    return Proposal(handed, np.array([parameter.circular for parameter in space]))
