"""How a trial advances: a function from its state and the outcomes of a round to the next state.

Nothing here knows of workers: jobs go out, outcomes come in, in any order. Everything that a trial
becomes follows from its config, so that a round can be done again, here or elsewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from common.blame import PluginError
from harness.record.broken_counts import added
from harness.run.broken import WORST, heard
from harness.run.jobs import Job, Outcome, StepJob
from harness.run.trial.assemble import assembled, diversity_row, spread, starts
from harness.run.trial.next_jobs import phase_of, renders_left
from harness.run.trial.plan import TrialPlan
from harness.run.trial.state import (
    AgentState,
    FirstStage,
    ProbeStage,
    SearchStage,
    SoundStage,
    TrialState,
)
from strategies.agent import Report
from strategies.islands import migrants
from strategies.searches.base import Distances, Genomes

Row = dict[str, Any]


def begin(plan: TrialPlan) -> TrialState:
    """Return the state of a trial that has spent nothing."""
    return TrialState(FirstStage(plan.first))


@dataclass(frozen=True)
class _Taken:
    """A round's outcomes, taken in.

    Attributes:
        state: after them.
        improvements: (renders so far, distance) of each.
        evaluated: complete genomes that were rendered.
    """

    state: TrialState
    improvements: list[list[float]]
    evaluated: Genomes


def advance(
    plan: TrialPlan, state: TrialState, jobs: Sequence[Job], outcomes: Sequence[Outcome]
) -> tuple[TrialState, Row | None]:
    """Take in the outcomes of a round.

    Args:
        plan: of the trial.
        state: before the round; it is not changed.
        jobs: as given by ``next_jobs``.
        outcomes: one for each job, in the same order.

    Returns:
        The state after the round, and its row for the journal; None if the row still waits for the
        diversity of its sounds.

    Raises:
        PluginError: if the strategy fails.
    """
    stage = state.stage
    if isinstance(stage, SoundStage):
        row = {**stage.row, "sound": outcomes[0].sound_diversity}
        return replace(state, stage=stage.then, round=state.round + 1), row
    state = replace(state, broken=added([state.broken, *(one.broken for one in outcomes)]))
    taken = _take(plan, state, jobs, outcomes)
    after = _exchanged(plan, taken.state)
    row = _row(plan, after, taken)
    following = _next_phase(plan, after)
    measured = [np.count_nonzero(plan.measures_sounds_at <= s.spent) for s in (state, after)]
    if measured[1] > measured[0]:
        populations = {"assembled": assembled(plan, after), "evaluated": taken.evaluated}
        few = {name: spread(genomes) for name, genomes in populations.items()}
        return replace(following, stage=SoundStage(row, few, following.stage)), None  # type: ignore[arg-type]
    return replace(following, round=state.round + 1), row


def _take(
    plan: TrialPlan, state: TrialState, jobs: Sequence[Job], outcomes: Sequence[Outcome]
) -> _Taken:
    if isinstance(state.stage, FirstStage):
        return _take_first(plan, state, outcomes[0])
    if isinstance(state.stage, ProbeStage):
        return _take_probes(plan, state, state.stage, outcomes[0])
    return _take_steps(state, jobs, outcomes)


def _take_first(plan: TrialPlan, state: TrialState, outcome: Outcome) -> _Taken:
    distances = outcome.distances[plan.fitness]
    genomes = state.stage.genomes[: len(distances)]  # type: ignore[union-attr]
    state, improvements = _charged(state, "first", genomes, distances)
    state = _with_agents(plan, replace(state, stage=SearchStage()), genomes, outcome.distances)
    if state.phase == 0 and (left := plan.budget - state.spent):
        with plan.blaming_strategy():
            probes = plan.strategy(None).probe(genomes, distances, left, plan.seed)
        if probes is not None:
            probes = plan.within(probes)
            state = replace(state, stage=ProbeStage(probes, genomes, outcome.distances))
    return _Taken(state, improvements, genomes)


def _take_probes(plan: TrialPlan, state: TrialState, stage: ProbeStage, outcome: Outcome) -> _Taken:
    """Start again with the agents that follow from the probes, from the same first population."""
    distances = outcome.distances[plan.fitness]
    state, improvements = _charged(state, "probe", stage.probes, distances)
    state = replace(state, stage=SearchStage(), probed=(stage.probes, distances))
    state = _with_agents(plan, state, stage.genomes, stage.distances)
    return _Taken(state, improvements, stage.probes)


def _take_steps(state: TrialState, jobs: Sequence[Job], outcomes: Sequence[Outcome]) -> _Taken:
    agents, improvements, evaluated = list(state.agents), [], []
    for job, outcome in zip(jobs, outcomes, strict=True):
        if not isinstance(job, StepJob) or outcome.report is None:
            raise TypeError("a round of steps holds another job")
        state, kept = _improved(state, outcome.report)
        improvements += kept
        evaluated.append(outcome.report.evaluated)
        before = agents[job.agent]
        standing = outcome.report.standing or before.standing
        agents[job.agent] = AgentState(standing, outcome.state, before.context)
    return _Taken(replace(state, agents=tuple(agents)), improvements, np.concatenate(evaluated))


def _with_agents(
    plan: TrialPlan, state: TrialState, genomes: Genomes, distances: Mapping[str, Distances]
) -> TrialState:
    """Start every agent of the phase with its first population."""
    phase = phase_of(plan, state)
    own = [distances[plan.objective(spec.fitness)] for spec in phase.agents]
    return replace(state, agents=tuple(map(AgentState, starts(phase, genomes, own))))


def _charged(
    state: TrialState, kind: str, genomes: Genomes, distances: Distances
) -> tuple[TrialState, list[list[float]]]:
    report = Report()
    report.note(genomes, distances, {kind: len(genomes)})
    return _improved(state, report)


def _improved(state: TrialState, report: Report) -> tuple[TrialState, list[list[float]]]:
    """Charge a report's renders; also return each improvement as (renders so far, distance)."""
    kept: list[list[float]] = []
    best, champion = state.best, state.champion
    for offset, genome, distance in report.improvements:
        if distance < best:
            best, champion = distance, np.array(genome)
            if distance < WORST:
                kept.append([state.spent + offset, distance])
    ledger = {kind: count + report.renders[kind] for kind, count in state.ledger.items()}
    return replace(state, best=best, champion=champion, ledger=ledger), kept


