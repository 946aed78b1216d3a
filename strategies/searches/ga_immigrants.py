"""A genetic algorithm with some random genomes in every generation.

Random immigrants: Grefenstette, Genetic algorithms for changing environments (1992).
"""

from typing import Any

from strategies.searches.base import Genomes
from strategies.searches.ga import GeneticAlgorithm


class RandomImmigrants(GeneticAlgorithm):
    """``ga`` with a share of each generation drawn uniformly instead of bred.

    Args:
        dims: how many genes a genome has.
        population: how many genomes a generation has, at least 4.
        seed: any non-negative integer.
        immigrants: share of a generation that is drawn at random, 0 to 1; 0 is ``ga``.
        options: options of ``ga``.

    Raises:
        ValueError: if an argument is outside its range.
    """

    def __init__(
        self, dims: int, population: int, seed: int, *, immigrants: float = 0.1, **options: Any
    ) -> None:
        super().__init__(dims, population, seed, **options)
        if not 0 <= immigrants <= 1:
            raise ValueError(f"immigrants {immigrants}; allowed: 0 to 1")
        self._immigrants = round(immigrants * population)

    def ask(self) -> Genomes:
        """Breed a generation; its last genomes are immigrants."""
        children = super().ask()
        # Without immigrants there are no draws, so that the same seed gives the children of ga.
        if self._immigrants:
            children[-self._immigrants :] = self.random.random((self._immigrants, self.dims))
        return children
