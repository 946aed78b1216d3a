"""The base classes of every search: an agent's algorithm on the unit cube, by ask and tell."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from synth.space import Parameter

Genomes = NDArray[np.float64]
Distances = NDArray[np.float64]
State = dict[str, Any]


# What a search may see: where a sound differs from the target, in which direction it lies from it,
# and of which parts its distance is the sum.
Sense = Literal["views", "measures", "parts"]
Seen = NDArray[np.float64]


class Sight(NamedTuple):
    """What a search that sees is shown of n genomes, besides their distances.

    Attributes:
        residuals: with ``views``: for each view a vector of differences from the target for each
            genome, of shape (n, size of the view), float32; all 0 where the sounds are the same.
        guide: with ``views``: a second distance, in dB, shape (n,), which has fewer false minima in
            pitch.
        measures: with ``measures``: how much brighter, and how much later over time, the sounds are
            than the target, shape (n, 2), each -1 to 1.
        parts: with ``parts``: distances whose sum is the distance that the agent minimises, shape
            (n, parts), the same parts in the same order throughout a trial.
    """

    residuals: Sequence[NDArray[np.float32]] = ()
    guide: Distances = np.empty(0)
    measures: Seen = np.empty((0, 0))
    parts: Seen = np.empty((0, 0))


class Collection(NamedTuple):
    """Several genomes that a search has found, each of which is the best in its own way.

    Attributes:
        kind: ``front``, of which none is beaten in all parts of the distance by another, or
            ``archive``, each the closest of those that sound like it.
        genomes: shape (n, dims), n at least 1, best first.
        distances: shape (n,).
        values: the parts of their distances, shape (n, parts), or their measures, shape (n, 2).
    """

    kind: Literal["front", "archive"]
    genomes: Genomes
    distances: Distances
    values: Seen


class Search(ABC):
    """Proposes genomes, learns their distances, and can be saved and resumed.

    The first ``tell`` may come before any ``ask``, with an evaluated first population. All
    randomness comes from ``seed``, so that the same tells lead to the same asks. Keyword-only
    arguments of the constructor are the options that an experiment file may set.

    Attributes:
        smallest_population: the smallest population with which it can search.
        sees: what it wants to see besides distances; if anything, ``see`` is called before ``tell``
            and before ``renew``.
        receives: whether it takes in genomes that another search has evaluated, by ``receive``.
        example: options for the conformance suite, if some are required.

    Args:
        dims: how many genes it searches, at least 1.
        population: the most genomes that ``ask`` returns.
        seed: any non-negative integer.

    Raises:
        ValueError: if ``dims`` or ``population`` is below what the search needs.
    """

    smallest_population: ClassVar[int] = 1
    sees: ClassVar[tuple[Sense, ...]] = ()
    receives: ClassVar[bool] = False
    example: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, dims: int, population: int, seed: int) -> None:
        if dims < 1:
            raise ValueError(f"a search over {dims} genes; needs 1 or more")
        if population < self.smallest_population:
            raise ValueError(
                f"population {population}; {type(self).__name__} needs "
                f"{self.smallest_population} or more"
            )
        self.dims = dims
        self.population = population
        self.seed = seed

    def meet(self, parameters: Sequence[Parameter]) -> None:  # noqa: B027 - most treat all alike
        """Learn what its genes mean, in their order, before anything else is called.

        A search must work without.
        """

    @abstractmethod
    def ask(self) -> Genomes:
        """Return genomes to evaluate, shape (n, dims), n 1 to population, each gene in [0, 1]."""

    @abstractmethod
    def tell(self, genomes: Genomes, distances: Distances) -> None:
        """Learn the distances, (n,), of genomes, (n, dims): the first n of the last ``ask``."""

    def see(self, sight: Sight) -> None:  # noqa: B027 - only for searches that see
        """Receive what the genomes of the next ``tell`` or ``renew`` sound like, in their order.

        It is not called where a genome is evaluated with several collaborators, nor for a first
        population.
        """

    @abstractmethod
    def members(self) -> tuple[Genomes, Distances]:
        """Return the current population, best first: shapes (n, dims) and (n,)."""

    def pace(self, progress: float) -> None:  # noqa: B027 - only for searches that plan ahead
        """Receive how much of the budget is spent, before each ``ask``.

        Args:
            progress: share of the renders of the agent's phase that is spent, 0 to 1. Without a
                call the search behaves as at the beginning.
        """

    def receive(self, genomes: Genomes, distances: Distances) -> None:  # noqa: B027 - see receives
        """Take in genomes, (n, dims), that another search has found, and their distances, (n,).

        It is called between a ``tell`` and the next ``ask``, if the search ``receives``.
        """

    def elites(self) -> Genomes:
        """Return the genomes, shape (n, dims), whose distances survive into the next generation.

        In a society they are evaluated again when the context moves. A search that keeps no
        distances returns none.
        """
        return np.empty((0, self.dims))

    def renew(self, distances: Distances) -> None:  # noqa: B027 - only for searches with elites
        """Replace the distances of the first n elites by new ones, shape (n,)."""

    def collection(self) -> Collection | None:
        """Return what it has found besides its best genome, to be shown; None by default."""
        return None

    @abstractmethod
    def state(self) -> State:
        """Return the state, with that of random generators, as arrays and plain values."""

    @abstractmethod
    def load(self, state: Mapping[str, Any]) -> None:
        """Resume from what ``state`` returned."""


class PopulationSearch(Search):
    """A search with a population; a subclass implements ``ask`` and ``tell``.

    A subclass with further state extends ``state`` and ``load``. One whose next generation does not
    come from ``genomes`` overrides ``receive``, or sets ``receives`` to False.

    Attributes:
        genomes: the population, shape (n, dims), best first; empty before the first ``tell``.
        distances: those of the population, shape (n,).
        random: the generator of all draws.

    Args:
        dims: how many genes it searches, at least 1.
        population: the most genomes that ``ask`` returns.
        seed: any non-negative integer.

    Raises:
        ValueError: if ``dims`` or ``population`` is below what the search needs.
    """

    receives: ClassVar[bool] = True

    def __init__(self, dims: int, population: int, seed: int) -> None:
        super().__init__(dims, population, seed)
        self.genomes: Genomes = np.empty((0, dims))
        self.distances: Distances = np.empty(0)
        self.random = np.random.default_rng(seed)

    def uniform(self) -> Genomes:
        """Draw a population uniformly, shape (population, dims)."""
        return self.random.random((self.population, self.dims))

    def keep_best(self, genomes: Genomes, distances: Distances) -> None:
        """Keep the best of the old population and these genomes as the new population."""
        genomes, distances = ranked(
            np.concatenate([self.genomes, genomes]), np.concatenate([self.distances, distances])
        )
        self.genomes, self.distances = genomes[: self.population], distances[: self.population]

    def receive(self, genomes: Genomes, distances: Distances) -> None:
        """Put genomes that are not in the population yet in the place of its worst."""
        known = (genomes[:, None] == self.genomes).all(axis=2).any(axis=1)
        genomes, distances = genomes[~known], distances[~known]
        kept, of_kept = ranked(self.genomes, self.distances)
        stay = max(0, len(kept) - len(genomes))
        self.genomes, self.distances = ranked(
            np.concatenate([kept[:stay], genomes]), np.concatenate([of_kept[:stay], distances])
        )

    def members(self) -> tuple[Genomes, Distances]:
        """Return the population, best first."""
        return ranked(self.genomes, self.distances)

    def state(self) -> State:
        """Return the population and the generator's state."""
        return {
            "genomes": self.genomes,
            "distances": self.distances,
            "random": self.random.bit_generator.state,
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Resume from what ``state`` returned."""
        self.genomes, self.distances = np.array(state["genomes"]), np.array(state["distances"])
        self.random.bit_generator.state = state["random"]


def ranked(genomes: Genomes, distances: Distances) -> tuple[Genomes, Distances]:
    """Sort genomes, shape (n, dims), by distances, shape (n,), best first; ties keep order."""
    order = np.argsort(distances, kind="stable")
    return genomes[order], distances[order]
