"""The driver: hands jobs to workers, takes outcomes in, and alone writes the journal."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.blame import PluginError
from common.errors import InputError
from harness.plan.comparison import Comparison
from harness.plan.trials import Trial
from harness.record.broken_counts import said
from harness.record.journal import Journal
from harness.record.trial_folder import TrialFolder, genome_record, judged_by
from harness.run.broken import WORST
from harness.run.dispatch import MOST_DEATHS, Dispatcher, Pool, Result
from harness.run.jobs import FirstJob, Job, JudgeJob, Outcome, StepJob
from harness.run.judging import Judging
from harness.run.known import Known
from harness.run.problem import Problem, problem_of
from harness.run.stop import AsksForStop
from harness.run.trial.advance import advance, begin
from harness.run.trial.next_jobs import next_jobs
from harness.run.trial.plan import TrialPlan
from harness.run.trial.state import TrialState, restored

_SAVE_EVERY_S = 5.0

# Receives "begun", "improved", "round", "printed", "finished" or "failed", the trial, and renders,
# the best genome, a row, lines, the judgement or a reason.
OnEvent = Callable[[str, Trial, Any], None]


@dataclass(frozen=True)
class _Progress:
    """A trial's state and what of it is not written yet; always replaced as a whole."""

    state: TrialState
    rows: tuple[Any, ...] = ()
    times: tuple[Any, ...] = ()


@dataclass(eq=False)
class _Open:
    """A trial under way, and what its current round still waits for."""

    plan: TrialPlan
    folder: TrialFolder
    problem: Problem
    progress: _Progress
    jobs: list[Job] = field(default_factory=list)
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    judging: Judging | None = None
    saved: float = field(default_factory=time.monotonic)
    over: bool = False

    def save(self) -> None:
        """Write what has come since the last save."""
        progress = self.progress
        self.folder.save(progress.state.plain(), progress.rows, progress.times)
        self.progress, self.saved = _Progress(progress.state), time.monotonic()


