"""The base class of every strategy: which agents search, what they exchange, where they start.

All strategies run through the same code and differ only in the phases that they describe here. An
end-to-end search is a society of one agent.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from strategies.hints import Hints
from strategies.informed import Start, first_population
from strategies.limits import Limits, note_limits
from strategies.searches.base import Distances, Genomes
from synth.space import ParameterSpace

Collaborator = Literal["best", "champion", "random", "previous"]
Credit = Literal["max", "mean"]
Turns = Literal["parallel", "in_turn"]


@dataclass(frozen=True)
class SearchChoice:
    """The search that an agent runs: its registered name and its options."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class AgentSpec:
    """One agent: a search over some of the genes.

    Attributes:
        name: unique within its phase.
        genes: positions of the genes that it owns; each gene has exactly one owner in a phase,
            except on islands, where every agent owns all of them.
        search: the search it runs.
        population: how many sub-genomes a generation has.
        fitness: the atomic fitness that it minimises instead of the trial's, if any.
    """

    name: str
    genes: tuple[int, ...]
    search: SearchChoice
    population: int
    fitness: str | None = None


@dataclass(frozen=True)
class Exchange:
    """How agents exchange genes.

    Attributes:
        collaborators: whose genes complete a sub-genome; each costs one render. ``best``: every
            other agent's best; ``champion``: the best complete genome so far; ``random``: a random
            member of every other agent's population; ``previous``: the best before the last
            exchange, only together with ``best``.
        credit: how the distances with several collaborators are combined: ``max`` takes the best,
            ``mean`` their mean (Wiegand, Liles & De Jong 2001).
        every: generations between two exchanges.
        turns: whether all agents search between two exchanges (``parallel``) or only one of them
            (``in_turn``).
        migrants: on islands, how many of its best genomes each agent sends to the next one.

    Raises:
        ValueError: for an unknown or missing collaborator, credit or turns, ``previous`` without
            ``best``, ``every`` below 1, or ``migrants`` below 0.
    """

    collaborators: tuple[Collaborator, ...] = ("best",)
    credit: Credit = "max"
    every: int = 1
    turns: Turns = "parallel"
    migrants: int = 0

    def __post_init__(self) -> None:
        for name, value, allowed in (
            *(("collaborator", one, get_args(Collaborator)) for one in self.collaborators),
            ("credit", self.credit, get_args(Credit)),
            ("turns", self.turns, get_args(Turns)),
        ):
            if value not in allowed:
                raise ValueError(f"{name} {value!r}; allowed: {', '.join(allowed)}")
        if not self.collaborators:
            raise ValueError("collaborators: at least one is needed")
        if "previous" in self.collaborators and "best" not in self.collaborators:
            raise ValueError("collaborators: previous needs best beside it")
        if self.every < 1:
            raise ValueError(f"every {self.every} generations; allowed: 1 or more")
        if self.migrants < 0:
            raise ValueError(f"migrants {self.migrants}; allowed: 0 or more")


@dataclass(frozen=True)
class Phase:
    """A part of a trial with the same agents.

    Attributes:
        agents: at least one; each gene is owned by exactly one of them, or, on islands, by all.
        exchange: how they exchange genes.
        share: the share of the whole budget that is spent when the phase ends, above 0 to 1.
    """

    agents: tuple[AgentSpec, ...]
    exchange: Exchange = Exchange()
    share: float = 1.0

    @property
    def islands(self) -> bool:
        """Whether several agents own the same genes, so that they share one population."""
        return len(self.agents) > 1 and len({agent.genes for agent in self.agents}) == 1


@dataclass(frozen=True)
class Standing:
    """The population of one agent after a round, best first, as the other agents see it.

    Attributes:
        genomes: sub-genomes, shape (n, genes it owns).
        distances: their credited distances, shape (n,).
    """

    genomes: Genomes
    distances: Distances


