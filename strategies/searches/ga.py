"""A real-coded genetic algorithm in DEAP's toolbox.

Simulated binary crossover: Deb & Agrawal (1995). Polynomial mutation: Deb & Goyal (1996), here with
a probability for each gene. Tournament selection and elitism. DEAP: Fortin et al. (2012).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from deap import base, tools
from deap.tools import selection
from numpy.typing import NDArray

from strategies.searches.base import Distances, Genomes, Search, State, ranked
from strategies.searches.operators import polynomial_mutation, simulated_binary_crossover

Survival = Literal["children", "best"]


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
        gene_mutation: a probability for each gene, 0 to 1, where it is not null: instead of
            ``mutation``.
        tournament: how many compete to be a parent, 1 or more; 1 selects at random.
        elite: how many of the best live on, 0 up to below the population.
        survival: who makes up the next population: all ``children`` beside the elite, or the
            ``best`` of parents and children together. All of these count as elite: in a society
            each is evaluated anew when its context moves. Sixteen children that are all beyond the
            worst of them are not rendered to their end.

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
        survival: Survival = "children",
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
        if survival not in get_args(Survival):
            allowed = ", ".join(get_args(Survival))
            raise ValueError(f"survival {survival!r}; allowed: {allowed}")
        self._crossover, self._tournament = crossover, tournament
        self._mutation, self._mutation_eta = np.array(by_gene), mutation_eta
        self._best_survive = survival == "best"
        self._elite = population if self._best_survive else elite
        self._tools = base.Toolbox()
        self._tools.register("select", tools.selTournament, tournsize=tournament, fit_attr="merit")
        self._tools.register("mate", simulated_binary_crossover, eta=crossover_eta)
        self._tools.register("mutate", polynomial_mutation)
        self._genomes: Genomes = np.empty((0, dims))
        self._distances: Distances = np.empty(0)
        self._random = np.random.default_rng(seed)

    def ask(self) -> Genomes:
        """Breed a generation from the current population; without one, draw it uniformly."""
        if not len(self._genomes):
            return self._random.random((self.population, self.dims))
        # Parents are crossed in pairs: an odd population breeds one child too many.
        wanted = self.population + self.population % 2
        return self._mutated(self._crossed(self._selected(wanted))[: self.population])

    def _crossed(self, parents: Sequence[int]) -> Genomes:
        """Cross rows of the population, an even number of them, pair by pair."""
        children = self._genomes[parents]
        ones, others = children[::2], children[1::2]
        crossed = self._random.random(len(ones)) < self._crossover
        ones[crossed], others[crossed] = self._tools.mate(
            ones[crossed], others[crossed], self._random
        )
        return children

    def _mutated(self, children: Genomes) -> Genomes:
        probability, eta = self._mutating()
        mutants = self._tools.mutate(children, self._random, eta=eta, probability=probability)
        return np.asarray(mutants)

    def _mutating(self) -> tuple[NDArray[np.float64], float]:
        """The probability that each gene mutates now, and how small the steps are."""
        return self._mutation, self._mutation_eta

    def _merits(self) -> Distances:
        """By what parents are selected, the least first."""
        return self._distances

    def _selected(self, wanted: int) -> list[int]:
        """Give the rows of the parents; one may be chosen several times."""
        parents = list(map(_Parent, count(), (-self._merits()).tolist()))
        with self._lent_random(wanted * self._tournament):
            return [parent.row for parent in self._tools.select(parents, wanted)]

    def tell(self, genomes: Genomes, distances: Distances) -> None:
        """Make the genomes the current population, together with the elite of the last one."""
        genomes, distances = ranked(
            np.concatenate([self.elites(), genomes]),
            np.concatenate([self._distances[: self._elite], distances]),
        )
        live = self.population if self._best_survive else len(genomes)
        self._genomes, self._distances = genomes[:live], distances[:live]

    def members(self) -> tuple[Genomes, Distances]:
        """Give the current population with its elite, best first."""
        return ranked(self._genomes, self._distances)

    def limit(self) -> float:
        """Give the worst distance of a full population of which only the best survive."""
        full = self._best_survive and len(self._genomes) == self.population
        return float(self._distances[-1]) if full else float("inf")

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
        """Give the population and the generator's state."""
        return {
            "genomes": self._genomes,
            "distances": self._distances,
            "random": self._random.bit_generator.state,
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from what ``state`` gave."""
        self._genomes, self._distances = np.array(state["genomes"]), np.array(state["distances"])
        self._random.bit_generator.state = state["random"]

    @contextmanager
    def _lent_random(self, draws: int) -> Iterator[None]:
        """DEAP selects with Python's global generator: lend it ours, and leave that one alone."""
        lent, own = _Lent(self._random.integers(len(self._genomes), size=draws)), selection.random
        selection.random = lent
        try:
            yield
        finally:
            selection.random = own
