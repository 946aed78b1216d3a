"""Random search: the control that every other search has to beat.

Source: Bergstra & Bengio, Random search for hyper-parameter optimization (2012).
"""

from typing import ClassVar

from strategies.searches.base import Distances, Genomes, PopulationSearch, ranked


class RandomSearch(PopulationSearch):
    """Draws all genomes uniformly from the unit cube; the population is the last generation."""

    receives: ClassVar[bool] = False

    def ask(self) -> Genomes:
        """Return uniformly random genomes, shape (population, dims)."""
        return self.uniform()

    def tell(self, genomes: Genomes, distances: Distances) -> None:
        """Make these genomes the population."""
        self.genomes, self.distances = ranked(genomes, distances)
