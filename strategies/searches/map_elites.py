"""MAP-Elites: the best genome in every cell of a map of sounds, with the library pyribs.

Mouret & Clune, Illuminating search spaces by mapping elites (2015, arXiv 1504.04909). The archive
is pyribs': Tjanaka et al. (2023).
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from strategies.searches.base import (
    Collection,
    Distances,
    Genomes,
    Seen,
    Sense,
    Sight,
    State,
    ranked,
)
from strategies.searches.ga import GeneticAlgorithm


class MapElites(GeneticAlgorithm):
    """Breeds as ``ga`` does, from an archive: the closest genome in every cell over two measures.

    A genome competes only with those that sound like it by the measures of its sound, so that
    elites far from the target survive where nothing closer sounds alike. The archive shows what the
    synth can do, and is a way out of local minima.

    Genomes without measures (a first population, or candidates of a society with several
    collaborators) are parents until the first genomes with measures come; without any, the best of
    them are the population. In a society only the best elites are evaluated again when the context
    has moved, as many as a generation has; the others are forgotten. It takes no migrants.

    Args:
        dims: how many genes a genome has.
        population: how many genomes a generation has, at least 4.
        seed: any non-negative integer.
        cells: into how many cells each measure is divided, 1 to 100.
        reach: how far from the target the cells reach, above 0 to 1; what lies farther away is in
            the cells at the edge.
        crossover: probability that two parents are crossed, 0 to 1.
        crossover_eta: how close children stay to their parents; 0 is far, 20 close.
        mutation: probability that a gene mutates, 0 to 1.
        mutation_eta: how small mutation steps are; 5 is coarse, 50 fine.
        gene_mutation: a probability for each gene, 0 to 1, or null for that of ``mutation``.
        tournament: how many elites compete to be a parent, 1 or more; 1 selects at random.

    Raises:
        ValueError: if an argument is outside its range.
    """

    sees: ClassVar[tuple[Sense, ...]] = ("measures",)
    receives: ClassVar[bool] = False

    def __init__(
        self,
        dims: int,
        population: int,
        seed: int,
        *,
        cells: int = 10,
        reach: float = 0.25,
        crossover: float = 0.9,
        crossover_eta: float = 3.0,
        mutation: float = 0.1,
        mutation_eta: float = 3.0,
        gene_mutation: list[float | None] | None = None,
        tournament: int = 5,
    ) -> None:
        super().__init__(
            dims,
            population,
            seed,
            crossover=crossover,
            crossover_eta=crossover_eta,
            mutation=mutation,
            mutation_eta=mutation_eta,
            gene_mutation=gene_mutation,
            tournament=tournament,
        )
        if not 1 <= cells <= 100:
            raise ValueError(f"cells {cells}; allowed: 1 to 100")
        if not 0 < reach <= 1:
            raise ValueError(f"reach {reach}; allowed: above 0 to 1")
        self._cells, self._reach = cells, reach
        # Those of the population, shape (n, measures); none while it has not been seen.
        self._measures: Seen = np.empty((0, 0))
        self._sight: Sight | None = None

    def see(self, sight: Sight) -> None:
        """Keep the measures of the genomes of the next ``tell`` or ``renew``."""
        self._sight = sight

    def tell(self, genomes: Genomes, distances: Distances) -> None:
        """Put genomes into their cells; those without measures only while none has any."""
        sight, self._sight = self._sight, None
        if sight is not None:
            self._place(genomes, distances, sight.measures)
        elif not len(self._measures):
            self.keep_best(genomes, distances)

    def _place(self, genomes: Genomes, distances: Distances, measures: Seen) -> None:
        """Let genomes compete with the archive for their cells."""
        # It takes three seconds to import.
        from ribs.archives import GridArchive

        if len(self._measures):
            genomes = np.concatenate([self.genomes, genomes])
            distances = np.concatenate([self.distances, distances])
            measures = np.concatenate([self._measures, measures])
        archive = GridArchive(
            solution_dim=self.dims,
            dims=[self._cells] * measures.shape[1],
            ranges=[(-self._reach, self._reach)] * measures.shape[1],
            seed=0,
        )
        archive.add(genomes, -distances, measures)
        found = archive.data()
        self.genomes, self.distances = ranked(found["solution"], -found["objective"])
        self._measures, _ = ranked(found["measures"], -found["objective"])

    def elites(self) -> Genomes:
        """Return the best of the archive, at most as many as a generation has."""
        return self.genomes[: self.population]

    def renew(self, distances: Distances) -> None:
        """Replace the distances of the first elites; if any has changed, drop all others."""
        sight, self._sight = self._sight, None
        n = len(distances)
        if np.array_equal(distances, self.distances[:n]):
            return
        genomes, measures = self.genomes[:n], self._measures[:n]
        if not len(measures):
            self.genomes, self.distances = ranked(genomes, distances)
            return
        self._measures = self._measures[:0]
        self._place(genomes, distances, measures if sight is None else sight.measures)

    def collection(self) -> Collection | None:
        """Return the archive, if any genome has been measured."""
        if not len(self._measures):
            return None
        return Collection("archive", self.genomes, self.distances, self._measures)

    def state(self) -> State:
        """Return the archive, its measures and the generator's state."""
        return super().state() | {"measures": self._measures}

    def load(self, state: Mapping[str, Any]) -> None:
        """Resume from what ``state`` returned."""
        super().load(state)
        self._measures = np.array(state["measures"])
