"""A genetic algorithm in which similar genomes share their fitness.

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

    The fitness of a genome is 1 / distance, and is shared among all genomes within the niche
    radius: the source's rule, adapted to distances, which are minimised. The elite is chosen by
    distance alone.

    Args:
        dims: how many genes a genome has.
        population: how many genomes a generation has, at least 4.
        seed: any non-negative integer.
        radius: niche radius, above 0: a distance of genomes over the square root of the number of
            genes, so that it means the same for agents with few and with many genes.
        alpha: shape of sharing within the niche, above 0: with 1 it falls linearly with distance,
            with more it falls later.
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
