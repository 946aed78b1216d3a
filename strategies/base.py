"""What every strategy is: who the agents are, what they exchange, where they start.

End-to-end is a society of one. Every strategy runs through the same code; it differs only in the
phases it describes here.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from strategies.proposal import Proposal
from strategies.searches.base import Distances, Genomes
from synth.space import ParameterSpace

Collaborator = Literal["best", "champion", "random", "previous"]
Credit = Literal["max", "mean"]
Turns = Literal["parallel", "in_turn"]


@dataclass(frozen=True)
class SearchChoice:
    """Which search an agent runs: its registered name and its options."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class AgentSpec:
    """One agent: a search over some of the genes.

    Attributes:
        name: unique within its phase.
        genes: positions in the genome that it owns; the agents of a phase own each gene once.
        search: the algorithm it runs.
        population: how many sub-genomes a generation has.
        fitness: the atomic fitness it listens to instead of the trial's, if any.
    """

    name: str
    genes: tuple[int, ...]
    search: SearchChoice
    population: int
    fitness: str | None = None


@dataclass(frozen=True)
class Exchange:
    """How agents learn of each other.

    Attributes:
        collaborators: with whose genes a sub-genome is completed; one render for each.
            ``best``: every other agent's best; ``champion``: the best complete genome so far;
            ``random``: a random member of every other agent; ``previous``: the best before the last
            exchange, only together with ``best``.
        credit: what a sub-genome is credited with when it has several collaborators: ``max`` the
            best of its distances, ``mean`` their mean (Wiegand, Liles & De Jong 2001).
        every: generations between two exchanges.
        turns: whether all agents search between two exchanges, or one after the other.

    Raises:
        ValueError: for an unknown or missing collaborator, credit or turn, ``previous`` without
            ``best``, or ``every`` below 1.
    """

    collaborators: tuple[Collaborator, ...] = ("best",)
    credit: Credit = "max"
    every: int = 1
    turns: Turns = "parallel"

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


@dataclass(frozen=True)
class Phase:
    """A stretch of a trial with the same agents.

    Attributes:
        agents: at least one; together they own every gene once.
        exchange: how they learn of each other.
        share: the part of the whole budget that is spent when the phase ends, above 0 to 1.
    """

    agents: tuple[AgentSpec, ...]
    exchange: Exchange = Exchange()
    share: float = 1.0


@dataclass(frozen=True)
class Standing:
    """What one agent shows the others after a round: its ranked population, best first.

    Attributes:
        genomes: sub-genomes, shape (n, genes it owns).
        distances: what they are credited with, shape (n,).
    """

    genomes: Genomes
    distances: Distances


class Strategy(ABC):
    """Describes who searches for what; further keyword-only arguments are options of experiments.

    Attributes:
        control: whether the others are only compared with it, as with random search.
        reference: whether the scale of distances is set by where it ends; random search.
        baseline: registered name of the same strategy without a network, for a seeded one: what
            the network saves is measured against it. The baseline's options are a part of its own.
        example: options for the conformance suite, if there are some that must be given.
        network: label of the network whose proposal its first population is drawn from, if any.

    Args:
        space: the synth's parameters.
        population: how many genomes the first population has, the same for every strategy.
        search: the algorithm that agents run unless the strategy chooses its own.

    Raises:
        ValueError: if an option does not fit the space or the population.
    """

    control: ClassVar[bool] = False
    reference: ClassVar[bool] = False
    baseline: ClassVar[str] = ""
    example: ClassVar[Mapping[str, Any]] = {}
    network: str | None = None

    def __init__(self, space: ParameterSpace, population: int, search: SearchChoice) -> None:
        self.space = space
        self.population = population
        self.search = search

    def renders(self, budget: int) -> int:
        """Say how many renders of the budget it wants; all, unless it knows that fewer will do."""
        return budget

    def first(
        self,
        genomes: Genomes,
        proposal: Proposal | None,  # noqa: ARG002
        random: np.random.Generator,  # noqa: ARG002
    ) -> Genomes:
        """Say where a trial begins.

        Args:
            genomes: the first population that all strategies share, shape (population, genes).
            proposal: what the strategy's network proposes for the target; None without one.
            random: draws of this trial alone.

        Returns:
            Complete genomes, shape (n, genes), 1 to population of them.

        Raises:
            ValueError: if it needs a proposal and there is none.
        """
        return genomes

    def probe(
        self,
        genomes: Genomes,  # noqa: ARG002
        distances: Distances,  # noqa: ARG002
        renders: int,  # noqa: ARG002
        seed: int,  # noqa: ARG002
    ) -> Genomes | None:
        """Say what to render besides the first population, before agents search; None for nothing.

        Args:
            genomes: the first population, shape (population, genes).
            distances: by the trial's fitness, shape (population,).
            renders: how many the budget still has; what is asked for is charged as ``probe``.
            seed: as ``phases`` is given.

        Returns:
            Complete genomes, shape (n, genes), n at most ``renders``.

        Raises:
            ValueError: if ``renders`` are too few.
        """
        return None

    def learn(self, probed: Genomes, distances: Distances) -> None:  # noqa: B027
        """Take in what was probed; ``phases`` may then say others, by the same atomic fitness.

        A trial that is taken up again only calls this: nothing else of ``probe`` may be remembered.

        Args:
            probed: as ``probe`` gave them, shape (n, genes).
            distances: by the trial's fitness, shape (n,).
        """

    @abstractmethod
    def phases(self, seed: int) -> Sequence[Phase]:
        """Say who the agents are, phase by phase; ``seed`` is for what is dealt at random."""

    def contexts(
        self,
        phase: Phase,
        standings: Sequence[Standing],
        champion: NDArray[np.float64],
        before: Genomes,
        random: np.random.Generator,
    ) -> list[Genomes]:
        """Say what the others look like to each agent, after a round.

        Args:
            phase: the phase that runs.
            standings: one for each agent.
            champion: the best complete genome so far, shape (genes,).
            before: what this gave the first agent last time, shape (collaborators, genes); in a
                phase's first round the champion, shape (1, genes).
            random: draws that belong to this round alone.

        Returns:
            For each agent complete genomes, shape (collaborators, genes); the agent's own genes in
            them are replaced by its candidates'.
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
