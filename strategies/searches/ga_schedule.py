"""A genetic algorithm whose mutation decreases as the budget is spent.

Deterministic parameter control over time: Fogarty (1989); Eiben, Hinterding & Michalewicz,
Parameter control in evolutionary algorithms (1999).
"""

from collections.abc import Mapping
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from strategies.searches.base import State
from strategies.searches.ga import GeneticAlgorithm

Course = Literal["linear", "exponential"]


class MutationSchedule(GeneticAlgorithm):
    """``ga`` with mutation that changes from a first to a last value over the budget.

    Args:
        dims: how many genes a genome has.
        population: how many genomes a generation has, at least 4.
        seed: any non-negative integer.
        mutation: probability that a gene mutates at the beginning, above 0 to 1.
        mutation_end: the same at the end of the budget; probabilities of ``gene_mutation`` change
            by the same factor, up to 1.
        mutation_eta: how small mutation steps are at the beginning; 5 is coarse, 50 fine.
        mutation_eta_end: the same at the end; null for no change.
        course: changes by equal differences (``linear``) or equal ratios (``exponential``).
        options: options of ``ga``.

    Raises:
        ValueError: if an argument is outside its range, or 0 in an exponential course.
    """

    def __init__(
        self,
        dims: int,
        population: int,
        seed: int,
        *,
        mutation: float = 0.2,
        mutation_end: float = 0.02,
        mutation_eta: float = 3.0,
        mutation_eta_end: float | None = None,
        course: Course = "exponential",
        **options: Any,
    ) -> None:
        super().__init__(
            dims, population, seed, mutation=mutation, mutation_eta=mutation_eta, **options
        )
        if course not in get_args(Course):
            raise ValueError(f"course {course!r}; allowed: {', '.join(get_args(Course))}")
        if mutation == 0:
            raise ValueError("mutation 0; allowed: above 0 to 1")
        if not 0 <= mutation_end <= 1:
            raise ValueError(f"mutation_end {mutation_end}; allowed: 0 to 1")
        eta_end = mutation_eta if mutation_eta_end is None else mutation_eta_end
        if not eta_end >= 0:
            raise ValueError(f"mutation_eta_end {eta_end}; allowed: 0 or more")
        if course == "exponential" and 0 in (mutation_end, mutation_eta, eta_end):
            raise ValueError(
                "course exponential from or to 0; allowed: values above 0, or course linear"
            )
        self._exponential = course == "exponential"
        self._factor = 1.0, mutation_end / mutation
        self._eta = mutation_eta, eta_end
        self._progress = 0.0

    def pace(self, progress: float) -> None:
        """Set the progress that determines the mutation of the next generations."""
        self._progress = progress

    def _mutating(self) -> tuple[NDArray[np.float64], float]:
        probability = np.minimum(self._mutation * self._between(*self._factor), 1.0)
        return probability, self._between(*self._eta)

    def _between(self, begin: float, end: float) -> float:
        if self._exponential:
            return float(begin * (end / begin) ** self._progress)
        return begin + (end - begin) * self._progress

    def state(self) -> State:
        """Return the state of ``ga``, and the progress."""
        return super().state() | {"progress": self._progress}

    def load(self, state: Mapping[str, Any]) -> None:
        """Resume from what ``state`` returned."""
        super().load(state)
        self._progress = state["progress"]
