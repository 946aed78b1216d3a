"""A real-coded genetic algorithm (GA) with DEAP's toolbox.

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
    """A row of the population, and the merit by which it is selected."""

    row: int
    merit: float


class _PreparedChoices:
    """Replaces Python's ``random`` in DEAP's selection: it returns prepared choices.

    Args:
        draws: the positions to choose, in order, shape (n,).
    """

    def __init__(self, draws: NDArray[np.int64]) -> None:
        self._next = iter(draws.tolist()).__next__

    def choice(self, items: Sequence[Any]) -> Any:
        """Return the item at the position of the next draw."""
        return items[self._next()]


class GeneticAlgorithm(PopulationSearch):
    """Tournament selection, simulated binary crossover, polynomial mutation, and an elite.

    The mutation probability is that of a gene, not of a genome. An agent with few genes therefore
    mutates each of them as often and as far as an agent with many, and their diversity is
    comparable.

    Args:
        dims: how many genes a genome has.
        population: how many genomes a generation has, at least 4, besides the elite.
        seed: any non-negative integer.
        crossover: probability that two parents are crossed, 0 to 1.
        crossover_eta: how close children stay to their parents; 0 is far, 20 close.
        mutation: probability that a gene mutates, 0 to 1.
        mutation_eta: how small mutation steps are; 5 is coarse, 50 fine.
        gene_mutation: a probability for each gene, 0 to 1, or null for that of ``mutation``.
        tournament: how many genomes compete to be a parent, 1 or more; 1 selects at random.
        elite: how many of the best survive, from 0 to one less than the population.

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
        """Breed a generation from the population; without a population, draw it uniformly."""
        if not len(self.genomes):
            return self.uniform()
        # Parents are crossed in pairs, so an odd population breeds one child too many.
        wanted = self.population + self.population % 2
        return self._mutated(self._crossed(self._selected(wanted))[: self.population])

    def _crossed(self, parents: Sequence[int]) -> Genomes:
        """Cross an even number of rows of the population, pair by pair."""
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
        """Return the present mutation probability of each gene, and the eta of the steps."""
        return self._mutation, self._mutation_eta

    def _merits(self) -> Distances:
        """Return the merits by which parents are selected, shape (n,); lower is better."""
        return self.distances

    def _selected(self, wanted: int) -> list[int]:
        """Return the rows of the parents; a row may be selected several times."""
        parents = list(map(_Parent, count(), (-self._merits()).tolist()))
        with self._deap_draws_from_ours(wanted * self._tournament):
            return [parent.row for parent in self._tools.select(parents, wanted)]

    def tell(self, genomes: Genomes, distances: Distances) -> None:
        """Replace the population by these genomes and the elite of the last one."""
        self.genomes, self.distances = ranked(
            np.concatenate([self.elites(), genomes]),
            np.concatenate([self.distances[: self._elite], distances]),
        )

    def elites(self) -> Genomes:
        """Return the best of the population."""
        return self.genomes[: self._elite]

    def renew(self, distances: Distances) -> None:
        """Replace the distances of the first elites; the same genomes remain the elite.

        The distances of all others are out of date: none of them may become an elite instead.
        """
        genomes, changed = self.genomes.copy(), self.distances.copy()
        changed[: len(distances)] = distances
        elites = slice(self._elite)
        genomes[elites], changed[elites] = ranked(genomes[elites], changed[elites])
        self.genomes, self.distances = genomes, changed

    @contextmanager
    def _deap_draws_from_ours(self, draws: int) -> Iterator[None]:
        """Let DEAP, which uses Python's global generator, select with ours for a while."""
        prepared, original = (
            _PreparedChoices(self.random.integers(len(self.genomes), size=draws)),
            selection.random,
        )
        selection.random = prepared
        try:
            yield
        finally:
            selection.random = original
