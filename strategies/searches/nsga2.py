"""NSGA-II: a genetic algorithm for several distances at once, with the library DEAP.

Deb, Pratap, Agarwal & Meyarivan, A fast and elitist multiobjective genetic algorithm: NSGA-II
(2002). Fronts (by the divide and conquer of Jensen 2003, and Fortin, Grenier & Parizeau 2013) and
crowding are DEAP's: Fortin et al. (2012).
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from deap import base, tools
from numpy.typing import NDArray

from strategies.searches.base import (
    Collection,
    Distances,
    Genomes,
    Seen,
    Sense,
    Sight,
    State,
    ranked,
)
from strategies.searches.ga import GeneticAlgorithm


class _Parts(base.Fitness):  # type: ignore[misc]
    """Parts of a distance, all of which are minimised."""

    weights: tuple[float, ...] = ()

    def __init__(self, parts: tuple[float, ...]) -> None:
        self.weights = (-1.0,) * len(parts)
        super().__init__(parts)


class _Candidate:
    """A row, with the parts of its distance where DEAP looks for them."""

    def __init__(self, row: int, parts: tuple[float, ...]) -> None:
        self.row, self.fitness = row, _Parts(parts)


class Nsga2(GeneticAlgorithm):
    """Breeds as ``ga`` does, and keeps the genomes of which no other is better in all parts.

    The parts are those of the agent's fitness, if it has any, as ``weighted`` does. Parents and
    children compete: by how many fronts lie before their own, then by how lonely they are in it. So
    the population spreads along the front instead of gathering where the sum is least. With a
    fitness of one part it is an elitist GA.

    Genomes whose parts are unknown (a first population, or candidates of a society with several
    collaborators) compete by their distance, and give way to those whose parts are known. In a
    society only the elite is evaluated again when the context has moved; the others remain parents
    and then give way. It takes no migrants.

    Args:
        dims: how many genes a genome has.
        population: how many genomes a generation has, at least 4.
        seed: any non-negative integer.
        tournament: how many genomes compete to be a parent, 1 or more.
        ga: the other options of ``ga``.

    Raises:
        ValueError: if an argument is outside its range.
    """

    sees: ClassVar[tuple[Sense, ...]] = ("parts",)
    receives: ClassVar[bool] = False

    def __init__(
        self, dims: int, population: int, seed: int, *, tournament: int = 2, **ga: Any
    ) -> None:
        super().__init__(dims, population, seed, tournament=tournament, **ga)
        # Those of the population, which is in the order of NSGA-II; infinite where unknown.
        self._parts: Seen = np.empty((0, 0))
        self._sight: Sight | None = None
        if not self._elite:
            raise ValueError(f"elite 0; allowed: 1 to {population - 1}")

    def see(self, sight: Sight) -> None:
        """Keep the parts of the distances of the next ``tell`` or ``renew``."""
        self._sight = sight

    def _merits(self) -> Distances:
        """Select parents by their place in the order of NSGA-II."""
        return np.arange(len(self.genomes), dtype=np.float64)

    def _seen(self, distances: Distances) -> Seen:
        """Return the parts of the distances that come now, shape (n, parts)."""
        sight, self._sight = self._sight, None
        return distances[:, None] if sight is None else sight.parts

    def tell(self, genomes: Genomes, distances: Distances) -> None:
        """Let children compete with the population."""
        parts, before = self._seen(distances), self._parts
        if before.shape[1:] != parts.shape[1:]:
            before = np.full((len(self.genomes), parts.shape[1]), np.inf)
        parts = np.concatenate([before, parts])
        genomes = np.concatenate([self.genomes, genomes])
        distances = np.concatenate([self.distances, distances])
        known = np.isfinite(parts).all(axis=1)
        unknown = np.flatnonzero(~known)
        order = [
            *_ordered(parts, np.flatnonzero(known), self.population),
            *unknown[np.argsort(distances[unknown], kind="stable")].tolist(),
        ][: self.population]
        self.genomes, self.distances, self._parts = genomes[order], distances[order], parts[order]

    def members(self) -> tuple[Genomes, Distances]:
        """Return the genomes with known distances, best first."""
        known = np.isfinite(self.distances)
        return ranked(self.genomes[known], self.distances[known])

    def _best(self) -> NDArray[np.int64]:
        return np.argsort(self.distances, kind="stable")[: self._elite]

    def elites(self) -> Genomes:
        """Return the genomes at the least distances, best first."""
        return self.genomes[self._best()]

    def renew(self, distances: Distances) -> None:
        """Replace the distances of the first elites; if any has changed, forget all others."""
        parts, best = self._seen(distances), self._best()[: len(distances)]
        if np.array_equal(distances, self.distances[best]):
            return
        others = np.setdiff1d(np.arange(len(self.genomes)), best)
        self.genomes = np.concatenate([self.genomes[best], self.genomes[others]])
        self.distances = np.concatenate([distances, np.full(len(others), np.inf)])
        self._parts = np.concatenate([parts, np.full((len(others), parts.shape[1]), np.inf)])

    def collection(self) -> Collection | None:
        """Return the front: the genomes that no other beats in all parts, if there are several."""
        known = np.flatnonzero(np.isfinite(self._parts).all(axis=1))
        if self._parts.shape[1] < 2 or not len(known):
            return None
        candidates = _candidates(self._parts, known)
        first = tools.sortLogNondominated(candidates, 1, first_front_only=True)
        rows = [candidate.row for candidate in first]
        genomes, distances = ranked(self.genomes[rows], self.distances[rows])
        parts, _ = ranked(self._parts[rows], self.distances[rows])
        return Collection("front", genomes, distances, parts)

    def state(self) -> State:
        """Return the population, its parts and the generator's state."""
        return super().state() | {"parts": self._parts}

    def load(self, state: Mapping[str, Any]) -> None:
        """Resume from what ``state`` returned."""
        super().load(state)
        self._parts = np.array(state["parts"])


def _candidates(parts: Seen, rows: NDArray[np.int64]) -> list[_Candidate]:
    return [_Candidate(row, tuple(parts[row].tolist())) for row in rows.tolist()]


def _ordered(parts: Seen, rows: NDArray[np.int64], wanted: int) -> list[int]:
    """Return at least ``wanted`` of the rows, if there are so many, in the order of NSGA-II."""
    if parts.shape[1] == 1:
        return list(rows[np.argsort(parts[rows, 0], kind="stable")].tolist())
    fronts = tools.sortLogNondominated(_candidates(parts, rows), wanted)
    order: list[int] = []
    for front in fronts:
        tools.emo.assignCrowdingDist(front)
        lonely = sorted(front, key=lambda candidate: -candidate.fitness.crowding_dist)
        order += [candidate.row for candidate in lonely]
    return order
