"""Random search: what any other search has to beat.

Source: Bergstra & Bengio, Random search for hyper-parameter optimization (2012).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from strategies.searches.base import Distances, Genomes, Search, State, ranked


class RandomSearch(Search):
    """Draws every genome uniformly from the unit cube and remembers the last it was told."""

    def __init__(self, dims: int, population: int, seed: int) -> None:
        super().__init__(dims, population, seed)
        self._random = np.random.default_rng(seed)
        self._genomes: Genomes = np.empty((0, dims))
        self._distances: Distances = np.empty(0)

    def ask(self) -> Genomes:
        """Draw genomes, shape (population, dims)."""
        return self._random.random((self.population, self.dims))

    def tell(self, genomes: Genomes, distances: Distances) -> None:
        """Remember the genomes as the current population."""
        self._genomes, self._distances = ranked(genomes, distances)

    def members(self) -> tuple[Genomes, Distances]:
        """Give what was told last, best first."""
        return self._genomes, self._distances

    def state(self) -> State:
        """Give the generator's state and the current population."""
        return {
            "random": self._random.bit_generator.state,
            "genomes": self._genomes,
            "distances": self._distances,
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from what ``state`` gave."""
        self._random.bit_generator.state = state["random"]
        self._genomes, self._distances = np.array(state["genomes"]), np.array(state["distances"])
