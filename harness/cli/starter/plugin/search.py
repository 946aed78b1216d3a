"""A search: proposes genomes, and learns their distances."""

import numpy as np

from ga_synth import PopulationSearch


class NewPlugin(PopulationSearch):
    """Takes random steps away from the best genome of the last generation."""

    def ask(self):
        steps = 0.1 * self.random.standard_normal((self.population, self.dims))
        best, _ = self.members()
        return np.clip(best[:1] + steps, 0, 1) if len(best) else self.uniform()

    def tell(self, genomes, distances):
        self.genomes, self.distances = genomes, distances
