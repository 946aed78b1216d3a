"""A genetic algorithm in which genomes that are alike share what they are worth.

Fitness sharing: Goldberg & Richardson, Genetic algorithms with sharing for multimodal function
optimization (1987).
"""

from typing import Any

import numpy as np
from scipy.spatial.distance import cdist

from strategies.searches.base import Distances
from strategies.searches.ga import GeneticAlgorithm


class FitnessSharing(GeneticAlgorithm):
    """``ga`` that selects parents by their distance times how crowded their niche is.

    A genome is worth 1 / distance, and shares that with all within the niche radius: the source's
    rule, turned over for distances that are minimised. The elite are the best by distance alone.

    Args:
        dims: how many genes a genome has.
        population: how many genomes a generation has, at least 4.
        seed: any non-negative integer.
        radius: niche radius, a distance of genes in [0, 1] over the square root of how many, so
            that it means the same for an agent of few genes as for one of many; above 0.
        alpha: shape of sharing within the niche: 1 falls in a line, above is fuller; above 0.
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
        radius: float = 0.1,
        alpha: float = 1.0,
        **options: Any,
    ) -> None:
        super().__init__(dims, population, seed, **options)
        for name, value in (("radius", radius), ("alpha", alpha)):
            if not value > 0:
                raise ValueError(f"{name} {value}; allowed: above 0")
        self._radius, self._alpha = radius, alpha

    def _merits(self) -> Distances:
        apart = cdist(self.genomes, self.genomes) / np.sqrt(self.dims)
        shared = np.maximum(0.0, 1.0 - (apart / self._radius) ** self._alpha)
        return np.asarray(self.distances * shared.sum(axis=1))
