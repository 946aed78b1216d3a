"""A real-coded genetic algorithm on DEAP's operators.

Simulated binary crossover: Deb & Agrawal (1995). Polynomial mutation: Deb & Goyal (1996), here with
a probability for each gene. Tournament selection and elitism. DEAP: Fortin et al. (2012).
"""

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from deap import tools

from strategies.searches.base import Distances, Genomes, Search, State, ranked


class _Parent(list[float]):
    """Genes that DEAP's operators may change in place, and the merit they are selected by."""

    merit: float


class GeneticAlgorithm(Search):
    """Tournament, simulated binary crossover, polynomial mutation; the elite is kept as it is.

    Mutation is set for each gene, not for each genome: an agent with few genes then changes each of
    them as often, and as far, as one with many, and their diversity can be compared.

    Args:
        dims: how many genes a genome has.
        population: how many genomes a generation has, at least 4; the elite is not among them.
        seed: any non-negative integer.
        crossover: probability that two parents are crossed, 0 to 1.
        crossover_eta: how near children stay to their parents; 0 far, 20 near.
        mutation: probability that a gene mutates, 0 to 1.
        mutation_eta: how small the steps are; 5 wide, 50 fine.
        tournament: how many compete to be a parent, 1 or more; 1 selects at random.
        elite: how many of the best live on, 0 up to below the population.

    Raises:
        ValueError: if an argument is outside its range.
    """

    smallest_population = 4

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
        tournament: int = 5,
        elite: int = 3,
    ) -> None:
        super().__init__(dims, population, seed)
        for name, value in (("crossover", crossover), ("mutation", mutation)):
            if not 0 <= value <= 1:
                raise ValueError(f"{name} {value}; allowed: 0 to 1")
        for name, value in (("crossover_eta", crossover_eta), ("mutation_eta", mutation_eta)):
            if not value >= 0:
                raise ValueError(f"{name} {value}; allowed: 0 or more")
        if tournament < 1:
            raise ValueError(f"tournament {tournament}; allowed: 1 or more")
        if not 0 <= elite < population:
            raise ValueError(f"elite {elite}; allowed: 0 to {population - 1}")
        self._crossover, self._crossover_eta = crossover, crossover_eta
        self._mutation, self._mutation_eta = mutation, mutation_eta
        self._tournament, self._elite = tournament, elite
        self._genomes: Genomes = np.empty((0, dims))
        self._distances: Distances = np.empty(0)
        self._random = random.Random(seed).getstate()  # noqa: S311

    def ask(self) -> Genomes:
        """Breed a generation from the current population; without one, draw it uniformly."""
        with self._borrowed_random():
            if not len(self._genomes):
                return np.array(
                    [[random.random() for _ in range(self.dims)] for _ in range(self.population)]  # noqa: S311
                )
            return np.array(self._breed())

    def _breed(self) -> list[_Parent]:
        parents = [_Parent(genome) for genome in self._genomes.tolist()]
        for parent, distance in zip(parents, self._distances.tolist(), strict=True):
            parent.merit = -distance
        # Parents are crossed in pairs: an odd population breeds one child too many.
        wanted = self.population + self.population % 2
        chosen = tools.selTournament(parents, wanted, self._tournament, fit_attr="merit")
        children = [_Parent(parent) for parent in chosen]
        for one, other in zip(children[::2], children[1::2], strict=True):
            if random.random() < self._crossover:  # noqa: S311
                tools.cxSimulatedBinaryBounded(one, other, self._crossover_eta, 0.0, 1.0)
        for child in children:
            tools.mutPolynomialBounded(child, self._mutation_eta, 0.0, 1.0, self._mutation)
        return children[: self.population]

    def tell(self, genomes: Genomes, distances: Distances) -> None:
        """Make the genomes the current population, together with the elite of the last one."""
        self._genomes, self._distances = ranked(
            np.concatenate([self.elites(), genomes]),
            np.concatenate([self._distances[: self._elite], distances]),
        )

    def members(self) -> tuple[Genomes, Distances]:
        """Give the current population with its elite, best first."""
        return ranked(self._genomes, self._distances)

    def elites(self) -> Genomes:
        """Give the best of the current population."""
        return self._genomes[: self._elite]

    def renew(self, distances: Distances) -> None:
        """Replace the distances of the first elites; the elites stay the same genomes.

        All others were told in the context before: none of them may live on instead.
        """
        genomes, changed = self._genomes.copy(), self._distances.copy()
        changed[: len(distances)] = distances
        elites = slice(self._elite)
        genomes[elites], changed[elites] = ranked(genomes[elites], changed[elites])
        self._genomes, self._distances = genomes, changed

    def state(self) -> State:
        """Give the population and the state of Python's generator."""
        version, words, _ = self._random
        return {
            "genomes": self._genomes,
            "distances": self._distances,
            "random_version": version,
            "random_words": np.array(words, dtype=np.uint32),
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from what ``state`` gave."""
        self._genomes, self._distances = np.array(state["genomes"]), np.array(state["distances"])
        words = tuple(int(word) for word in state["random_words"])
        self._random = (int(state["random_version"]), words, None)

    @contextmanager
    def _borrowed_random(self) -> Iterator[None]:
        """DEAP draws from Python's global generator: lend it ours, and give it back as it was."""
        before = random.getstate()
        random.setstate(self._random)
        try:
            yield
        finally:
            self._random = random.getstate()
            random.setstate(before)
