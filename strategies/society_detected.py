"""A society whose agents are found by measurement: genes that interact have the same agent.

What it gains over the society is what grouping by interactions is worth above grouping by meaning,
less what the probes cost.
"""

from typing import Any

import numpy as np

from strategies.base import SearchChoice
from strategies.interactions import all_pairs, interactions, linked, probes
from strategies.searches.base import Distances, Genomes
from strategies.society import Society
from synth.space import ParameterSpace


class SocietyDetected(Society):
    """A society of groups of genes, detected on the trial's own target with its own fitness.

    Around the best genome of the first population every gene is moved by half its range, so that
    none is probed by a hair: each alone, and random pairs of them together. That is charged as
    ``probe``. Genes that interact most are joined by average linkage, the smallest group first,
    into groups of at most twice an equal share. What genes do not do around that genome is not
    seen.

    Args:
        space: the synth's parameters.
        population: how many genomes the first population has; each agent takes over the best.
        search: the algorithm of every agent.
        agents: how many groups; as many as there are sections if 0.
        pairs: how many random pairs of genes are probed; with the genes one by one the default is
            less than a tenth of 5,000 renders. Probes take half of what the first population
            leaves of the budget at the most: beyond that fewer pairs are probed.
        society: the options of ``Society`` but for ``grouping`` and ``fitness``, which name agents.

    Raises:
        ValueError: if an option is out of range, or is one of those two.
    """

    def __init__(
        self,
        space: ParameterSpace,
        population: int,
        search: SearchChoice,
        *,
        agents: int = 0,
        pairs: int = 400,
        **society: Any,
    ) -> None:
        for option in ("grouping", "fitness"):
            if society.get(option) is not None:
                raise ValueError(f"{option}: the agents of society_detected are not known before")
        if not 0 <= agents <= len(space):
            raise ValueError(f"agents {agents}; allowed: 0 to the number of genes, {len(space)}")
        # With fewer, most genes would be in no pair.
        self._fewest = -(-len(space) // 2)
        if pairs < self._fewest:
            raise ValueError(
                f"pairs {pairs}; allowed: half as many as genes, {self._fewest}, or more"
            )
        # Until they are detected: as many agents, of genes that stand beside each other.
        parts = np.array_split(np.array(space.names), agents or len(space.sections))
        society["grouping"] = {f"group_{i}": part.tolist() for i, part in enumerate(parts, 1)}
        super().__init__(space, population, search, **society)
        self.pairs = pairs

    def probe(
        self, genomes: Genomes, distances: Distances, renders: int, seed: int
    ) -> Genomes | None:
        """The best genome, with each gene moved, and with each of some pairs moved.

        Raises:
            ValueError: if half of ``renders`` is too little for half as many pairs as genes.
        """
        genes = len(self.space)
        affordable = renders // 2 - 1 - genes
        if affordable < self._fewest:
            raise ValueError(
                f"{renders} renders beside the first population; "
                f"needs {2 * (1 + genes + self._fewest)} to probe {genes} genes with half of them"
            )
        every = all_pairs(genes)
        count = min(self.pairs, affordable)
        drawn = np.sort(np.random.default_rng(seed).permutation(len(every))[:count])
        base = genomes[distances.argmin()]
        alone = [(gene,) for gene in range(genes)]
        return probes(base, (base + 0.5) % 1.0, alone, [every[i] for i in drawn])

    def learn(self, probed: Genomes, distances: Distances) -> None:
        """Let agents own what was found to interact."""
        moved = probed[1 + len(self.space) :] != probed[0]
        pairs = [(int(first), int(second)) for first, second in map(np.flatnonzero, moved)]
        shares = interactions(distances, len(self.space), pairs).shares
        groups = linked(shares, len(self.groups))
        self.groups = {f"group_{i}": genes for i, genes in enumerate(groups, 1)}
