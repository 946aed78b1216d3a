"""NGOpt of the library nevergrad, which chooses an optimiser by dimension and budget."""

import warnings
from collections.abc import Mapping
from itertools import islice
from typing import Any, ClassVar

import numpy as np

from benchmarks.rivals.bridge import CalledBack
from benchmarks.rivals.conversation import Objective
from strategies.searches.base import Genomes


class NGOpt(CalledBack):
    """What nevergrad chooses itself (Meunier et al. 2022, Black-box optimization revisited).

    Args:
        dims: how many genes a genome has.
        population: the most genomes that an ask gives.
        seed: any non-negative integer.
        renders: the budget that it chooses by, the first population included, 1 or more.
        together: how many genomes it proposes before it learns their distances, 1 or more. It
            chooses by this too.

    Raises:
        ValueError: if nevergrad is not installed, or an argument is out of range.
    """

    # With 2,000 renders it chooses for the suite's five genes what fails beside NumPy 2.4.
    example: ClassVar[Mapping[str, Any]] = {"renders": 20_000}

    def __init__(
        self, dims: int, population: int, seed: int, *, renders: int = 2000, together: int = 16
    ) -> None:
        super().__init__(
            dims, population, seed, "nevergrad", {"renders": renders, "together": together}
        )
        if renders < 1 or together < 1:
            raise ValueError(f"renders {renders}, together {together}; allowed: 1 or more")
        self._renders, self._together = renders, together

    def minimise(self, objective: Objective, first: Genomes, seed: int) -> None:
        """Spend the budget once; the first population is suggested to it."""
        import nevergrad

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            start = nevergrad.p.Array(init=np.full(self.dims, 0.5)).set_bounds(0, 1)
            start.random_state = np.random.RandomState(seed)
            optimiser = nevergrad.optimizers.NGOpt(start, self._renders, self._together)
            for genome in first:
                optimiser.suggest(genome)
            asks = (optimiser.ask() for _ in range(self._renders))
            while batch := list(islice(asks, self._together)):
                distances = objective([candidate.value for candidate in batch])
                for candidate, distance in zip(batch, distances, strict=True):
                    optimiser.tell(candidate, distance)
