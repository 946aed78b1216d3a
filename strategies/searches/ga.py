"""A real-coded genetic algorithm in DEAP's toolbox.

Simulated binary crossover: Deb & Agrawal (1995). Polynomial mutation: Deb & Goyal (1996), here with
a probability for each gene. Tournament selection and elitism. DEAP: Fortin et al. (2012).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any, NamedTuple

import numpy as np
from deap import base, tools
from deap.tools import selection
from numpy.typing import NDArray

from strategies.searches.base import Distances, Genomes, PopulationSearch, ranked
from strategies.searches.operators import polynomial_mutation, simulated_binary_crossover


class _Parent(NamedTuple):
    """A row of the population, and the merit it is selected by."""

    row: int
    merit: float


class _Lent:
    """Stands in for Python's random where DEAP selects.

    Args:
        draws: positions to choose, shape (n,), each one once.
    """

    def __init__(self, draws: NDArray[np.int64]) -> None:
        self._next = iter(draws.tolist()).__next__

    def choice(self, items: Sequence[Any]) -> Any:
        """Give the item that the next draw points at."""
        return items[self._next()]


class GeneticAlgorithm(PopulationSearch):
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
        gene_mutation: a probability for each gene, 0 to 1, where it is not null: instead of
            ``mutation``.
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
        gene_mutation: list[float | None] | None = None,
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
        by_gene = [mutation if one is None else one for one in gene_mutation or [None] * dims]
        if len(by_gene) != dims:
            raise ValueError(f"gene_mutation of {len(by_gene)} genes; allowed: all {dims} genes")
        if wrong := [one for one in by_gene if not 0 <= one <= 1]:
            raise ValueError(f"gene_mutation {wrong[0]}; allowed: 0 to 1")
        if tournament < 1:
            raise ValueError(f"tournament {tournament}; allowed: 1 or more")
        if not 0 <= elite < population:
            raise ValueError(f"elite {elite}; allowed: 0 to {population - 1}")
        self._crossover, self._tournament = crossover, tournament
        self._mutation, self._mutation_eta = np.array(by_gene), mutation_eta
        self._elite = elite
        self._tools = base.Toolbox()
        self._tools.register("select", tools.selTournament, tournsize=tournament, fit_attr="merit")
        self._tools.register("mate", simulated_binary_crossover, eta=crossover_eta)
        self._tools.register("mutate", polynomial_mutation)

    def ask(self) -> Genomes:
        """Breed a generation from the current population; without one, draw it uniformly."""
        if not len(self.genomes):
            return self.uniform()
        # Parents are crossed in pairs: an odd population breeds one child too many.
        wanted = self.population + self.population % 2
        return self._mutated(self._crossed(self._selected(wanted))[: self.population])

    def _crossed(self, parents: Sequence[int]) -> Genomes:
        """Cross rows of the population, an even number of them, pair by pair."""
        children = self.genomes[parents]
        ones, others = children[::2], children[1::2]
        crossed = self.random.random(len(ones)) < self._crossover
        ones[crossed], others[crossed] = self._tools.mate(
            ones[crossed], others[crossed], self.random
        )
        return children

    def _mutated(self, children: Genomes) -> Genomes:
        probability, eta = self._mutating()
        mutants = self._tools.mutate(children, self.random, eta=eta, probability=probability)
        return np.asarray(mutants)

    def _mutating(self) -> tuple[NDArray[np.float64], float]:
        """The probability that each gene mutates now, and how small the steps are."""
        return self._mutation, self._mutation_eta

    def _merits(self) -> Distances:
        """By what parents are selected, the least first."""
        return self.distances

    def _selected(self, wanted: int) -> list[int]:
        """Give the rows of the parents; one may be chosen several times."""
        parents = list(map(_Parent, count(), (-self._merits()).tolist()))
        with self._lent_random(wanted * self._tournament):
            return [parent.row for parent in self._tools.select(parents, wanted)]

    def tell(self, genomes: Genomes, distances: Distances) -> None:
        """Make the genomes the current population, together with the elite of the last one."""
        self.genomes, self.distances = ranked(
            np.concatenate([self.elites(), genomes]),
            np.concatenate([self.distances[: self._elite], distances]),
        )

    def elites(self) -> Genomes:
        """Return the best of the current population."""
        return self.genomes[: self._elite]

    def renew(self, distances: Distances) -> None:
        """Replace the distances of the first elites; the elites stay the same genomes.

        All others were told in the context before: none of them may live on instead.
        """
        genomes, changed = self.genomes.copy(), self.distances.copy()
        changed[: len(distances)] = distances
        elites = slice(self._elite)
        genomes[elites], changed[elites] = ranked(genomes[elites], changed[elites])
        self.genomes, self.distances = genomes, changed

    @contextmanager
    def _lent_random(self, draws: int) -> Iterator[None]:
        """DEAP selects with Python's global generator: lend it ours, and leave that one alone."""
        lent, own = _Lent(self.random.integers(len(self.genomes), size=draws)), selection.random
        selection.random = lent
        try:
            yield
        finally:
            selection.random = own
