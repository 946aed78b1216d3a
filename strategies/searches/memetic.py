"""A memetic algorithm: a GA whose best genomes also learn in their lifetime (Moscato 1989).

What a genome learns is inherited by its children (Lamarckian evolution).
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy as np

from strategies.searches.base import Distances, Genomes, Sense, Sight, State, ranked
from strategies.searches.climber import Climber, blind
from strategies.searches.ga import GeneticAlgorithm
from strategies.searches.gene_map import GeneMap
from synth.space import Parameter

_MOST_ENDS = 50

Stage = Literal["breed", "climb"]


class Memetic(GeneticAlgorithm):
    """Breeds as ``ga`` does; after each generation its best genome descends by what it sees.

    The best genome that has not ended in a minimum makes some iterations of ``descent`` (a
    Jacobian, then sixteen proposals), and takes the place of the worst of the population. Without
    sight, only distances lead it.

    Args:
        dims: how many genes a genome has.
        population: how many genomes a generation has, at least 4, besides the elite.
        seed: any non-negative integer.
        iterations: of descent after each generation, 1 or more.
        ga: options of ``ga``.

    Raises:
        ValueError: if an argument is outside its range.
    """

    sees: ClassVar[tuple[Sense, ...]] = ("views",)

    def __init__(
        self, dims: int, population: int, seed: int, *, iterations: int = 2, **ga: Any
    ) -> None:
        super().__init__(dims, population, seed, **ga)
        if iterations < 1:
            raise ValueError(f"iterations {iterations}; allowed: 1 or more")
        self._iterations = iterations
        self.meet([])
        self._climber: Climber | None = None
        self._stage: Stage = "breed"
        self._left = 0
        self._ends = np.empty((0, dims))
        self._sight: Sight | None = None

    def meet(self, parameters: Sequence[Parameter]) -> None:
        """Learn what the genes mean."""
        self._genes = GeneMap(self.dims, parameters)

    def see(self, sight: Sight) -> None:
        """Keep what the genomes of the next ``tell`` look like."""
        self._sight = sight

    def ask(self) -> Genomes:
        """Return a generation, or what the genome that descends wants to know."""
        if self._stage == "breed" or self._climber is None:
            return super().ask()
        return self._climber.ask(self.population, self._genes, self.random)

    def tell(self, genomes: Genomes, distances: Distances) -> None:
        """Learn from a generation, probes or proposals."""
        sight, self._sight = self._sight, None
        if not len(genomes):
            return
        climber = self._climber
        if self._stage == "breed" or climber is None:
            super().tell(genomes, distances)
            self._begin_climb()
            return
        if sight is None:
            sight = blind(distances)
        if not len(climber.proposals):
            climber.learn(genomes, distances, sight, self._genes, self.population)
            return
        climber.choose(genomes, distances, sight.guide, 0.0)
        self._left -= 1
        if self._left <= 0 or climber.stalled:
            self._inherit(climber)

    def renew(self, distances: Distances) -> None:
        """Replace the distances of the elites; what descends is out of date and starts over."""
        self._sight = None
        before = self.distances[: len(distances)].copy()
        super().renew(distances)
        if not np.array_equal(np.sort(before), np.sort(distances)):
            self._climber, self._stage = None, "breed"
            self._ends = self._ends[:0]

    def _begin_climb(self) -> None:
        """Let the best genome descend that is not at an end already."""
        for genome, distance in zip(self.genomes, self.distances, strict=True):
            if len(self._ends) and np.abs(self._ends - genome).max(axis=1).min() < 1e-9:
                continue
            same = self._climber is not None and np.array_equal(self._climber.x, genome)
            if not same:
                value = float(distance)
                self._climber = Climber(genome.copy(), value, value, np.zeros(self.dims))
            self._stage, self._left = "climb", self._iterations
            return

    def _inherit(self, climber: Climber) -> None:
        """Put where the climber is into the population, in the place of the worst."""
        if climber.stalled:
            self._ends = np.concatenate([self._ends, climber.x[None]])[-_MOST_ENDS:]
        self._stage = "breed"
        if (self.genomes == climber.x).all(axis=1).any():
            return
        self.genomes, self.distances = ranked(
            np.concatenate([self.genomes[:-1], climber.x[None]]),
            np.append(self.distances[:-1], climber.distance),
        )

    def state(self) -> State:
        """Return the population, and what descends."""
        return {
            **super().state(),
            "climber": None if self._climber is None else self._climber.plain(),
            "stage": self._stage,
            "left": self._left,
            "ends": self._ends,
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Resume from what ``state`` returned."""
        super().load(state)
        plain = state["climber"]
        self._climber = None if plain is None else Climber.from_plain(plain)
        self._stage, self._left = state["stage"], state["left"]
        self._ends = np.array(state["ends"])
