"""The jobs of a trial's next round; they do not depend on each other."""

from harness.run.jobs import FirstJob, Job, JudgeJob, ProbeJob, SoundJob, StepJob
from harness.run.trial.plan import TrialPlan
from harness.run.trial.state import FirstStage, ProbeStage, SoundStage, TrialState
from strategies.agent import Context
from strategies.base import Phase


def finished(plan: TrialPlan, state: TrialState) -> bool:
    """Whether the budget is spent and everything is measured."""
    return state.spent >= plan.budget and not isinstance(state.stage, SoundStage)


def phase_of(plan: TrialPlan, state: TrialState) -> Phase:
    """The phase that runs."""
    return plan.phases(state.probed)[state.phase]


def renders_left(plan: TrialPlan, state: TrialState) -> int:
    """How many renders the phase may still spend."""
    return max(0, plan.end(state.phase, state.probed) - state.spent)


def next_jobs(plan: TrialPlan, state: TrialState) -> list[Job]:
    """Return the jobs of the next round.

    Once the trial is finished that is the one that judges its champion.
    """
    stage = state.stage
    if isinstance(stage, SoundStage):
        return [SoundJob(stage.populations)]
    if finished(plan, state):
        return [JudgeJob(state.champion, collectors=_collectors(plan, state))]
    if isinstance(stage, FirstStage):
        # A phase gets its first population even where its share of the budget is smaller.
        genomes = stage.genomes[: plan.budget - state.spent]
        return [FirstJob(genomes, _keys(plan, phase_of(plan, state)))]
    if isinstance(stage, ProbeStage):
        return [ProbeJob(stage.probes, (plan.fitness,))]
    active = _active(plan, state)
    share, extra = divmod(renders_left(plan, state), len(active))
    allowed = [share + (i < extra) for i in range(len(active))]
    return [
        _step(plan, state, agent, renders)
        for agent, renders in zip(active, allowed, strict=True)
        if renders
    ]


def _collectors(plan: TrialPlan, state: TrialState) -> tuple[StepJob, ...]:
    """What the searches of the first seed have found besides the champion is kept, to be shown.

    An agent of a society has only parts of sounds.
    """
    if plan.trial.seed:
        return ()
    agents = phase_of(plan, state).agents
    whole = [i for i, agent in enumerate(agents) if len(agent.genes) == len(plan.space)]
    return tuple(_step(plan, state, number, 0) for number in whole)


def _keys(plan: TrialPlan, phase: Phase) -> tuple[str, ...]:
    """The trial's fitness, then the atomic ones."""
    atomic = {plan.objective(agent.fitness) for agent in phase.agents}
    return (plan.fitness, *sorted(atomic - {plan.fitness}))


def _active(plan: TrialPlan, state: TrialState) -> list[int]:
    phase = phase_of(plan, state)
    if phase.exchange.turns == "in_turn":
        return [state.round % len(phase.agents)]
    return list(range(len(phase.agents)))


def _step(plan: TrialPlan, state: TrialState, number: int, renders: int) -> StepJob:
    phase, agent = phase_of(plan, state), state.agents[number]
    if agent.context is None:
        raise TypeError(f"agent {number} has no collaborators yet")
    # From the ledger alone, so that a resumed trial keeps its pace.
    begin = plan.end(state.phase - 1, state.probed) if state.phase else 0
    length = plan.end(state.phase, state.probed) - begin
    context = Context(
        agent.context,
        phase.exchange.credit,
        agent.moved,
        phase.exchange.every,
        renders,
        done=(state.spent - begin) / length,
        share_of_render=len(_active(plan, state)) / length,
        migrants=agent.migrants,
    )
    spec = phase.agents[number]
    seed = int(plan.trial.random("search", state.phase, number).generate_state(1)[0])
    standing = agent.standing
    start = None if agent.search is not None else (standing.genomes, standing.distances)
    objective = plan.objective(spec.fitness)
    limits = None if plan.limits is None else plan.limits.of(spec.genes)
    return StepJob(
        number, spec, seed, agent.search, start, context, plan.fitness, objective, limits
    )
