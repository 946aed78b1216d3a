"""Random search: what any other search has to beat.

Source: Bergstra & Bengio, Random search for hyper-parameter optimization (2012).
"""

from strategies.searches.base import Distances, Genomes, PopulationSearch, ranked


class RandomSearch(PopulationSearch):
    """Draws every genome uniformly from the unit cube; its population is the last generation."""

    def ask(self) -> Genomes:
        """Draw genomes, shape (population, dims)."""
        return self.uniform()

    def tell(self, genomes: Genomes, distances: Distances) -> None:
        """Make these genomes the population."""
        self.genomes, self.distances = ranked(genomes, distances)
