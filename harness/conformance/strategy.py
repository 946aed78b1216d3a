"""What the harness counts on in a strategy: its description, and a whole trial of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.conformance.subject import Check, Subject, Unfit, want
from harness.plan.comparison import Comparison
from harness.plan.experiment import Experiment
from harness.plan.options import checked_options
from harness.plan.resolve import atomic_fitness, resolve
from harness.plan.strategies import check_phases
from harness.plan.trials import trials_of
from harness.record.packing import pack, unpack
from harness.run.evaluator import Evaluator
from harness.run.jobs import Outcome, perform
from harness.run.problem import problem_of
from harness.run.trial.advance import advance, begin
from harness.run.trial.next_jobs import finished, next_jobs, phase_of
from harness.run.trial.plan import TrialPlan
from harness.run.trial.state import restored
from simd import Audio
from strategies.base import Phase, SearchChoice, Strategy
from strategies.hints import Hints
from strategies.proposal import Proposal
from synth.subtractive.voice import Subtractive

_SEEDS = range(4)
# A prime: whatever strategies divide by, the last generation is cut short.
_POPULATION, _BUDGET = 16, 199
_RATE, _SECONDS = 8_000, 0.05


class _Counting(Subtractive):
    """Counts what it renders, apart from every ledger."""

    rendered = 0

    def render_block(self, genomes: NDArray[np.float64]) -> Audio:
        """Render and count."""
        self.rendered += len(genomes)
        return super().render_block(genomes)


@dataclass(frozen=True)
class _Rehearsal:
    """A small comparison, in which the strategy under test takes the place of ``end_to_end``."""

    subject: Subject
    comparison: Comparison
    proposal: Proposal | None

    def strategy(self) -> Strategy:
        """Make the strategy under test."""
        comparison = self.comparison
        search = comparison.strategies["end_to_end"].options["search"]
        choice = SearchChoice(search["name"], search["options"])
        made: Strategy = self.subject.make(comparison.space, _POPULATION, choice)
        return made

    def plan(self) -> TrialPlan:
        """Plan its one trial."""
        (trial,) = trials_of(self.comparison)
        return TrialPlan(self.comparison, trial, Hints(self.proposal), self.strategy)


def _made(subject: Subject) -> str:
    """It can be made, for the built-in synth and search.

    The constructor takes space, population and search, passes them to super().__init__, and
    phases returns a list of Phase.
    """
    rehearsal = _rehearsal(subject)
    phases = rehearsal.strategy().phases(0)
    comparison = rehearsal.comparison
    check_phases("under test", phases, len(comparison.space), comparison.registry)
    return f"agents: {', then '.join(str(len(phase.agents)) for phase in phases)}"


def _owned(subject: Subject) -> str:
    """In each phase, each gene is owned once or by all, and agents have names of their own.

    Deal every gene of self.space to one agent of a phase, or all of them to all agents, and give
    agents different names.
    """
    for phase in _all_phases(subject):
        _want_owned(phase, len(_rehearsal(subject).comparison.space))
    return ""


def _want_owned(phase: Phase, genes: int) -> None:
    owners = phase.agents[:1] if phase.islands else phase.agents
    owned = [gene for agent in owners for gene in agent.genes]
    twice = {gene for gene in owned if owned.count(gene) > 1}
    want(not twice, f"gene {min(twice, default=0)} is owned twice")
    want(set(owned) == set(range(genes)), f"{len(owned)} genes are owned; wanted all {genes}")
    names = [agent.name for agent in phase.agents]
    want(len(set(names)) == len(names), f"agents {names} share a name")


def _shares(subject: Subject) -> str:
    """Shares of the budget increase, above 0 and up to 1.

    Give the phases shares that grow; the last one ends the budget.
    """
    for seed in _SEEDS:
        shares = [phase.share for phase in _phases(subject, seed)]
        want(shares, "there is no phase")
        want(all(0 < share <= 1 for share in shares), f"shares {shares}; allowed: above 0 to 1")
        want((np.diff(shares) > 0).all(), f"shares {shares} do not increase")
    return ""


def _searches(subject: Subject) -> str:
    """Each agent's search is registered and can do with its genes and population.

    Use self.search, or the registered name of another search and a population that it can do
    with.
    """
    registry = _rehearsal(subject).comparison.registry
    for phase in _all_phases(subject):
        for agent in phase.agents:
            cls = registry.get("search", agent.search.name)
            options = checked_options(cls, agent.search.options, f"search of {agent.name}")
            least = cls.smallest_population
            want(
                agent.population >= least, f"{agent.name}: population {agent.population} < {least}"
            )
            cls(len(agent.genes), agent.population, 0, **options)
            if agent.fitness is not None:
                registry.get("fitness", agent.fitness)
    return ""


def _repeats(subject: Subject) -> str:
    """The same seed gives the same phases.

    Draw from np.random.default_rng(seed), and keep nothing between calls.
    """
    for seed in _SEEDS:
        want(_phases(subject, seed) == _phases(subject, seed), f"seed {seed} gave other phases")
    return ""


def _budget(subject: Subject) -> str:
    """In a whole trial, the ledger is what was rendered, at the end just what it wants.

    Let probe return no more genomes than renders are left, and renders() no more than the
    budget.
    """
    rows = _rehearsed(subject)
    return f"{len(rows)} rounds, {rows[-1]['renders']} renders"


def _again(subject: Subject) -> str:
    """The same trial gives the same rows, in whatever order its jobs are done.

    Let contexts depend on its arguments alone.
    """
    _want_same(_rehearsed(subject), _rehearsed(subject, backwards=True))
    return ""


def _resumed(subject: Subject) -> str:
    """A trial that is saved and resumed after every round gives the same rows.

    Keep nothing between calls but what learn received.
    """
    _want_same(_rehearsed(subject), _rehearsed(subject, reload=True))
    return ""


@lru_cache(maxsize=1)
def _rehearsal(subject: Subject) -> _Rehearsal:
    given: dict[str, Any] = {
        "name": "conformance",
        "budget": _BUDGET,
        "population": _POPULATION,
        "seeds": 1,
        "listens": 0,
        "targets": [{"contrived": 0, "seconds": _SECONDS, "sample_rate": _RATE}],
        "fitness": ["waveform"],
        "judges": [],
        "strategies": ["end_to_end"],
        "plugins": [str(file.resolve()) for file in subject.files],
    }
    comparison = resolve(Experiment.model_validate(given), Path())
    network = subject.make(Subtractive.space, _POPULATION, SearchChoice("ga")).network
    # A uniform proposal takes the place of a trained network's.
    circular = np.array([parameter.circular for parameter in comparison.space])
    flat = Proposal(np.full((len(circular), 2), 0.5), circular)
    rehearsal = _Rehearsal(subject, comparison, None if network is None else flat)
    phases = {"": [phase for seed in _SEEDS for phase in rehearsal.strategy().phases(seed)]}
    atomic = atomic_fitness(phases, comparison.registry)
    return replace(rehearsal, comparison=replace(comparison, atomic=atomic))


def _phases(subject: Subject, seed: int) -> list[Phase]:
    return list(_rehearsal(subject).strategy().phases(seed))


def _all_phases(subject: Subject) -> list[Phase]:
    return [phase for seed in _SEEDS for phase in _phases(subject, seed)]


def _rehearsed(
    subject: Subject, *, backwards: bool = False, reload: bool = False
) -> list[dict[str, Any]]:
    """Run a trial in this process, and compare the ledger with the renders counted.

    Args:
        subject: the strategy.
        backwards: do the jobs of a round in the opposite order.
        reload: save and restore the state after every round.

    Returns:
        The rows of all rounds, and the final judgement as the last.
    """
    rehearsal = _rehearsal(subject)
    comparison = rehearsal.comparison
    (target,) = comparison.targets
    evaluator = Evaluator(problem_of(comparison, target))
    evaluator.synth = counting = _Counting(_RATE, round(_SECONDS * _RATE))
    plan, rows = rehearsal.plan(), []
    state = begin(plan)
    while not finished(plan, state):
        before, jobs = state.spent, next_jobs(plan, state)
        order = range(len(jobs))[:: -1 if backwards else 1]
        done: dict[int, Outcome] = {
            i: perform(jobs[i], evaluator, comparison.registry) for i in order
        }
        state, row = advance(plan, state, jobs, [done[i] for i in range(len(jobs))])
        rows += [row] if row is not None else []
        counted = counting.rendered
        want(state.spent == counted, f"the ledger says {state.spent} renders, {counted} were made")
        want(state.spent <= _BUDGET, f"{state.spent} renders of a budget of {_BUDGET}")
        want(state.spent > before, f"a round spent nothing, at {before} renders of {_BUDGET}")
        # Probes may have led to other agents.
        _want_owned(phase_of(plan, state), len(comparison.space))
        if reload:
            plan, state = rehearsal.plan(), restored(unpack(pack(state.plain())))
    wanted = rehearsal.strategy().renders(_BUDGET)
    want(0 < wanted <= _BUDGET, f"wants {wanted} renders of a budget of {_BUDGET}")
    want(state.spent == wanted, f"{state.spent} renders at the end; wanted {wanted}")
    (judge,) = next_jobs(plan, state)
    distance = perform(judge, evaluator, comparison.registry).distances["waveform"][0]
    if distance != state.best:
        raise Unfit(f"the best distance is reported as {state.best:.6g}, and is {distance:.6g}")
    return rows


def _want_same(one: Sequence[dict[str, Any]], other: Sequence[dict[str, Any]]) -> None:
    want(len(one) == len(other), f"{len(one)} rounds, then {len(other)}")
    for row, again in zip(one, other, strict=True):
        differ = [key for key in row if row[key] != again[key]]
        want(not differ, f"round {row['round']}: {', '.join(differ)} differ")


CHECKS: tuple[Check, ...] = (
    _made,
    _owned,
    _shares,
    _searches,
    _repeats,
    _budget,
    _again,
    _resumed,
)
