"""L-SHADE: differential evolution that learns its factors and shrinks its population.

Tanabe & Fukunaga, Improving the search performance of SHADE using linear population size reduction
(2014): current-to-pbest/1 with an archive after JADE (Zhang & Sanderson 2009), a memory of what
factors and rates succeeded, and a population that shrinks with the budget.
"""

from collections.abc import Mapping
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from strategies.searches.base import Distances, Genomes, PopulationSearch, State, ranked

Factors = NDArray[np.float64]

# A difference needs two genomes beside the parent; the paper's population ends with four.
_FEWEST = 4
# The paper's: how far factors are drawn around what was remembered, and where memory begins.
_SPREAD, _BEGIN = 0.1, 0.5
# Stands in the memory of rates, once only children with a single gene crossed have succeeded.
_TERMINAL = -1.0


class LShade(PopulationSearch):
    """Each genome breeds a child towards one of the best, and is replaced if the child is as good.

    Children compete with their own parent, so a parent's distance must be true. Where an agent's
    context has moved all parents are evaluated anew, or as many as ``renewed`` says; of the others
    nothing is known any more, and their next child replaces them whatever it is worth.

    Args:
        dims: how many genes a genome has.
        population: how many genomes there are at the beginning, at least 4.
        seed: any non-negative integer.
        memory: how many pairs of factor and rate are remembered, 1 or more.
        best: from which share of the population, the best, a child is drawn towards, above 0 to 1.
        archive: how many replaced parents are kept for differences, as a multiple of the
            population, 0 or more.
        smallest: how many genomes there are when the budget is spent, 4 to the population.
        renewed: share of the population, the best, that is evaluated anew where the context has
            moved, above 0 to 1.

    Raises:
        ValueError: if an argument is outside its range.
    """

    smallest_population = _FEWEST

    def __init__(
        self,
        dims: int,
        population: int,
        seed: int,
        *,
        memory: int = 6,
        best: float = 0.11,
        archive: float = 2.6,
        smallest: int = _FEWEST,
        renewed: float = 1.0,
    ) -> None:
        super().__init__(dims, population, seed)
        if memory < 1:
            raise ValueError(f"memory {memory}; allowed: 1 or more")
        for name, value in (("best", best), ("renewed", renewed)):
            if not 0 < value <= 1:
                raise ValueError(f"{name} {value}; allowed: above 0 to 1")
        if not 0 <= archive < float("inf"):
            raise ValueError(f"archive {archive}; allowed: 0 or more")
        if not _FEWEST <= smallest <= population:
            raise ValueError(f"smallest {smallest}; allowed: {_FEWEST} to {population}")
        self._best, self._room, self._smallest, self._renewed = best, archive, smallest, renewed
        self._progress = 0.0
        # Distances are infinite where a context has moved since.
        self._archive: Genomes = np.empty((0, dims))
        self._memory: Factors = np.full((2, memory), _BEGIN)
        self._slot = 0
        # Factor and rate of each child that was asked for; the children of row i are told as row i.
        self._drawn: Factors = np.empty((2, 0))

    def pace(self, progress: float) -> None:
        """Let the population shrink linearly with the budget, from the next ask on."""
        self._progress = progress

    def ask(self) -> Genomes:
        """Breed a child for each genome; with too few genomes for that, draw uniformly."""
        self._shrink()
        n = len(self.genomes)
        if n < _FEWEST:
            return self.uniform()
        self._drawn = factors, rates = self._draw(n)
        towards = self.genomes[self.random.integers(max(2, round(self._best * n)), size=n)]
        one, other = self._partners(n)
        pool = np.concatenate([self.genomes, self._archive])
        step = (towards - self.genomes) + (self.genomes[one] - pool[other])
        mutants = self.genomes + factors[:, None] * step
        mutants = np.where(mutants < 0, self.genomes / 2, mutants)
        mutants = np.where(mutants > 1, (self.genomes + 1) / 2, mutants)
        crossed = self.random.random(mutants.shape) < rates[:, None]
        crossed[np.arange(n), self.random.integers(self.dims, size=n)] = True
        return np.where(crossed, mutants, self.genomes)

    def _draw(self, n: int) -> Factors:
        """Draw factors and rates around what is remembered, shape (2, n)."""
        factors, rates = self._memory[:, self.random.integers(self._memory.shape[1], size=n)]
        terminal = rates == _TERMINAL
        rates = np.clip(rates + _SPREAD * self.random.standard_normal(n), 0, 1)
        drawn = factors + _SPREAD * self.random.standard_cauchy(n)
        while (again := drawn <= 0).any():
            drawn[again] = factors[again] + _SPREAD * self.random.standard_cauchy(again.sum())
        return np.stack([np.minimum(drawn, 1.0), np.where(terminal, 0.0, rates)])

    def _partners(self, n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Draw two rows for each genome: another one, and yet another or one of the archive."""
        rows = np.arange(n)
        one = self.random.integers(n - 1, size=n)
        one += one >= rows
        other = self.random.integers(n + len(self._archive) - 2, size=n)
        other += other >= np.minimum(rows, one)
        other += other >= np.maximum(rows, one)
        return one, other

    def _shrink(self) -> None:
        wanted = round(self.population + (self._smallest - self.population) * self._progress)
        self.genomes, self.distances = self.genomes[:wanted], self.distances[:wanted]
        room = round(self._room * wanted)
        if len(self._archive) > room:
            self._archive = self._archive[self.random.permutation(len(self._archive))[:room]]

    def tell(self, genomes: Genomes, distances: Distances) -> None:
        """Let children take the place of their parents; without parents, take all."""
        (factors, rates), self._drawn = self._drawn, np.empty((2, 0))
        if not len(factors):
            self.keep_best(genomes, distances)
            return
        told = len(genomes)
        parents, known = self.genomes, self.distances
        better = distances < known[:told]
        replaced = np.flatnonzero(distances <= known[:told])
        # A parent of which nothing is known teaches nothing.
        taught = np.flatnonzero(better & np.isfinite(known[:told]))
        self._remember(factors[taught], rates[taught], (known[:told] - distances)[taught])
        self._archive = np.concatenate([self._archive, parents[taught]])
        parents, known = parents.copy(), known.copy()
        parents[replaced], known[replaced] = genomes[replaced], distances[replaced]
        self.genomes, self.distances = ranked(parents, known)

    def _remember(self, factors: Factors, rates: Factors, gains: Distances) -> None:
        """Replace the oldest pair by the means of what succeeded, weighted by what it gained."""
        if not len(gains):
            return
        weights = gains / gains.sum()
        memory = self._memory.copy()
        memory[0, self._slot] = _lehmer(factors, weights)
        last = memory[1, self._slot] == _TERMINAL or rates.max() == 0
        memory[1, self._slot] = _TERMINAL if last else _lehmer(rates, weights)
        self._memory, self._slot = memory, (self._slot + 1) % memory.shape[1]

    def members(self) -> tuple[Genomes, Distances]:
        """Give the genomes whose distances are known, best first."""
        known = np.isfinite(self.distances)
        return self.genomes[known], self.distances[known]

    def elites(self) -> Genomes:
        """Give the parents that are evaluated anew where the context has moved, the best first."""
        return self.genomes[: ceil(self._renewed * len(self.genomes))]

    def renew(self, distances: Distances) -> None:
        """Replace the distances of the first elites; forget the others' if they have changed."""
        told = len(distances)
        if np.array_equal(distances, self.distances[:told]):
            return
        forgotten = np.full(len(self.genomes) - told, np.inf)
        self.genomes, self.distances = ranked(self.genomes, np.concatenate([distances, forgotten]))

    def state(self) -> State:
        """Give population, archive, memory, pace and the generator's state."""
        return super().state() | {
            "progress": self._progress,
            "archive": self._archive,
            "memory": self._memory,
            "slot": self._slot,
            "drawn": self._drawn,
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from what ``state`` gave."""
        super().load(state)
        self._progress, self._slot = state["progress"], state["slot"]
        self._archive, self._memory = np.array(state["archive"]), np.array(state["memory"])
        self._drawn = np.array(state["drawn"])


def _lehmer(values: Factors, weights: Factors) -> float:
    """The weighted Lehmer mean, which large values draw upwards."""
    return float((weights * values**2).sum() / (weights * values).sum())
