"""A climber: one genome that moves towards the target, a Jacobian and a choice at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from strategies.searches.base import Distances, Genomes, Sight
from strategies.searches.gauss_newton import DAMPINGS, normal_equations, proposals
from strategies.searches.gene_map import GeneMap

_LEAST_GAIN = 0.004
_STALLS = 2
# Genes with less than this share of the strongest effects are looked at every fourth time.
_WEAK, _STRONGEST, _EVERY = 0.02, 8, 4
_RELAXING = (1e-2, 1e-1)
# How the damping changes after the step of each of the four dampings won.
_EASED = (0.4, 1.0, 1.0, 3.0)
_SHRINK, _SMALLEST_STEP = 0.5, 0.02


@dataclass
class Climber:
    """A genome on its way.

    It alternates between two requests: ``probes``, which moves one gene at a time, and
    ``proposals``, among which it chooses. Its state is small, because only the normal equations of
    a Jacobian are used, and at once.

    Attributes:
        x: its genes, shape (genes,).
        distance: of ``x``.
        guide: of ``x``; see ``Sight``.
        shrink: a factor of the steps that probes make, at most 1.
        effects: how much each gene changed the sound, per unit, shape (genes,).
        damping: a factor of all dampings.
        iterations: how many were made.
        stalls: how many of the last iterations gained nothing.
        probed: the genes that were probed last, shape (n,).
        proposals: what it has to choose from, shape (n, genes); empty while it wants a Jacobian.
        better: the best probe, if one is better than ``x``: genes, distance and guide.
        error: the mean absolute residual of the levels at ``x``.
        curvature: mean squared change of the levels by two genes, shape (genes, genes); empty
            before the first Jacobian.
        jacobians: of the last two views (never of the first, which is large), for the genes of
            ``seen_genes``; none before the first Jacobian.
        seen_genes: shape (n,).
    """

    x: NDArray[np.float64]
    distance: float
    guide: float
    effects: NDArray[np.float64]
    damping: float = 1.0
    shrink: float = 1.0
    iterations: int = 0
    stalls: int = 0
    probed: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    proposals: Genomes = field(default_factory=lambda: np.empty((0, 0)))
    better: tuple[NDArray[np.float64], float, float] | None = None
    error: float = 0.0
    curvature: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0)))
    seen_genes: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    jacobians: list[NDArray[np.float32]] = field(default_factory=list)

    def merit(self, share: float) -> float:
        """Return what it minimises: the distance, and for a share the guide."""
        return float(merits(np.array([self.distance]), np.array([self.guide]), share)[0])

    @property
    def stalled(self) -> bool:
        """Whether so many iterations in a row have gained nothing that it has ended."""
        return self.stalls >= _STALLS

    def ask(self, most: int, gene_map: GeneMap, random: np.random.Generator) -> Genomes:
        """Return its proposals, or probes where it has none; at most ``most`` genomes."""
        if len(self.proposals):
            return self.proposals.copy()
        return self.probes(most, gene_map, random)

    def probes(self, most: int, gene_map: GeneMap, random: np.random.Generator) -> Genomes:
        """Return its genome, then the same with one gene moved, at most ``most`` genomes."""
        steps = np.where(gene_map.switches, 1.0, self.shrink) * gene_map.steps
        # A little less than a step, so that rounding does not hide the last position of a switch.
        at, room = gene_map.switched(self.x), np.where(gene_map.switches, 0.999, 1.0) * steps
        genes = self.wanted(gene_map, random)
        if len(genes) > most - 1:
            genes = np.sort(random.permutation(genes)[: max(0, most - 1)])
        signs = np.where(random.random(self.x.size) < 0.5, -1.0, 1.0)
        signs = np.where(at + room > 1, -1.0, np.where(at < room, 1.0, signs))
        self.probed = genes
        genomes = np.repeat(self.x[None], 1 + len(genes), axis=0)
        genomes[1 + np.arange(len(genes)), genes] = (at + signs * steps)[genes]
        return np.clip(genomes, 0.0, 1.0)

    def wanted(self, gene_map: GeneMap, random: np.random.Generator) -> NDArray[np.int64]:  # noqa: ARG002
        """Return the genes to probe: all, or those that have an effect."""
        if not self.iterations % _EVERY:
            return np.arange(self.x.size)
        return np.flatnonzero(self.has_effect())

    def has_effect(self) -> NDArray[np.bool_]:
        """Return which genes change the sound as far as is known, shape (genes,)."""
        if not self.effects.any():
            return np.ones(self.x.size, dtype=bool)
        return np.asarray(self.effects > _WEAK * np.sort(self.effects)[-_STRONGEST:].mean())

    def learn(
        self, genomes: Genomes, distances: Distances, sight: Sight, gene_map: GeneMap, most: int
    ) -> None:
        """Turn probes into at most ``most`` proposals; the first genome is the climber's own."""
        self.iterations += 1
        probed = self.probed[: len(genomes) - 1]
        moved = (genomes[np.arange(1, len(genomes)), probed] - self.x[probed]).astype(np.float32)
        self.distance, self.guide = float(distances[0]), float(sight.guide[0])
        if len(genomes) < 2:
            # The budget ends here.
            return
        jacobians = [(view[1:] - view[0]) / moved[:, None] for view in sight.residuals]
        self.effects = self.effects.copy()
        self.effects[probed] = np.abs(jacobians[0]).mean(axis=1)
        self.error = float(np.abs(sight.residuals[0][0]).mean())
        self.curvature = np.zeros((self.x.size, self.x.size))
        levels = jacobians[0]
        self.curvature[np.ix_(probed, probed)] = levels @ levels.T / levels.shape[1]
        self.jacobians, self.seen_genes = jacobians[1:][-2:], probed
        normal = normal_equations(jacobians, [view[0] for view in sight.residuals])
        found = proposals(self.x[probed], normal, self.damping, gene_map.circular[probed])[:most]
        self.proposals = np.repeat(self.x[None], len(found), axis=0)
        self.proposals[:, probed] = found
        best = 1 + int(distances[1:].argmin())
        self.better = genomes[best].copy(), float(distances[best]), float(sight.guide[best])

    def choose(
        self, genomes: Genomes, distances: Distances, guide: Distances, share: float
    ) -> None:
        """Move to the best of the proposals, shape (n, genes), if it is better."""
        before = self.merit(share)
        merit = merits(distances, guide, share)
        best = int(merit.argmin())
        found = genomes[best].copy(), float(distances[best]), float(guide[best])
        won, chosen = float(merit[best]), best % len(DAMPINGS)
        if self.better is not None:
            _, near, guided = self.better
            probe = float(merits(np.array([near]), np.array([guided]), share)[0])
            if probe < won:
                found, won, chosen = self.better, probe, 1
        self.better, self.proposals = None, np.empty((0, self.x.size))
        gain = 0.0
        if won < before:
            gain = (before - won) / before
            self.x, self.distance, self.guide = found
            self.damping = float(np.clip(self.damping * _EASED[chosen], 1e-3, 100.0))
        else:
            self.damping = min(1e3, self.damping * 6)
            self.shrink = max(_SMALLEST_STEP, self.shrink * _SHRINK)
        self.stalls = 0 if gain > _LEAST_GAIN else self.stalls + 1

    def relaxed(self, genomes: Genomes, sight: Sight, gene_map: GeneMap) -> Genomes:
        """Return where other genomes should go, by the Jacobians of this one.

        That costs no probes, and tells more of a mutant than its distance: whether it can become
        better once its other genes follow.

        Returns:
            Shape (n, genes); none before the first Jacobian.
        """
        found, genes = [], self.seen_genes
        for row, genome in enumerate(genomes if self.jacobians else genomes[:0]):
            residuals = [view[row] for view in sight.residuals[1:][-2:]]
            normal = normal_equations(self.jacobians, residuals)
            moved = proposals(
                genome[genes], normal, self.damping, gene_map.circular[genes], _RELAXING
            )
            whole = np.repeat(genome[None], len(moved), axis=0)
            whole[:, genes] = moved
            found.append(whole)
        return np.concatenate([genomes[:0], *found])

    def plain(self) -> dict[str, Any]:
        """Return the state as arrays and plain values."""
        return dict(vars(self))

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """Make a climber from what ``plain`` gave."""
        values = dict(plain)
        if values["better"] is not None:
            genes, distance, guide = values["better"]
            values["better"] = np.array(genes), float(distance), float(guide)
        for name in ("x", "effects", "probed", "seen_genes"):
            values[name] = np.array(values[name])
        return cls(**values)


def blind(distances: Distances) -> Sight:
    """Return what a search sees of genomes where nothing is seen but their distances, (n,)."""
    return Sight([distances[:, None].astype(np.float32)], distances)


def merits(distances: Distances, guide: Distances, share: float) -> Distances:
    """Return weighted geometric means of distances and guide, so that their units do not matter."""
    if not share:
        return distances
    return np.asarray(
        np.maximum(distances, 1e-12) ** (1 - share) * np.maximum(guide, 1e-9) ** share
    )
