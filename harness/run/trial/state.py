"""The state of a trial: frozen, and everything that changes from round to round.

A round turns one state into the next; nothing is ever half-changed. A *stage* says what the next
round does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from strategies.agent import KINDS
from strategies.base import Standing
from strategies.searches.base import Distances, Genomes


@dataclass(frozen=True)
class FirstStage:
    """The first population of a phase is evaluated.

    Attributes:
        genomes: complete ones, shape (n, genes).
    """

    genomes: Genomes


@dataclass(frozen=True)
class ProbeStage:
    """What the strategy asked to probe is evaluated.

    Attributes:
        probes: complete genomes, shape (n, genes).
        genomes: the first population, with which the agents start afterwards.
        distances: label to its distances.
    """

    probes: Genomes
    genomes: Genomes
    distances: Mapping[str, Distances]


@dataclass(frozen=True)
class SearchStage:
    """The agents search."""


@dataclass(frozen=True)
class SoundStage:
    """The diversity of the sounds is measured, without charge.

    Attributes:
        row: of the journal, which waits for it.
        populations: name to complete genomes, shape (n, genes).
        then: the stage that follows.
    """

    row: Mapping[str, Any]
    populations: Mapping[str, Genomes]
    then: "FirstStage | ProbeStage | SearchStage"


Stage = FirstStage | ProbeStage | SearchStage | SoundStage


@dataclass(frozen=True)
class AgentState:
    """One agent between two rounds.

    Attributes:
        standing: its ranked population.
        search: the state of its search; None at the beginning of a phase.
        context: collaborators, shape (collaborators, genes); None before the first exchange.
        moved: whether its context has changed since its last step.
        migrants: what its next step begins with from another island; None without migration.
    """

    standing: Standing
    search: Mapping[str, Any] | None = None
    context: Genomes | None = None
    moved: bool = False
    migrants: Standing | None = None

    def plain(self) -> dict[str, Any]:
        """Return the state as arrays and plain values, for a checkpoint."""
        migrants = self.migrants
        return {
            "genomes": self.standing.genomes,
            "distances": self.standing.distances,
            "search": self.search,
            "context": self.context,
            "moved": self.moved,
            # Left out where there are none, so that other checkpoints stay as they were.
            **({} if migrants is None else {"migrants": [migrants.genomes, migrants.distances]}),
        }


@dataclass(frozen=True)
class TrialState:
    """A trial between two rounds.

    Attributes:
        stage: what the next round does.
        phase: number of the phase.
        round: number of the next row.
        agents: those of the phase; none before the first population is evaluated.
        champion: the best complete genome so far, shape (genes,).
        best: its distance.
        ledger: how many renders of each kind were charged.
        probed: the probes and their distances, once they are known.
        broken: reason to how many candidates were broken so far.
    """

    stage: Stage
    phase: int = 0
    round: int = 0
    agents: tuple[AgentState, ...] = ()
    champion: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    best: float = np.inf
    ledger: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    probed: tuple[Genomes, Distances] | None = None
    broken: Mapping[str, int] = field(default_factory=dict)

    @property
    def spent(self) -> int:
        """All renders so far."""
        return sum(self.ledger.values())

    @property
    def standings(self) -> list[Standing]:
        """The populations of the agents."""
        return [agent.standing for agent in self.agents]

    def plain(self) -> dict[str, Any]:
        """Return the state as arrays and plain values, for a checkpoint."""
        return {
            "stage": _plain_stage(self.stage),
            "phase": self.phase,
            "round": self.round,
            "agents": [agent.plain() for agent in self.agents],
            "champion": self.champion,
            "best": self.best,
            "ledger": dict(self.ledger),
            "probed": self.probed,
            # Left out where there are none: most checkpoints are those of earlier versions.
            **({"broken": dict(self.broken)} if self.broken else {}),
        }


def restored(plain: Mapping[str, Any]) -> TrialState:
    """Return the state that ``TrialState.plain`` was made from."""
    agents = tuple(
        AgentState(
            Standing(agent["genomes"], agent["distances"]),
            agent["search"],
            agent["context"],
            agent["moved"],
            Standing(*agent["migrants"]) if "migrants" in agent else None,
        )
        for agent in plain["agents"]
    )
    probed = plain["probed"]
    return TrialState(
        _restored_stage(plain["stage"]),
        plain["phase"],
        plain["round"],
        agents,
        plain["champion"],
        plain["best"],
        dict(plain["ledger"]),
        None if probed is None else (probed[0], probed[1]),
        plain.get("broken", {}),
    )


_STAGES: dict[str, type[Any]] = {
    "first": FirstStage,
    "probe": ProbeStage,
    "search": SearchStage,
    "sound": SoundStage,
}
_NAMES = {cls: name for name, cls in _STAGES.items()}


def _plain_stage(stage: Stage) -> dict[str, Any]:
    values = dict(vars(stage))
    if isinstance(stage, SoundStage):
        values["then"] = _plain_stage(stage.then)
    return {"stage": _NAMES[type(stage)], **values}


def _restored_stage(plain: Mapping[str, Any]) -> Any:
    values = {key: value for key, value in plain.items() if key != "stage"}
    if "then" in values:
        values["then"] = _restored_stage(values["then"])
    return _STAGES[plain["stage"]](**values)
