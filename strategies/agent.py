"""The step of an agent: a few generations in a given context.

A pure function of the search's state and the context, so that a step can run on any worker, and be
done again if that worker dies.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from strategies.base import AgentSpec, Credit, Standing
from strategies.searches.base import Distances, Genomes, Search

# Complete genomes to (distances by the trial's fitness, distances by the agent's own objective).
Evaluate = Callable[[Genomes], tuple[Distances, Distances]]

KINDS = ("first", "probe", "search", "collaborator", "re-evaluation")


@dataclass(frozen=True)
class Context:
    """What a step is given.

    Attributes:
        collaborators: complete genomes, shape (collaborators, genes).
        credit: what several collaborators amount to.
        moved: whether the collaborators differ from the last step's, so that elites are stale.
        generations: how many generations to search at the most.
        renders: how many renders may be spent; all that a full generation allows are.
        done: the share of the phase's renders that were spent before the step, 0 to 1.
        share_of_render: by how much that share grows with a render of this step: as much as the
            renders that all agents make meanwhile, where they search side by side.
    """

    collaborators: Genomes
    credit: Credit
    moved: bool
    generations: int
    renders: int
    done: float = 0.0
    share_of_render: float = 0.0


@dataclass
class Report:
    """What a step gives back besides the search's new state.

    Attributes:
        standing: the agent's population after the step.
        evaluated: the complete genomes of the last generation, shape (n, genes).
        improvements: (renders since the step began, genome, distance) whenever a render was closer
            to the target than all before it in this step, by the trial's fitness.
        renders: how many of each kind were spent.
    """

    standing: Standing | None = None
    evaluated: Genomes = field(default_factory=lambda: np.empty((0, 0)))
    improvements: list[tuple[int, Genomes, float]] = field(default_factory=list)
    renders: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))

    @property
    def spent(self) -> int:
        """All renders of the step."""
        return sum(self.renders.values())

    def note(self, genomes: Genomes, distances: Distances, kinds: dict[str, int]) -> None:
        """Count renders, in the order in which they were made, and keep each that improved."""
        best = self.improvements[-1][2] if self.improvements else np.inf
        for i in np.flatnonzero(distances < best):
            if distances[i] < best:
                best = float(distances[i])
                self.improvements.append((self.spent + int(i) + 1, genomes[i], best))
        for kind, count in kinds.items():
            self.renders[kind] += count


def step(spec: AgentSpec, search: Search, context: Context, evaluate: Evaluate) -> Report:
    """Let an agent search.

    Args:
        spec: the agent.
        search: its algorithm in the state of the last step; changed in place.
        context: collaborators, credit and allowance.
        evaluate: renders and scores complete genomes.

    Returns:
        What happened; never more renders than ``context.renders``.
    """
    report = Report()
    if context.moved and len(elites := search.elites()):
        credited = _credited(spec, elites, context, evaluate, report, "re-evaluation")
        search.renew(credited)
    for _ in range(context.generations):
        if report.spent >= context.renders:
            break
        search.pace(min(1.0, context.done + context.share_of_render * report.spent))
        asked = search.ask()
        credited = _credited(spec, asked, context, evaluate, report, "search")
        search.tell(asked[: len(credited)], credited)
    report.standing = Standing(*search.members())
    return report


def _credited(
    spec: AgentSpec,
    asked: Genomes,
    context: Context,
    evaluate: Evaluate,
    report: Report,
    kind: str,
) -> Distances:
    """Evaluate as many sub-genomes as the allowance lasts for, each with every collaborator."""
    left = context.renders - report.spent
    # The last renders of a budget may not last for all collaborators: the first ones serve.
    collaborators = context.collaborators[: max(left, 1)]
    asked = asked[: left // len(collaborators)]
    complete = np.repeat(collaborators[None], len(asked), axis=0)
    complete[:, :, list(spec.genes)] = asked[:, None, :]
    flat = complete.reshape(-1, collaborators.shape[1])
    distances, objectives = evaluate(flat)
    extra = len(flat) - len(asked)
    report.note(flat, distances, {kind: len(asked), "collaborator": extra})
    report.evaluated = flat
    by_candidate = objectives.reshape(len(asked), len(collaborators))
    return np.asarray(
        by_candidate.min(axis=1) if context.credit == "max" else by_candidate.mean(axis=1)
    )
