"""What the harness counts on in a strategy: its description, and a whole trial of it."""

from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.conformance.subject import Check, Subject, Unfit, want
from harness.plan.comparison import Comparison
from harness.plan.experiment import Experiment
from harness.plan.options import checked_options
from harness.record.packing import pack, unpack
from harness.run.evaluator import Bound
from harness.run.jobs import Outcome, perform
from harness.run.problem import problem_of
from harness.run.trial import TrialRun
from strategies.base import Phase, SearchChoice, Strategy
from strategies.proposal import Proposal
from synth.base import Sounds
from synth.subtractive.voice import Subtractive

_SEEDS = range(4)
# A prime: whatever strategies divide by, the last generation is cut short.
_POPULATION, _BUDGET = 16, 199
_RATE, _SECONDS = 8_000, 0.05


class _Counting(Subtractive):
    """Counts what it renders, apart from every ledger."""

    rendered = 0

    def render_block(self, genomes: NDArray[np.float64]) -> Sounds:
        """Render and count."""
        self.rendered += len(genomes)
        return super().render_block(genomes)


class _Rehearsal(Comparison):
    """A small comparison of the strategy under test alone."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        given: dict[str, Any] = {
            "name": "conformance",
            "budget": _BUDGET,
            "population": _POPULATION,
            "listens": 0,
            "targets": [{"contrived": 0, "seconds": _SECONDS, "sample_rate": _RATE}],
            "fitness": ["waveform"],
            "judges": [],
            # The place in the grid that the strategy under test takes.
            "strategies": ["end_to_end"],
            "plugins": [str(file.resolve()) for file in subject.files],
        }
        network = subject.make(Subtractive.space, _POPULATION, SearchChoice("ga")).network
        if network is not None:
            given["networks"] = [{"name": "features_mlp", "label": network}]
        super().__init__(Experiment.model_validate(given), Path())
        # Not a trained one's: it knows nothing, but of whatever it is asked.
        circular = np.array([parameter.circular for parameter in self.space])
        flat = Proposal(np.full((len(circular), 2), 0.5), circular)
        self.proposals = {(network or "", target): flat for target in self.targets}

    @cached_property
    def choice(self) -> SearchChoice:
        """The search that agents run."""
        return SearchChoice(self.search.name, self.search.options)

    def strategy(self, label: str) -> Strategy:  # noqa: ARG002
        """The strategy under test."""
        made: Strategy = self._subject.make(self.space, _POPULATION, self.choice)
        return made


def _made(subject: Subject) -> str:
    """It can be made, for the built-in synth and search."""
    phases = _rehearsal(subject).strategy("").phases(0)
    return f"agents: {', then '.join(str(len(phase.agents)) for phase in phases)}"


def _owned(subject: Subject) -> str:
    """In each phase, each gene is owned once, and agents have names of their own."""
    for phase in _all_phases(subject):
        _want_owned(phase, len(_rehearsal(subject).space))
    return ""


def _want_owned(phase: Phase, genes: int) -> None:
    owned = [gene for agent in phase.agents for gene in agent.genes]
    twice = {gene for gene in owned if owned.count(gene) > 1}
    want(not twice, f"gene {min(twice, default=0)} is owned twice")
    want(set(owned) == set(range(genes)), f"{len(owned)} genes are owned; wanted all {genes}")
    names = [agent.name for agent in phase.agents]
    want(len(set(names)) == len(names), f"agents {names} share a name")


def _shares(subject: Subject) -> str:
    """Shares of the budget increase, above 0 and up to 1."""
    for seed in _SEEDS:
        shares = [phase.share for phase in _phases(subject, seed)]
        want(shares, "there is no phase")
        want(all(0 < share <= 1 for share in shares), f"shares {shares}; allowed: above 0 to 1")
        want((np.diff(shares) > 0).all(), f"shares {shares} do not increase")
    return ""


def _searches(subject: Subject) -> str:
    """Each agent's search is registered and can do with its genes and population."""
    registry = _rehearsal(subject).registry
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
    """The same seed gives the same phases."""
    for seed in _SEEDS:
        want(_phases(subject, seed) == _phases(subject, seed), f"seed {seed} gave other phases")
    return ""


def _budget(subject: Subject) -> str:
    """In a whole trial, the ledger is what was rendered, at the end just what it wants."""
    rows = _rehearsed(subject)
    return f"{len(rows)} rounds, {rows[-1]['renders']} renders"


def _again(subject: Subject) -> str:
    """The same trial gives the same rows, in whatever order its jobs are done."""
    _want_same(_rehearsed(subject), _rehearsed(subject, backwards=True))
    return ""


def _resumed(subject: Subject) -> str:
    """A trial that is put away after every round and taken up again gives the same rows."""
    _want_same(_rehearsed(subject), _rehearsed(subject, put_away=True))
    return ""


@lru_cache(maxsize=1)
def _rehearsal(subject: Subject) -> _Rehearsal:
    return _Rehearsal(subject)


def _phases(subject: Subject, seed: int) -> list[Phase]:
    return list(_rehearsal(subject).strategy("").phases(seed))


def _all_phases(subject: Subject) -> list[Phase]:
    return [phase for seed in _SEEDS for phase in _phases(subject, seed)]


def _rehearsed(
    subject: Subject, *, backwards: bool = False, put_away: bool = False
) -> list[dict[str, Any]]:
    """Run a trial in this process, and compare the ledger with the renders counted.

    Args:
        subject: the strategy.
        backwards: do the jobs of a round in the opposite order.
        put_away: save, and take up again, after every round.

    Returns:
        The rows of all rounds, and the final judgement as the last.
    """
    comparison = _rehearsal(subject)
    (target,) = comparison.targets
    bound = Bound(problem_of(comparison, target))
    bound.synth = counting = _Counting(_RATE, round(_SECONDS * _RATE))
    trial = comparison.trials()[0]
    run, rows = TrialRun(comparison, trial), []
    while not run.finished:
        before, jobs = run.spent, run.jobs()
        order = range(len(jobs))[:: -1 if backwards else 1]
        done: dict[int, Outcome] = {i: perform(jobs[i], bound, comparison.registry) for i in order}
        row = run.advance(jobs, [done[i] for i in range(len(jobs))])
        rows += [row] if row is not None else []
        counted = counting.rendered
        want(run.spent == counted, f"the ledger says {run.spent} renders, {counted} were made")
        want(run.spent <= _BUDGET, f"{run.spent} renders of a budget of {_BUDGET}")
        want(run.spent > before, f"a round spent nothing, at {before} renders of {_BUDGET}")
        # What was probed may have made others of them.
        _want_owned(run.phase, len(comparison.space))
        if put_away:
            state = unpack(pack(run.state()))
            run = TrialRun(comparison, trial)
            run.load(state)
    wanted = comparison.strategy("").renders(_BUDGET)
    want(0 < wanted <= _BUDGET, f"wants {wanted} renders of a budget of {_BUDGET}")
    want(run.spent == wanted, f"{run.spent} renders at the end; wanted {wanted}")
    judged = perform(run.judge_job(), bound, comparison.registry).distances
    if judged["waveform"][0] != run.best:
        raise Unfit(f"the best is said to be {run.best:.6g}, and is {judged['waveform'][0]:.6g}")
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
