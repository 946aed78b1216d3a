"""A genetic algorithm that keeps the diversity of its population at a set-point.

A proportional-integral (PI) controller in velocity form (Åström & Hägglund, Advanced PID control,
2006) sets the mutation probability. Diversity as the controlled quantity: Ursem, Diversity-guided
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

# One mutation of a gene in a thousand children is practically none.
_LEAST = 1e-3


class DiversitySetPoint(GeneticAlgorithm):
    """``ga`` that mutates more while its diversity is below the set-point, less while above.

    The error is the relative deviation of the diversity from the set-point. After each generation
    the logarithm of the mutation probability changes by ``proportional`` times the change of the
    error plus ``integral`` times the error. The probability is clipped to 0.001 to 1, without
    windup.

    Args:
        dims: how many genes a genome has.
        population: how many genomes a generation has, at least 4.
        seed: any non-negative integer.
        diversity: the set-point: mean distance of two genomes over the square root of the number of
            genes; above 0 to 0.5, about 0.41 if uniform.
        proportional: gain of the change of the error, 0 or more.
        integral: gain of the error, per generation; above 0.
        mutation: probability that a gene mutates in the first generation, above 0 to 1;
            probabilities of ``gene_mutation`` change by the same factor.
        options: options of ``ga``.

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
        # Logarithm of the factor on the mutation probability: minimum, maximum and present value.
        self._least, self._most = min(0.0, log(_LEAST / mutation)), log(1 / mutation)
        self._level = 0.0
        self._error: float | None = None

    def tell(self, genomes: Genomes, distances: Distances) -> None:
        """Learn the distances, measure the diversity, and adjust the mutation."""
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
        """Return the state of ``ga``, and of the controller."""
        return super().state() | {"level": self._level, "error": self._error}

    def load(self, state: Mapping[str, Any]) -> None:
        """Resume from what ``state`` returned."""
        super().load(state)
        self._level, self._error = state["level"], state["error"]
