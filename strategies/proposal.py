"""A proposal: a network's prediction of the genes of a target, as a histogram for each gene.

A histogram can be flat (nothing is known), narrow (the gene is known) or have two peaks (a filter
mode, a note or its octave). A mean with a standard deviation cannot express the last.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synth.space import Parameter, ParameterSpace, knob_name

# Maps of real synths name the pitch of the note differently from the built-in synth.
_ALSO = {"pitch": "note"}
_FINE = 16
# Of genomes that are drawn again: half of a per cent of a knob.
_JITTER = 0.005
# Multiples of it, modulo 1, are spread evenly.
_GOLDEN = 0.6180339887498949

Probabilities = NDArray[np.float64]


@dataclass(frozen=True)
class Proposal:
    """Histograms over [0, 1], one per gene, and genomes if the genes depend on each other.

    Attributes:
        probabilities: shape (genes, bins); each row sums to 1, bins have equal width.
        circular: which genes are circular, such as a phase; shape (genes,).
        genomes: the point, then draws from the joint distribution, shape (1 or more, genes); None
            if the genes are independent of each other.

    Raises:
        ValueError: if a shape is wrong, or a row is not a distribution.
    """

    probabilities: Probabilities
    circular: NDArray[np.bool_]
    genomes: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        p = self.probabilities
        if p.ndim != 2 or self.circular.shape != (len(p),):
            shapes = f"{p.shape} and {self.circular.shape}"
            raise ValueError(f"histograms of shapes {shapes}; allowed: (genes, bins) and (genes,)")
        if not (np.isfinite(p).all() and (p >= 0).all() and np.allclose(p.sum(1), 1, atol=1e-5)):
            raise ValueError(
                "a histogram is not a distribution: it must be finite, not negative, and sum to 1"
            )

        g = self.genomes
        if g is not None and not (
            g.ndim == 2 and len(g) and g.shape[1] == len(p) and ((g >= 0) & (g <= 1)).all()
        ):
            raise ValueError(f"genomes of shape {g.shape}; allowed: (1 or more, genes) in [0, 1]")

    @property
    def bins(self) -> int:
        """The number of bins per gene."""
        return int(self.probabilities.shape[1])

    @cached_property
    def point(self) -> NDArray[np.float64]:
        """The single most plausible genome, shape (genes,): medians; circular means if circular."""
        if self.genomes is not None:
            return np.asarray(self.genomes[0])
        centres = (np.arange(self.bins) + 0.5) / self.bins
        turn = np.exp(2j * np.pi * centres)
        direction = np.angle(self.probabilities @ turn) / (2 * np.pi) % 1
        medians = self._quantile(np.full((1, len(self)), 0.5))[0]
        return np.asarray(np.where(self.circular, direction, medians))

    def __len__(self) -> int:
        return len(self.probabilities)

    def sample(self, count: int, random: np.random.Generator) -> NDArray[np.float64]:
        """Draw genomes, shape (count, genes); joint ones without repeats, as long as there are."""
        if self.genomes is None or len(self.genomes) == 1:
            return self._quantile(random.random((count, len(self))))
        kept = self.genomes[1:]
        turns = -(-count // len(kept))
        order = np.concatenate([random.permutation(len(kept)) for _ in range(turns)])[:count]
        found = kept[order]
        again = np.arange(count) >= len(kept)
        found[again] += _JITTER * random.standard_normal((int(again.sum()), len(self)))
        return self.folded(found)

    @property
    def by_gene(self) -> "Proposal":
        """The same without what the genes tell of each other."""
        return replace(self, genomes=None)

    def around(
        self, centre: ArrayLike, count: int, random: np.random.Generator
    ) -> NDArray[np.float64]:
        """Draw genomes with the proposal's spread around another point.

        Args:
            centre: shape (genes,), in [0, 1].
            count: number of genomes.
            random: generator for the draws.

        Returns:
            Shape (count, genes). Genes beyond an end of the range are reflected; circular ones
            wrap round.
        """
        return self.folded(np.asarray(centre) + self.sample(count, random) - self.point)

    def folded(self, genes: ArrayLike) -> NDArray[np.float64]:
        """Reflect genes of any value, shape (..., genes), into [0, 1]; wrap circular ones."""
        turned = np.asarray(genes) % 1
        reflected = np.asarray(genes) % 2
        return np.asarray(np.where(self.circular, turned, np.minimum(reflected, 2 - reflected)))

    def covered(self, genome: ArrayLike, level: float) -> NDArray[np.float64]:
        """Check whether the highest-density region covers each gene.

        The region consists of the most likely bins that together hold ``level``. The last bin
        counts partly, so that the mean over true genes is ``level`` if the histograms are
        calibrated.

        Args:
            genome: shape (genes,).
            level: probability of the region, such as 0.9.

        Returns:
            Shape (genes,): 1 inside, 0 outside, between 0 and 1 in the last bin.
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
        """Give plain values, for a file."""
        return {
            "probabilities": self.probabilities.round(6).tolist(),
            "circular": self.circular.tolist(),
            **({} if self.genomes is None else {"genomes": self.genomes.round(6).tolist()}),
        }

    def _quantile(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the quantiles of shares, both of shape (n, genes)."""
        ends = np.cumsum(self.probabilities, axis=1)
        found = np.empty_like(shares)
        for gene, end in enumerate(ends):
            wanted = shares[:, gene] * end[-1]
            at = np.minimum(np.searchsorted(end, wanted, side="right"), self.bins - 1)
            p = self.probabilities[gene, at]
            within = (wanted - (end[at] - p)) / np.maximum(p, 1e-12)
            found[:, gene] = (at + np.clip(within, 0, 1)) / self.bins
        return np.clip(found, 0, 1)


def proposal_from(plain: dict[str, Sequence[object]]) -> Proposal:
    """Make a proposal from what ``Proposal.plain`` gave.

    Raises:
        ValueError: if it is damaged.
    """
    p = np.array(plain["probabilities"], dtype=np.float64)
    genomes = np.array(plain["genomes"], dtype=np.float64) if "genomes" in plain else None
    return Proposal(
        p / p.sum(axis=1, keepdims=True), np.array(plain["circular"], dtype=bool), genomes
    )


def together(proposals: Sequence[Proposal]) -> Proposal:
    """Return one proposal of several for the same sound: mean histograms, and all genomes."""
    first = proposals[0]
    mean = np.mean([one.probabilities for one in proposals], axis=0)
    if first.genomes is None:
        return replace(first, probabilities=mean)
    drawn = [one.genomes[1:] for one in proposals if one.genomes is not None]
    return Proposal(mean, first.circular, np.concatenate([first.genomes[:1], *drawn]))


def shared_genes(source: ParameterSpace, space: ParameterSpace) -> dict[int, int]:
    """Match the parameters of two synths by name and unit.

    If knobs move in the wanted space, each breakpoint matches its knob where that stands still, and
    the others match themselves, also without a unit: it is the same synth.

    Args:
        source: the parameters that are known.
        space: the parameters that are wanted.

    Returns:
        Index in ``space`` to index in ``source``.

    Raises:
        ValueError: if none match.
    """
    found = {}
    still = {_meaning(p): i for i, p in enumerate(source)} if space.moving else {}
    for i, parameter in enumerate(space):
        if (known := still.get(_meaning(parameter))) is not None:
            found[i] = known
            continue
        named = [n for n in (parameter.name, _ALSO.get(parameter.name)) if n in source.names]
        for name in named:
            # Without a unit, equal names may mean different things.
            if parameter.unit and source[source.index(name)].unit == parameter.unit:
                found[i] = source.index(name)
    if not found:
        raise ValueError("none of its parameters has the name and unit of one that is searched")
    return found


def _meaning(parameter: Parameter) -> tuple[str, str, str, float, float, str]:
    """What two synths of one kind have in common in a knob that moves in one of them."""
    p = parameter
    return knob_name(p.name), p.section, p.unit, p.low, p.high, p.curve


def transferred(proposal: Proposal, source: ParameterSpace, space: ParameterSpace) -> Proposal:
    """Transfer a proposal from one synth to another; genes without a match get flat histograms.

    Args:
        proposal: for genomes of ``source``.
        source: its parameters.
        space: the wanted parameters; values beyond their range move to its ends.
    """
    if source is space or list(source) == list(space):
        return proposal
    bins = proposal.bins
    handed = np.full((len(space), bins), 1 / bins)
    # The bins of both do not coincide: split each into smaller ones.
    genes = (np.arange(bins * _FINE) + 0.5) / (bins * _FINE)
    for i, j in shared_genes(source, space).items():
        values = np.clip(source[j].to_value(genes), space[i].low, space[i].high)
        at = np.minimum((space[i].to_gene(values) * bins).astype(int), bins - 1)
        weights = np.repeat(proposal.probabilities[j] / _FINE, _FINE)
        handed[i] = np.bincount(at, weights, bins)
    circular = np.array([parameter.circular for parameter in space])
    if proposal.genomes is None:
        return Proposal(handed, circular)
    # Genes without a match are the same in no two draws, and in the middle of the point.
    places = np.arange(len(proposal.genomes))[:, None] * _GOLDEN
    genomes = (0.5 + places + np.arange(len(space)) * places * _GOLDEN) % 1
    for i, j in shared_genes(source, space).items():
        values = np.clip(source[j].to_value(proposal.genomes[:, j]), space[i].low, space[i].high)
        genomes[:, i] = np.clip(space[i].to_gene(values), 0, 1)
    return Proposal(handed, circular, genomes)
