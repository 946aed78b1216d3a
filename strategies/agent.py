"""The step of an agent: a few generations in a given context.

It is a pure function of the search's state and the context, so that it can run on any worker, and
run again if that worker dies.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from strategies.base import AgentSpec, Credit, Standing
from strategies.searches.base import Distances, Genomes, Search, Sight

KINDS = ("first", "probe", "search", "collaborator", "re-evaluation")


@dataclass(frozen=True)
class Scores:
    """How complete genomes were scored.

    Attributes:
        distances: by the trial's fitness, shape (n,).
        objectives: by the agent's own fitness, shape (n,).
        sight: where they differ from the target, for a search that sees.
    """

    distances: Distances
    objectives: Distances
    sight: Sight | None = None


Evaluate = Callable[[Genomes], Scores]


@dataclass(frozen=True)
class Context:
    """The input of a step.

    Attributes:
        collaborators: complete genomes, shape (collaborators, genes).
        credit: how distances with several collaborators are combined.
        moved: whether the collaborators have changed since the last step, so that the distances of
            elites are out of date.
        generations: the most generations to search.
        renders: the most renders to spend.
        done: the share of the phase's renders that was spent before the step, 0 to 1.
        share_of_render: by how much that share grows with each render of this step. If agents
            search in parallel, it includes the renders of the others.
        migrants: what comes from another island before the step, if anything.
    """

    collaborators: Genomes
    credit: Credit
    moved: bool
    generations: int
    renders: int
    done: float = 0.0
    share_of_render: float = 0.0
    migrants: Standing | None = None


@dataclass
class Report:
    """The result of a step, besides the search's new state.

    Attributes:
        standing: the agent's population after the step.
        evaluated: the complete genomes of the last generation, shape (n, genes).
        improvements: (renders since the step began, genome, distance) of every render that was the
            best of this step so far, by the trial's fitness.
        renders: how many renders of each kind were spent.
    """

    standing: Standing | None = None
    evaluated: Genomes = field(default_factory=lambda: np.empty((0, 0)))
    improvements: list[tuple[int, Genomes, float]] = field(default_factory=list)
    renders: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))

    @property
    def spent(self) -> int:
        """The number of renders of the step."""
        return sum(self.renders.values())

    def note(self, genomes: Genomes, distances: Distances, kinds: dict[str, int]) -> None:
        """Count renders, in the order they were made, and record each improvement."""
        best = self.improvements[-1][2] if self.improvements else np.inf
        for i in np.flatnonzero(distances < best):
            if distances[i] < best:
                best = float(distances[i])
                self.improvements.append((self.spent + int(i) + 1, genomes[i], best))
        for kind, count in kinds.items():
            self.renders[kind] += count


def step(spec: AgentSpec, search: Search, context: Context, evaluate: Evaluate) -> Report:
    """Run an agent's search.

    Args:
        spec: the agent.
        search: its search, in the state after the last step; changed in place.
        context: collaborators, credit and the limits of the step.
        evaluate: a function that renders and scores complete genomes.

    Returns:
        The report; it never has more renders than ``context.renders``.
    """
    report = Report()
    if context.migrants is not None:
        search.receive(context.migrants.genomes, context.migrants.distances)
    if context.moved and len(elites := search.elites()):
        credited, sight = _credited(spec, elites, context, evaluate, report, kind="re-evaluation")
        if sight is not None:
            search.see(sight)
        search.renew(credited)
    for _ in range(context.generations):
        if report.spent >= context.renders:
            break
        search.pace(min(1.0, context.done + context.share_of_render * report.spent))
        asked = search.ask()
        credited, sight = _credited(spec, asked, context, evaluate, report, kind="search")
        if sight is not None:
            search.see(sight)
        search.tell(asked[: len(credited)], credited)
    report.standing = Standing(*search.members())
    return report


def _credited(
    spec: AgentSpec,
    asked: Genomes,
    context: Context,
    evaluate: Evaluate,
    report: Report,
    *,
    kind: str,
) -> tuple[Distances, Sight | None]:
    """Evaluate as many sub-genomes as ``context.renders`` allows, each with every collaborator."""
    left = context.renders - report.spent
    # The last renders of a budget may be too few for all collaborators: use the first ones.
    collaborators = context.collaborators[: max(left, 1)]
    asked = asked[: left // len(collaborators)]
    complete = np.repeat(collaborators[None], len(asked), axis=0)
    complete[:, :, list(spec.genes)] = asked[:, None, :]
    flat = complete.reshape(-1, collaborators.shape[1])
    scores = evaluate(flat)
    extra = len(flat) - len(asked)
    report.note(flat, scores.distances, {kind: len(asked), "collaborator": extra})
    report.evaluated = flat
    by_candidate = scores.objectives.reshape(len(asked), len(collaborators))
    credited = by_candidate.min(axis=1) if context.credit == "max" else by_candidate.mean(axis=1)
    # What a candidate sounds like beside several collaborators is not one sound.
    return np.asarray(credited), scores.sight if len(collaborators) == 1 else None