class Driver:
    """Runs trials of a comparison.

    Args:
        comparison: the comparison they belong to.
        journal: where they are written; begun.
        workers: the pool that does the jobs; started.
        on_event: called with every event of a trial.
        known: what is known of the targets, for strategies that start from it.
    """

    def __init__(
        self,
        comparison: Comparison,
        journal: Journal,
        workers: Pool,
        on_event: OnEvent,
        known: Known | None = None,
    ) -> None:
        self._comparison, self._journal, self._on_event = comparison, journal, on_event
        self._known = known or Known(comparison)
        self._problems = {label: problem_of(comparison, label) for label in comparison.targets}
        self._judges = comparison.judging()
        # Of a synth on a desk there is one: the first worker plays it, all others would wait.
        exclusive = comparison.registry.get("synth", comparison.synth.name).exclusive
        self._dispatcher = Dispatcher(workers, [0] if exclusive else None)
        self._open: list[_Open] = []
        self._session = self._cpu_s = 0.0

    def run(self, trials: Iterable[Trial], stop: AsksForStop | None = None) -> None:
        """Run all trials that are not finished; those that were begun resume at their checkpoint.

        A finished trial whose judges have changed since is judged again, not run again. An
        exception, wherever it comes from, leaves the journal as it was last written.

        Args:
            trials: of the comparison.
            stop: asks for an end; what is done by then is written, and the rest resumes later.

        Raises:
            InputError: if the journal cannot be written.
        """
        self._session, self._cpu_s = round(time.time(), 3), time.process_time()
        todo = [t for t in trials if not judged_by(self._journal.folder(t), self._judges)]
        # The longest sounds first: a short last trial leaves the other workers idle for less.
        waiting = deque(sorted(todo, key=lambda t: -self._comparison.targets[t.target].samples))
        while waiting or self._dispatcher.busy:
            if stop is not None and stop.signal:
                break
            while waiting and self._dispatcher.wants_more:
                self._begin(waiting.popleft())
            for result in self._dispatcher.collect():
                self._take(result)
        for opened in self._open:
            if opened.progress.rows:
                opened.save()

    def _begin(self, trial: Trial) -> None:
        folder = self._journal.folder(trial)
        saved = folder.resume(trial.config)
        try:
            plan = TrialPlan(self._comparison, trial, self._known.of(trial))
            state = begin(plan) if saved is None else restored(saved)
        except PluginError as error:
            self._report_failure(folder, trial, str(error))
            return
        opened = _Open(plan, folder, self._problems[trial.target], _Progress(state))
        self._open.append(opened)
        self._on_event("begun", trial, state.spent)
        self._next_round(opened)

    def _next_round(self, opened: _Open) -> None:
        try:
            jobs = next_jobs(opened.plan, opened.progress.state)
        except PluginError as error:
            self._fail(opened, error)
            return
        state = opened.progress.state
        if isinstance(jobs[0], JudgeJob) and state.best >= WORST:
            self._fail(opened, f"every candidate was broken: {said(state.broken)}")
            return
        opened.jobs, opened.outcomes = jobs, {}
        if isinstance(jobs[0], JudgeJob):
            opened.judging = Judging(opened.problem.labels, jobs[0])
        for position, job in enumerate(jobs):
            self._add(opened, position, job)

    def _add(self, opened: _Open, position: int, job: Job) -> None:
        # Judges that were asked together are asked one by one after a death.
        together = isinstance(job, JudgeJob) and job.labels is None
        payload = opened.problem, job
        self._dispatcher.add((opened, position), payload, 1 if together else MOST_DEATHS)

    def _take(self, result: Result) -> None:
        opened, position = result.task.owner
        if opened.over:
            return
        self._take_printed(opened, result)
        if opened.judging is not None:
            self._take_judgement(opened, opened.judging, result)
        elif result.error is not None:
            self._fail(opened, result.error)
        elif result.died:
            self._fail(opened, self._deaths(opened))
        else:
            opened.outcomes[position] = result.value
            if len(opened.outcomes) == len(opened.jobs):
                self._advance(opened)

    def _take_printed(self, opened: _Open, result: Result) -> None:
        from_job = result.value if result.error is None else result.error
        if lines := list(getattr(from_job, "printed", ())):
            opened.folder.add_printed(lines)
            self._on_event("printed", opened.plan.trial, lines)

    def _deaths(self, opened: _Open) -> str:
        return (
            f"the worker died {MOST_DEATHS} times during the same job, or took longer than "
            f"--job-limit, with synth {self._comparison.synth.name!r} and fitness "
            f"{opened.plan.fitness!r}"
        )

    def _advance(self, opened: _Open) -> None:
        """Go to the next round."""
        before = opened.progress
        outcomes = [opened.outcomes[i] for i in range(len(opened.jobs))]
        times = [
            self._times(before.state.round, job, outcome)
            for job, outcome in zip(opened.jobs, outcomes, strict=True)
        ]
        try:
            state, row = advance(opened.plan, before.state, opened.jobs, outcomes)
        except PluginError as error:
            self._fail(opened, error)
            return
        rows = before.rows if row is None else (*before.rows, row)
        opened.progress = _Progress(state, rows, (*before.times, *times))
        if state.best < before.state.best:
            self._on_event("improved", opened.plan.trial, state.champion)
        if row is not None:
            self._on_event("round", opened.plan.trial, row)
        if time.monotonic() - opened.saved > _SAVE_EVERY_S:
            opened.save()
        self._next_round(opened)

    def _take_judgement(self, opened: _Open, judging: Judging, result: Result) -> None:
        if result.error is not None:
            self._fail(opened, result.error)
            return
        if result.died:
            for job in judging.after_death(result.task.payload[1]):
                self._add(opened, 0, job)
        else:
            row = self._times(opened.progress.state.round, result.task.payload[1], result.value)
            opened.progress = replace(opened.progress, times=(*opened.progress.times, row))
            judging.take(result.task.payload[1], result.value)
        if not judging.complete:
            return
        if judging.sound is None:
            self._fail(opened, self._deaths(opened))
        else:
            self._finish(opened, judging, judging.sound)

    def _finish(self, opened: _Open, judging: Judging, sound: NDArray[np.float32]) -> None:
        state, trial = opened.progress.state, opened.plan.trial
        target = self._comparison.targets[trial.target]
        error = None
        if target.hidden is not None:
            error = float(np.abs(state.champion - target.hidden).mean())
        judgement = {
            "best": state.best,
            "renders": state.spent,
            "ledger": dict(state.ledger),
            "judges": self._judges,
            **judging.plain(),
            **({"broken": dict(state.broken)} if state.broken else {}),
            "parameter_error": error,
        }
        opened.save()
        genome = genome_record(self._comparison.space, state.champion)
        opened.folder.finish(
            judgement,
            genome,
            (sound, target.sample_rate),
            judging.settings,
            judging.collections or (),
        )
        self._close(opened)
        self._on_event("finished", trial, judgement)

    def _fail(self, opened: _Open, reason: object) -> None:
        known = isinstance(reason, PluginError | InputError | str)
        text = str(reason) if known else f"{type(reason).__name__}: {reason}"
        self._close(opened)
        self._report_failure(opened.folder, opened.plan.trial, text)

    def _report_failure(self, folder: TrialFolder, trial: Trial, reason: str) -> None:
        # A trial that was judged before stays as it is: judging it again can be tried again.
        if not folder.finished:
            folder.fail(reason)
        self._on_event("failed", trial, reason)

    def _close(self, opened: _Open) -> None:
        opened.over = True
        self._open.remove(opened)
        self._dispatcher.drop(lambda owner: owner[0] is opened)

    def _times(self, round_: int, job: Job, outcome: Outcome) -> dict[str, Any]:
        return {
            "round": round_,
            "agent": job.agent if isinstance(job, StepJob) else -1,
            "kind": job.kind,
            "renders": _renders(job, outcome),
            "batches": outcome.batches,
            "cpu_s": round(outcome.cpu_s, 6),
            "wall_s": round(outcome.wall_s, 6),
            "render_s": round(outcome.render_s, 6),
            "score_s": round(outcome.score_s, 6),
            "ended": round(outcome.ended, 3),
            "worker": outcome.worker,
            "session": self._session,
            "driver_s": round(time.process_time() - self._cpu_s, 6),
        }


def _renders(job: Job, outcome: Outcome) -> int:
    if isinstance(job, FirstJob):
        return len(job.genomes)
    return outcome.report.spent if outcome.report else 0