def _exchanged(plan: TrialPlan, state: TrialState) -> TrialState:
    """Show every agent what the others have become."""
    before = state.agents[0].context
    phase, genes = phase_of(plan, state), len(plan.space)
    random = np.random.default_rng(plan.trial.random("exchange", state.round))
    with plan.blaming_strategy():
        contexts = plan.strategy(state.probed).contexts(
            phase,
            state.standings,
            state.champion,
            state.champion[None] if before is None else before,
            random,
        )
        shapes = [np.shape(context) for context in contexts]
    if len(shapes) != len(phase.agents) or any(
        len(shape) != 2 or shape[0] < 1 or shape[1] != genes for shape in shapes
    ):
        raise PluginError(
            f"strategy {plan.trial.strategy!r}: contexts() gave shapes {shapes}; wanted "
            f"{len(phase.agents)} of (collaborators, {genes})"
        )
    agents, sent = [], migrants(phase, state.standings)
    for spec, agent, context, come in zip(phase.agents, state.agents, contexts, sent, strict=True):
        others = np.ones(genes, dtype=bool)
        others[list(spec.genes)] = False
        # A first population was evaluated as it came, not with these collaborators.
        old = agent.context
        same = old is not None and np.array_equal(old[:, others], context[:, others])
        moved = agent.moved or (bool(others.any()) and not same)
        # A first population has been dealt out already.
        come = come if agent.search is not None else None  # noqa: PLW2901
        agents.append(replace(agent, context=context, moved=moved, migrants=come))
    return replace(state, agents=tuple(agents))


def _next_phase(plan: TrialPlan, state: TrialState) -> TrialState:
    """Go to the next phase, where this one has spent its share."""
    if (
        state.spent >= plan.budget
        or renders_left(plan, state) > 0
        or isinstance(state.stage, ProbeStage)
    ):
        return state
    first = FirstStage(assembled(plan, state, plan.strategy(state.probed).population))
    return replace(state, stage=first, phase=state.phase + 1)


def _row(plan: TrialPlan, state: TrialState, taken: _Taken) -> Row:
    distances = np.concatenate([standing.distances for standing in state.standings])
    return {
        "round": state.round,
        "phase": state.phase,
        "renders": state.spent,
        "ledger": dict(state.ledger),
        "best": state.best,
        "mean": float(heard(distances).mean()),
        "improvements": taken.improvements,
        "diversity": diversity_row(plan, state, taken.evaluated),
    }
