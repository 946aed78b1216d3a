"""A society with measured groups: genes that interact belong to the same agent.

Its difference from the society is the value of grouping by interactions instead of by meaning, less
the cost of the probes.
"""

from typing import Any

import numpy as np

from strategies.base import SearchChoice
from strategies.interactions import all_pairs, interactions, linked, probes
from strategies.searches.base import Distances, Genomes
from strategies.society import Society
from synth.space import ParameterSpace


class SocietyDetected(Society):
    """A society whose groups of genes are detected on the trial's target, with its fitness.

    Starting from the best genome of the first population, genes are moved by half their range, so
    that no move is too small: each alone, and random pairs together. These renders are charged as
    ``probe``. Genes that interact most are clustered by average linkage, the smallest group first,
    into groups of at most twice an equal share. Interactions elsewhere in the space are not
    detected.

    Args:
        space: the synth's parameters.
        population: size of the first population; each agent starts from its best genomes.
        search: the search of every agent.
        agents: the number of groups; with 0, as many as there are sections.
        pairs: how many random pairs of genes are probed. With the probes of single genes, the
            default is less than a tenth of 5,000 renders. Fewer pairs are probed if probes would
            otherwise take more than half of the renders that the first population leaves.
        society: options of ``Society``, except ``grouping`` and ``fitness``, which name agents.

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
                raise ValueError(
                    f"{option}: not allowed, as society_detected finds its agents itself"
                )
        if not 0 <= agents <= len(space):
            raise ValueError(f"agents {agents}; allowed: 0 to the number of genes, {len(space)}")
        # With fewer pairs, most genes would be in none.
        self._fewest = -(-len(space) // 2)
        if pairs < self._fewest:
            raise ValueError(
                f"pairs {pairs}; allowed: half as many as genes, {self._fewest}, or more"
            )
        # Until groups are detected: as many agents, each with consecutive genes.
        parts = np.array_split(np.array(space.names), agents or len(space.sections))
        society["grouping"] = {f"group_{i}": part.tolist() for i, part in enumerate(parts, 1)}
        super().__init__(space, population, search, **society)
        self.pairs = pairs

    def probe(
        self, genomes: Genomes, distances: Distances, renders: int, seed: int
    ) -> Genomes | None:
        """Return the best genome, then with each gene moved, then with each of some pairs moved.

        Raises:
            ValueError: if half of ``renders`` is too few for half as many pairs as genes.
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
        """Group genes by their measured interactions."""
        moved = probed[1 + len(self.space) :] != probed[0]
        pairs = [(int(first), int(second)) for first, second in map(np.flatnonzero, moved)]
        shares = interactions(distances, len(self.space), pairs).shares
        groups = linked(shares, len(self.groups))
        self.groups = {f"group_{i}": genes for i, genes in enumerate(groups, 1)}
