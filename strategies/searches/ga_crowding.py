"""A genetic algorithm whose children compete with the more similar of their parents.

Deterministic crowding: Mahfoud, Niching methods for genetic algorithms (1995).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from strategies.searches.base import Distances, Genomes, State, ranked
from strategies.searches.ga import GeneticAlgorithm


class DeterministicCrowding(GeneticAlgorithm):
    """Genomes are paired at random; a child replaces the more similar parent if it is better.

    There is no other selection, so it lacks the selection options of ``ga``. All genomes survive,
    so in a society each is evaluated again whenever the agent's context has moved.

    Args:
        dims: how many genes a genome has.
        population: how many genomes there are, at least 4.
        seed: any non-negative integer.
        crossover: probability that two parents are crossed, 0 to 1.
        crossover_eta: how close children stay to their parents; 0 is far, 20 close.
        mutation: probability that a gene mutates, 0 to 1.
        mutation_eta: how small mutation steps are; 5 is coarse, 50 fine.
        gene_mutation: a probability for each gene, 0 to 1, or null for that of ``mutation``.

    Raises:
        ValueError: if an argument is outside its range.
    """

    def __init__(
        self,
        dims: int,
        population: int,
        seed: int,
        *,
        crossover: float = 0.9,
        crossover_eta: float = 3.0,
        mutation: float = 0.1,
        mutation_eta: float = 3.0,
        gene_mutation: list[float | None] | None = None,
    ) -> None:
        super().__init__(
            dims,
            population,
            seed,
            crossover=crossover,
            crossover_eta=crossover_eta,
            mutation=mutation,
            mutation_eta=mutation_eta,
            gene_mutation=gene_mutation,
        )
        # Every genome survives until a child replaces it.
        self._elite = population
        # The row of the parent with which each child competes.
        self._rivals: NDArray[np.int64] = np.empty(0, dtype=np.int64)

    def ask(self) -> Genomes:
        """Breed two children of each pair; until the population is full, draw uniformly."""
        n = len(self.genomes)
        if n < self.population:
            return self.uniform()
        # In an odd population the last genome is paired with one that already has a partner.
        rows = np.resize(self.random.permutation(n), n + n % 2)
        parents = self.genomes[rows]
        children = self._mutated(self._crossed(rows.tolist()))
        ones, others = children[::2], children[1::2]
        straight = _apart(ones, parents[::2]) + _apart(others, parents[1::2])
        swapped = _apart(ones, parents[1::2]) + _apart(others, parents[::2])
        pairs = rows.reshape(-1, 2)
        self._rivals = np.where((straight <= swapped)[:, None], pairs, pairs[:, ::-1]).ravel()
        return children[:n]

    def tell(self, genomes: Genomes, distances: Distances) -> None:
        """Replace each rival whose child is closer to the target."""
        rivals, self._rivals = self._rivals, np.empty(0, dtype=np.int64)
        if not len(rivals):
            self.keep_best(genomes, distances)
            return
        population, known = self.genomes.copy(), self.distances.copy()
        # One by one, because in an odd population two children may have the same rival.
        for row, genome, distance in zip(rivals, genomes, distances, strict=False):
            if distance < known[row]:
                population[row], known[row] = genome, distance
        self.genomes, self.distances = ranked(population, known)

    def state(self) -> State:
        """Return the state of ``ga``, and the rivals of the last children."""
        return super().state() | {"rivals": self._rivals}

    def load(self, state: Mapping[str, Any]) -> None:
        """Resume from what ``state`` returned."""
        super().load(state)
        self._rivals = np.array(state["rivals"])


def _apart(ones: Genomes, others: Genomes) -> Distances:
    return np.asarray(np.linalg.norm(ones - others, axis=1))
