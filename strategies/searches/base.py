"""What every search is: one agent's algorithm on the unit cube, by ask and tell."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

Genomes = NDArray[np.float64]
Distances = NDArray[np.float64]
State = dict[str, Any]


class Search(ABC):
    """Proposes genomes, learns their distances, and can be put away and taken up again.

    The first ``tell`` may come before any ``ask``: it hands over an evaluated first population. All
    randomness comes from ``seed``, so that the same tells lead to the same asks. Further
    keyword-only arguments of the constructor are the options that an experiment file may set.

    Attributes:
        smallest_population: below which it cannot search.
        example: options for the conformance suite, if there are some that must be given.

    Args:
        dims: how many genes a genome has here, at least 1.
        population: how many genomes an ``ask`` gives at the most.
        seed: any non-negative integer.

    Raises:
        ValueError: if ``dims`` or ``population`` is below what the search needs.
    """

    smallest_population: ClassVar[int] = 1
    example: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, dims: int, population: int, seed: int) -> None:
        if dims < 1:
            raise ValueError(f"a search over {dims} genes; needs 1 or more")
        if population < self.smallest_population:
            raise ValueError(
                f"population {population}; {type(self).__name__} needs "
                f"{self.smallest_population} or more"
            )
        self.dims = dims
        self.population = population
        self.seed = seed

    @abstractmethod
    def ask(self) -> Genomes:
        """Propose genomes to evaluate, shape (n, dims), n 1 to population, each gene in [0, 1]."""

    @abstractmethod
    def tell(self, genomes: Genomes, distances: Distances) -> None:
        """Learn the distances, shape (n,), of genomes, shape (n, dims); n may be below an ask's."""

    @abstractmethod
    def members(self) -> tuple[Genomes, Distances]:
        """Give the current population, best first: shapes (n, dims) and (n,)."""

    def pace(self, progress: float) -> None:  # noqa: B027 - only for searches that plan ahead
        """Learn how far the budget is spent, before an ``ask``.

        Args:
            progress: share of the renders of the agent's phase that are spent, 0 to 1. Where it is
                never told, a search goes on as at the beginning.
        """

    def limit(self) -> float:
        """Give the distance beyond which a genome that was asked for cannot enter the population.

        A genome that is further may be told with the distance infinity: it need not be rendered to
        its end. Infinity, the default, where every genome enters.
        """
        return float("inf")

    def elites(self) -> Genomes:
        """Give the genomes, shape (n, dims), whose distances live on into the next generation.

        In a society their context moves, and they are evaluated anew. A search that carries no
        distance over returns none.
        """
        return np.empty((0, self.dims))

    def renew(self, distances: Distances) -> None:  # noqa: B027 - only for searches with elites
        """Replace the distances of the first elites, shape (n,), by what they are now."""

    @abstractmethod
    def state(self) -> State:
        """Give all that changes, random generators included, as arrays and plain values."""

    @abstractmethod
    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from what ``state`` gave."""


def ranked(genomes: Genomes, distances: Distances) -> tuple[Genomes, Distances]:
    """Sort genomes, shape (n, dims), by distances, shape (n,), best first; ties keep order."""
    order = np.argsort(distances, kind="stable")
    return genomes[order], distances[order]