class Strategy(ABC):
    """Describes which agents search which genes.

    Keyword-only arguments of the constructor are the options that an experiment file may set.

    Attributes:
        control: whether it only serves as a control for other strategies, as random search does.
        reference: whether its final distance sets the scale of distances, as for random search.
        baseline: for a seeded strategy, the registered name of the same strategy without a network,
            against which the savings of the network are measured. Its options are a subset of those
            of the seeded strategy.
        example: options for the conformance suite, if some are required.
        network: label of the network that proposes its first population, if any.
        start: where its first population comes from, unless it overrides ``first``: ``uniform``
            (the genomes that all strategies share), ``heard`` (what is heard in the target),
            ``bank`` (its neighbours among known sounds) or ``informed`` (both).
        keep_note: whether the note stays where it is heard, if the target has a clear pitch.

    Args:
        space: the synth's parameters.
        population: size of the first population, the same for every strategy.
        search: the search that agents run, unless the strategy chooses its own.

    Raises:
        ValueError: if an option is invalid for the space or the population.
    """

    control: ClassVar[bool] = False
    reference: ClassVar[bool] = False
    baseline: ClassVar[str] = ""
    example: ClassVar[Mapping[str, Any]] = {}
    network: str | None = None
    start: Start = "uniform"
    keep_note: bool = False

    def __init__(self, space: ParameterSpace, population: int, search: SearchChoice) -> None:
        self.space = space
        self.population = population
        self.search = search

    def renders(self, budget: int) -> int:
        """Return how many renders of the budget it uses; all by default."""
        return budget

    def first(
        self,
        genomes: Genomes,
        hints: Hints,
        random: np.random.Generator,
    ) -> Genomes:
        """Return the first population of a trial.

        Args:
            genomes: the first population that all strategies share, shape (population, genes).
            hints: what is known of the target: what is heard in it and its neighbours in the bank,
                as far as ``start`` and ``keep_note`` want them, and what the strategy's network
                proposes.
            random: a generator for this trial only.

        Returns:
            Complete genomes, shape (n, genes), n from 1 to ``population``.

        Raises:
            ValueError: if a proposal is required and missing.
        """
        return first_population(self.start, genomes, hints, self.space, random)

    def limits(self, hints: Hints) -> Limits | None:
        """Return between which values genes stay, from the first population on; None for all.

        Args:
            hints: what is known of the target.
        """
        return note_limits(self.space, hints.heard) if self.keep_note else None

    def probe(
        self,
        genomes: Genomes,  # noqa: ARG002
        distances: Distances,  # noqa: ARG002
        renders: int,  # noqa: ARG002
        seed: int,  # noqa: ARG002
    ) -> Genomes | None:
        """Return genomes to render before the agents search, besides the first population; or None.

        Args:
            genomes: the first population, shape (population, genes).
            distances: by the trial's fitness, shape (population,).
            renders: how many are left of the budget; probes are charged as ``probe``.
            seed: the same as for ``phases``.

        Returns:
            Complete genomes, shape (n, genes), n at most ``renders``.

        Raises:
            ValueError: if ``renders`` is too small.
        """
        return None

    def learn(self, probed: Genomes, distances: Distances) -> None:  # noqa: B027
        """Learn from the probed genomes; ``phases`` may depend on them afterwards.

        A resumed trial calls only this, so ``probe`` must not store anything.

        Args:
            probed: the genomes that ``probe`` returned, shape (n, genes).
            distances: by the trial's fitness, shape (n,).
        """

    @abstractmethod
    def phases(self, seed: int) -> Sequence[Phase]:
        """Return the phases and their agents; ``seed`` is for random choices."""

    def contexts(
        self,
        phase: Phase,
        standings: Sequence[Standing],
        champion: NDArray[np.float64],
        before: Genomes,
        random: np.random.Generator,
    ) -> list[Genomes]:
        """Return, for each agent, the genomes that complete its candidates in the next round.

        Args:
            phase: the present phase.
            standings: the population of each agent.
            champion: the best complete genome so far, shape (genes,).
            before: what this returned for the first agent last time, shape (collaborators, genes);
                in a phase's first round the champion, shape (1, genes).
            random: a generator for this round only.

        Returns:
            For each agent, complete genomes, shape (collaborators, genes). The agent's own genes in
            them are replaced by those of its candidates.
        """

        def drawn(rank: str) -> NDArray[np.float64]:
            genome = np.empty(len(self.space))
            for agent, standing in zip(phase.agents, standings, strict=True):
                row = int(random.integers(len(standing.genomes))) if rank == "random" else 0
                genome[list(agent.genes)] = standing.genomes[row]
            return genome

        def previous() -> NDArray[np.float64]:
            shown = phase.exchange.collaborators.index("best")
            return np.asarray(before[shown if shown < len(before) else 0])

        chosen: dict[str, Callable[[], NDArray[np.float64]]] = {
            "best": lambda: drawn("best"),
            "random": lambda: drawn("random"),
            "champion": lambda: champion,
            "previous": previous,
        }
        shared = np.stack([chosen[kind]() for kind in phase.exchange.collaborators])
        return [shared] * len(phase.agents)
