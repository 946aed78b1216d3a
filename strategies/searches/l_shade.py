"""L-SHADE: differential evolution that adapts its factors and shrinks its population.

Tanabe & Fukunaga, Improving the search performance of SHADE using linear population size reduction
(2014): current-to-pbest/1 with an archive, as in JADE (Zhang & Sanderson 2009), a memory of
successful factors and rates, and a population that shrinks as the budget is spent.
"""

from collections.abc import Mapping
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from strategies.searches.base import Distances, Genomes, PopulationSearch, State, ranked

Factors = NDArray[np.float64]

# A difference needs two genomes besides the parent; the paper's population ends with four.
_FEWEST = 4
# Of the paper: the spread of draws around remembered values, and the initial memory.
_SPREAD, _BEGIN = 0.1, 0.5
# Marks a rate in the memory after only children with a single crossed gene have succeeded.
_TERMINAL = -1.0


class LShade(PopulationSearch):
    """Each genome breeds a child towards one of the best; a child that is as good replaces it.

    Children compete with their own parent, so distances of parents must be up to date. When an
    agent's context has moved, the share ``renewed`` of parents is evaluated again. The distances of
    the others are then unknown, and their next child always replaces them.

    Args:
        dims: how many genes a genome has.
        population: size of the population at the beginning, at least 4.
        seed: any non-negative integer.
        memory: how many pairs of factor and rate the memory has, 1 or more.
        best: children move towards a random member of this best share of the population, above 0 to
            1.
        archive: size of the archive of replaced parents, as a multiple of the population, 0 or
            more.
        smallest: size of the population when the budget is spent, 4 to ``population``.
        renewed: best share of the population that is evaluated again when the context has moved,
            above 0 to 1.

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
        # Distances are infinite (unknown) if the context has moved since.
        self._archive: Genomes = np.empty((0, dims))
        self._memory: Factors = np.full((2, memory), _BEGIN)
        self._slot = 0
        # Factor and rate of each child of the last ask; row i belongs to the child of genome i.
        self._drawn: Factors = np.empty((2, 0))

    def pace(self, progress: float) -> None:
        """Set the progress: from the next ask on the population has shrunk linearly with it."""
        self._progress = progress

    def ask(self) -> Genomes:
        """Breed a child of each genome; with too few genomes, draw uniformly."""
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
        """Draw factors and rates around remembered ones, shape (2, n)."""
        factors, rates = self._memory[:, self.random.integers(self._memory.shape[1], size=n)]
        terminal = rates == _TERMINAL
        rates = np.clip(rates + _SPREAD * self.random.standard_normal(n), 0, 1)
        drawn = factors + _SPREAD * self.random.standard_cauchy(n)
        while (again := drawn <= 0).any():
            drawn[again] = factors[again] + _SPREAD * self.random.standard_cauchy(again.sum())
        return np.stack([np.minimum(drawn, 1.0), np.where(terminal, 0.0, rates)])

    def _partners(self, n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Draw two rows for each genome: another genome, and a third one or one of the archive."""
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
        """Replace parents by children that are as good; without parents, keep the best genomes."""
        (factors, rates), self._drawn = self._drawn, np.empty((2, 0))
        if not len(factors):
            self.keep_best(genomes, distances)
            return
        n = len(genomes)
        parents, known = self.genomes, self.distances
        better = distances < known[:n]
        replaced = np.flatnonzero(distances <= known[:n])
        # Nothing can be learnt from a parent with an unknown distance.
        improved = np.flatnonzero(better & np.isfinite(known[:n]))
        self._remember(factors[improved], rates[improved], (known[:n] - distances)[improved])
        self._archive = np.concatenate([self._archive, parents[improved]])
        parents, known = parents.copy(), known.copy()
        parents[replaced], known[replaced] = genomes[replaced], distances[replaced]
        self.genomes, self.distances = ranked(parents, known)

    def _remember(self, factors: Factors, rates: Factors, gains: Distances) -> None:
        """Replace the oldest pair by the means of successful pairs, weighted by improvement."""
        if not len(gains):
            return
        weights = gains / gains.sum()
        memory = self._memory.copy()
        memory[0, self._slot] = _lehmer(factors, weights)
        last = memory[1, self._slot] == _TERMINAL or rates.max() == 0
        memory[1, self._slot] = _TERMINAL if last else _lehmer(rates, weights)
        self._memory, self._slot = memory, (self._slot + 1) % memory.shape[1]

    def members(self) -> tuple[Genomes, Distances]:
        """Return the genomes with known distances, best first."""
        known = np.isfinite(self.distances)
        return self.genomes[known], self.distances[known]

    def elites(self) -> Genomes:
        """Return the parents that are evaluated again when the context has moved, best first."""
        return self.genomes[: ceil(self._renewed * len(self.genomes))]

    def renew(self, distances: Distances) -> None:
        """Replace the distances of the first elites; if any has changed, drop all others."""
        n = len(distances)
        if np.array_equal(distances, self.distances[:n]):
            return
        forgotten = np.full(len(self.genomes) - n, np.inf)
        self.genomes, self.distances = ranked(self.genomes, np.concatenate([distances, forgotten]))

    def state(self) -> State:
        """Return the population, archive, memory, progress and the generator's state."""
        return super().state() | {
            "progress": self._progress,
            "archive": self._archive,
            "memory": self._memory,
            "slot": self._slot,
            "drawn": self._drawn,
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Resume from what ``state`` returned."""
        super().load(state)
        self._progress, self._slot = state["progress"], state["slot"]
        self._archive, self._memory = np.array(state["archive"]), np.array(state["memory"])
        self._drawn = np.array(state["drawn"])


def _lehmer(values: Factors, weights: Factors) -> float:
    """Return the weighted Lehmer mean, which favours large values."""
    return float((weights * values**2).sum() / (weights * values).sum())
