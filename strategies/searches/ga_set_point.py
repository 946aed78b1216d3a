"""A genetic algorithm that holds the diversity of its population at a set-point.

A proportional-integral controller in its velocity form (Åström & Hägglund, Advanced PID control,
2006) moves the mutation; diversity as what is to be controlled: Ursem, Diversity-guided
evolutionary algorithms (2002).
"""

from collections.abc import Mapping
from math import exp, log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from strategies.diversity import WHOLE, diversity
from strategies.searches.base import Distances, Genomes, State
from strategies.searches.ga import GeneticAlgorithm

# Below that a gene mutates once in a thousand children: as good as never.
_LEAST = 1e-3


class DiversitySetPoint(GeneticAlgorithm):
    """``ga`` that mutates more while its population is less diverse than wanted, less while more.

    After each generation the logarithm of the mutation probability moves by the change of the
    error, times ``proportional``, and by the error, times ``integral``; the error is how far the
    diversity is off, as a share of what is wanted. It stays between 0.001 and 1, and what is cut
    off there is not remembered.

    Args:
        dims: how many genes a genome has.
        population: how many genomes a generation has, at least 4.
        seed: any non-negative integer.
        diversity: the set-point: mean distance of two genomes over the square root of the genes;
            above 0 to 0.5, about 0.41 is uniform.
        proportional: gain of the error's change, 0 or more.
        integral: gain of the error, a generation; above 0.
        mutation: probability that a gene mutates in the first generation, above 0 to 1;
            probabilities of ``gene_mutation`` move by the same factor.
        options: those of ``ga``.

    Raises:
        ValueError: if an argument is outside its range.
    """

    def __init__(
        self,
        dims: int,
        population: int,
        seed: int,
        *,
        diversity: float = 0.15,
        proportional: float = 0.5,
        integral: float = 0.3,
        mutation: float = 0.1,
        **options: Any,
    ) -> None:
        super().__init__(dims, population, seed, mutation=mutation, **options)
        if mutation == 0:
            raise ValueError("mutation 0; allowed: above 0 to 1")
        if not 0 < diversity <= 0.5:
            raise ValueError(f"diversity {diversity}; allowed: above 0 to 0.5")
        if not proportional >= 0:
            raise ValueError(f"proportional {proportional}; allowed: 0 or more")
        if not integral > 0:
            raise ValueError(f"integral {integral}; allowed: above 0")
        self._wanted, self._gains = diversity, (proportional, integral)
        # Logarithms of the factor on the mutation: the least, the most, and now.
        self._least, self._most = min(0.0, log(_LEAST / mutation)), log(1 / mutation)
        self._level = 0.0
        self._error: float | None = None

    def tell(self, genomes: Genomes, distances: Distances) -> None:
        """Take over the generation, measure its diversity, and move the mutation."""
        super().tell(genomes, distances)
        error = 1 - diversity(self.genomes, {})[WHOLE]["distance"] / self._wanted
        proportional, integral = self._gains
        change = 0.0 if self._error is None else error - self._error
        moved = self._level + proportional * change + integral * error
        self._level = min(max(moved, self._least), self._most)
        self._error = error

    def _mutating(self) -> tuple[NDArray[np.float64], float]:
        return np.minimum(self._mutation * exp(self._level), 1.0), self._mutation_eta

    def state(self) -> State:
        """Give the state of ``ga``, and of the controller."""
        return super().state() | {"level": self._level, "error": self._error}

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from what ``state`` gave."""
        super().load(state)
        self._level, self._error = state["level"], state["error"]
