"""The driver: hands jobs to workers, takes outcomes in, and alone writes the journal."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import ray

from common.errors import InputError
from harness.plan.comparison import Comparison, Trial
from harness.record.journal import Journal, TrialFolder, genome_record
from harness.run.jobs import FirstJob, Job, JudgeJob, Outcome, StepJob
from harness.run.problem import PluginError, Problem, problem_of
from harness.run.trial import TrialRun
from harness.run.workers import Workers

# A second job waits at each worker, so that none is idle while the driver thinks.
_IN_FLIGHT = 2
_SAVE_EVERY_S = 5.0
_MOST_DEATHS = 3
_POLL_S = 1.0

# What a listener hears: "begun", "round", "finished" or "failed", the trial, and a row or a reason.
Listener = Callable[[str, Trial, Any], None]


@dataclass
class _Open:
    """A trial under way, and what its current round still waits for."""

    run: TrialRun
    folder: TrialFolder
    problem: Problem
    jobs: list[Job] = field(default_factory=list)
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    rows: list[Any] = field(default_factory=list)
    times: list[Any] = field(default_factory=list)
    saved: float = field(default_factory=time.monotonic)
    over: bool = False

    def save(self) -> None:
        """Write what has come since the last save."""
        self.folder.save(self.run.state(), self.rows, self.times)
        self.rows, self.times, self.saved = [], [], time.monotonic()


@dataclass
class _Task:
    """A job on its way, and how many workers have died over it."""

    trial: _Open
    position: int
    deaths: int = 0
    actor: int = -1
    worker: Any = None


class Driver:
    """Runs trials of a comparison.

    Args:
        comparison: what they belong to.
        journal: where they are written; begun.
        workers: what does the jobs; started.
        listener: hears of progress.
    """

    def __init__(
        self, comparison: Comparison, journal: Journal, workers: Workers, listener: Listener
    ) -> None:
        self._comparison, self._journal = comparison, journal
        self._workers, self._listen = workers, listener
        self._problems = {label: problem_of(comparison, label) for label in comparison.targets}
        self._judges = comparison.judging()
        # Of a synth on a desk there is one: the first worker plays it, all others would wait.
        exclusive = comparison.registry.get("synth", comparison.synth.name).exclusive
        self._players = range(1 if exclusive else len(workers.actors))
        self._ready: deque[_Task] = deque()
        self._flying: dict[Any, _Task] = {}
        self._open: list[_Open] = []
        self._session = self._cpu_s = 0.0

    def run(self, trials: Iterable[Trial]) -> None:
        """Run all trials that are not finished; what was begun goes on from its checkpoint.

        A finished trial whose judges have since changed is judged anew, not run again.

        Raises:
            InputError: if the journal cannot be written.
        """
        self._session, self._cpu_s = round(time.time(), 3), time.process_time()
        todo = [t for t in trials if not self._journal.folder(t).judged_by(self._judges)]
        # The longest sounds first: a short last trial leaves the other workers idle for less.
        waiting = deque(sorted(todo, key=lambda t: -self._comparison.targets[t.target].samples))
        try:
            while waiting or self._ready or self._flying:
                while waiting and len(self._ready) < len(self._workers.actors):
                    self._begin(waiting.popleft())
                self._dispatch()
                self._collect()
        finally:
            for trial in self._open:
                if trial.rows and not trial.over:
                    trial.save()

    def _begin(self, trial: Trial) -> None:
        run = TrialRun(self._comparison, trial)
        folder = self._journal.folder(trial)
        state = folder.resume(trial.config)
        if state is not None:
            run.load(state)
        opened = _Open(run, folder, self._problems[trial.target])
        self._open.append(opened)
        self._listen("begun", trial, run.spent)
        self._next_round(opened)

    def _next_round(self, opened: _Open) -> None:
        run = opened.run
        opened.jobs = [run.judge_job()] if run.finished else run.jobs()
        opened.outcomes = {}
        self._ready.extend(_Task(opened, i) for i in range(len(opened.jobs)))

    def _dispatch(self) -> None:
        """Hand out what is ready. A job over which a worker died waits for one that is idle."""
        load = [0] * len(self._workers.actors)
        alone = set()
        for task in self._flying.values():
            load[task.actor] += 1
            if task.deaths:
                alone.add(task.actor)
        kept: deque[_Task] = deque()
        while self._ready:
            task = self._ready.popleft()
            if task.trial.over:
                continue
            actor = min(self._players, key=lambda i: load[i] + _IN_FLIGHT * (i in alone))
            if actor in alone or load[actor] >= (1 if task.deaths else _IN_FLIGHT):
                kept.append(task)
                continue
            load[actor] += 1
            task.actor, task.worker = actor, self._workers.actors[actor]
            if task.deaths:
                alone.add(actor)
            job = task.trial.jobs[task.position]
            self._flying[self._workers.submit(actor, task.trial.problem, job)] = task
        self._ready = kept

    def _collect(self) -> None:
        """Wait for an outcome and take it in."""
        if not self._flying:
            return
        done, _ = ray.wait(list(self._flying), num_returns=1, timeout=_POLL_S)
        for reference in done:
            task = self._flying.pop(reference)
            try:
                outcome = ray.get(reference)
            except ray.exceptions.RayActorError:
                self._died(task)
            except ray.exceptions.RayTaskError as error:
                self._fail(task.trial, error.cause)
            else:
                if not task.trial.over:
                    task.trial.outcomes[task.position] = outcome
                    self._advance(task.trial)

    def _died(self, task: _Task) -> None:
        """A worker died: another takes its place, and the job is done again, a few times."""
        self._workers.replace(task.actor, task.worker)
        task.deaths += 1
        job = task.trial.jobs[task.position]
        if isinstance(job, JudgeJob) and task.deaths == _MOST_DEATHS - 1:
            # The search is done; one bad judge must not take its result along.
            own = (task.trial.run.trial.fitness, *self._comparison.judges)
            task.trial.jobs[task.position] = replace(job, labels=own)
        if task.deaths < _MOST_DEATHS:
            self._ready.append(task)
        else:
            trial = task.trial.run.trial
            self._fail(
                task.trial,
                f"the worker died {task.deaths} times over the same job, with synth "
                f"{self._comparison.synth.name!r} and fitness {trial.fitness!r}",
            )

    def _fail(self, opened: _Open, reason: object) -> None:
        if opened.over:
            return
        known = isinstance(reason, PluginError | InputError | str)
        text = str(reason) if known else f"{type(reason).__name__}: {reason}"
        opened.over = True
        self._open.remove(opened)
        opened.folder.fail(text)
        self._listen("failed", opened.run.trial, text)

    def _advance(self, opened: _Open) -> None:
        """Go to the next round once all outcomes of this one are there."""
        if len(opened.outcomes) < len(opened.jobs):
            return
        outcomes = [opened.outcomes[i] for i in range(len(opened.jobs))]
        driver = {
            "session": self._session,
            "driver_s": round(time.process_time() - self._cpu_s, 6),
        }
        opened.times += [
            {**_times(opened.run.round, job, outcome), **driver}
            for job, outcome in zip(opened.jobs, outcomes, strict=True)
        ]
        if isinstance(opened.jobs[0], JudgeJob):
            self._finish(opened, outcomes[0])
            return
        row = opened.run.advance(opened.jobs, outcomes)
        if row is not None:
            opened.rows.append(row)
            self._listen("round", opened.run.trial, row)
        if time.monotonic() - opened.saved > _SAVE_EVERY_S or opened.run.finished:
            opened.save()
        self._next_round(opened)

    def _finish(self, opened: _Open, outcome: Outcome) -> None:
        run, trial = opened.run, opened.run.trial
        target = self._comparison.targets[trial.target]
        distances = {label: float(d[0]) for label, d in sorted(outcome.distances.items())}
        error = None
        if target.hidden is not None:
            error = float(np.abs(run.champion - target.hidden).mean())
        judgement = {
            "best": run.best,
            "renders": run.spent,
            "ledger": run.ledger,
            "judges": self._judges,
            "distances": distances,
            "refused": outcome.refused,
            "parameter_error": error,
        }
        if outcome.sound is None:
            raise TypeError("a judge's job gave no sound")
        opened.save()
        genome = genome_record(self._comparison.space, run.champion)
        opened.folder.finish(judgement, genome, outcome.sound, target.sample_rate, outcome.settings)
        opened.over = True
        self._open.remove(opened)
        self._listen("finished", trial, judgement)


def _times(round_: int, job: Job, outcome: Outcome) -> dict[str, Any]:
    return {
        "round": round_,
        "agent": job.agent if isinstance(job, StepJob) else -1,
        "kind": type(job).__name__.removesuffix("Job").lower(),
        "renders": _renders(job, outcome),
        "batches": outcome.batches,
        "cpu_s": round(outcome.cpu_s, 6),
        "wall_s": round(outcome.wall_s, 6),
        "render_s": round(outcome.render_s, 6),
        "score_s": round(outcome.score_s, 6),
        "ended": round(outcome.ended, 3),
        "worker": outcome.worker,
    }


def _renders(job: Job, outcome: Outcome) -> int:
    if isinstance(job, FirstJob):
        return len(job.genomes)
    return outcome.report.spent if outcome.report else 0
