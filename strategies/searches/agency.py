"""An agency: agents that descend on their own genes compete for renders (Minsky 1986).

One agent owns the whole genome, and each section has one of its own, whose Jacobian is cheaper. Who
has gained most per render lately is asked most often: probability matching, as in Thierens (2005).
"""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from strategies.searches.base import Distances, Genomes, Sight
from strategies.searches.climber import Climber
from strategies.searches.descent import Descent
from strategies.searches.gene_map import GeneMap

WHOLE = "whole"
_EXPLORED = 0.15  # of the choices are made at random
_REMEMBERED = 0.5
_EXPECTED = 0.5  # of an agent that has not been asked yet, relative to the whole
_LEAST = 1e-6


@dataclass
class Competition(Climber):
    """A genome on its way, moved by the agents that compete for it.

    Attributes:
        gains: the recent relative gain per render of each agent; empty before the first iteration.
        agent: whose turn it is: a section's number as text, or ``whole``.
        spent: renders of the present iteration.
    """

    gains: dict[str, float] = field(default_factory=dict)
    agent: str = WHOLE
    spent: int = 0

    def wanted(self, gene_map: GeneMap, random: np.random.Generator) -> NDArray[np.int64]:
        """Choose an agent, and return those of its genes that have an effect."""
        self.agent = self._chosen(len(gene_map.sections), random)
        if self.agent == WHOLE:
            return super().wanted(gene_map, random)
        genes = gene_map.sections[int(self.agent)]
        some = genes[self.has_effect()[genes]]
        return some if len(some) else genes

    def learn(
        self, genomes: Genomes, distances: Distances, sight: Sight, gene_map: GeneMap, most: int
    ) -> None:
        """Turn probes into proposals; only what the whole has seen is remembered for hops."""
        before = self.curvature, self.jacobians, self.seen_genes
        super().learn(genomes, distances, sight, gene_map, most)
        if self.agent != WHOLE:
            self.curvature, self.jacobians, self.seen_genes = before
        self.spent = len(genomes) + len(self.proposals)

    def choose(
        self, genomes: Genomes, distances: Distances, guide: Distances, share: float
    ) -> None:
        """Move to the best of the proposals, and remember what the agent has gained."""
        before, stalls = self.merit(share), self.stalls
        damping, shrink = self.damping, self.shrink
        super().choose(genomes, distances, guide, share)
        after = self.merit(share)
        gain = max(0.0, (before - after) / before) / self.spent if before else 0.0
        last = self.gains.get(self.agent, gain)
        remembered = _REMEMBERED * last + (1 - _REMEMBERED) * gain
        self.gains = {**self.gains, self.agent: remembered}
        if self.agent != WHOLE:
            # Only the whole can tell that nothing helps any more.
            self.stalls = stalls
            if after >= before:
                self.damping, self.shrink = damping, shrink

    def _chosen(self, sections: int, random: np.random.Generator) -> str:
        # The whole begins, and is asked again before the climb is given up.
        if sections < 2 or not self.gains or self.stalls:
            return WHOLE
        names = [WHOLE, *map(str, range(sections))]
        expected = _EXPECTED * self.gains.get(WHOLE, 0.0)
        gains = np.array([self.gains.get(name, expected) for name in names])
        squares = np.maximum(gains, _LEAST) ** 2
        shares = (1 - _EXPLORED) * squares / squares.sum() + _EXPLORED / len(names)
        return names[int(random.choice(len(names), p=shares / shares.sum()))]


class Agency(Descent):
    """``descent`` in which one agent for all genes and one for each section compete for renders.

    An iteration is made by one of them, with its own genes: by the whole as in ``descent``, by a
    section with a Jacobian of a few renders. Who has gained most per render lately is chosen most
    often. Where sections are unknown, it is ``descent``.

    Args:
        dims: how many genes a genome has.
        population: the most genomes it asks for; with fewer than genes, only some are moved.
        seed: any non-negative integer.
        descent: options of ``descent``.

    Raises:
        ValueError: if an argument is outside its range.
    """

    climbs: ClassVar[type[Climber]] = Competition
