"""Run the trials of a comparison: networks first, then workers, driver, journal and mirror."""

import json
import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from common.blame import blamed
from common.secrets import without_secrets
from common.wording import counted
from harness.api.mirror_process import MirrorProcess
from harness.api.mirrored import note_received, received
from harness.api.progress import Progress, duration
from harness.plan.comparison import Comparison
from harness.plan.reach import target_notes
from harness.plan.trials import Trial
from harness.record.damage import clear_damaged
from harness.record.files import locked
from harness.record.journal import Journal
from harness.record.mlflow.store import tracking_uri
from harness.record.trial_folder import judged_by
from harness.run.dispatch import JOB_LIMIT_S
from harness.run.driver import OnEvent
from harness.run.known import Known, Nearest, Proposals, loudest_channel
from harness.run.stop import Stop


class Stopped(KeyboardInterrupt):
    """A signal stopped the run; what was done is written, and the same call resumes it.

    Attributes:
        exit_code: of a process that such a signal ends: 130 or 143.
    """

    def __init__(self, exit_code: int) -> None:
        super().__init__("stopped; the same call resumes the run")
        self.exit_code = exit_code


@dataclass(frozen=True)
class RunOptions:
    """How a comparison is run.

    Attributes:
        out: folder of all comparisons.
        workers: how many; 0 is one for each CPU.
        address: of a running Ray cluster; a local one is started if None.
        resource: of Ray, of which every worker takes one; none if empty.
        mirror: whether to mirror the trials to MLflow.
        quiet: whether to print nothing.
        as_json: whether to print events as lines of JSON.
        job_limit_s: seconds after which a worker is taken to hang, and its job is done again.
        on_event: called with every event of the driver.
        answer: called with the journal once the trials have run, if any is finished.
    """

    out: Path
    workers: int = 0
    address: str | None = None
    resource: str = ""
    mirror: bool = True
    quiet: bool = False
    as_json: bool = False
    job_limit_s: float = JOB_LIMIT_S
    on_event: OnEvent | None = None
    answer: Callable[[Journal], None] | None = None

    @property
    def prints(self) -> bool:
        """Whether plain lines are printed."""
        return not (self.quiet or self.as_json)


def run_trials(
    comparison: Comparison, trials: Sequence[Trial], options: RunOptions, command: str = ""
) -> int:
    """Run what is not finished; returns how many trials failed.

    Args:
        comparison: what is run.
        trials: those of its grid that are wanted.
        options: how.
        command: what runs it again, for the report.

    Raises:
        InputError: if the journal cannot be written, or a network, worker or cluster fails.
        Stopped: if a signal asked for a stop.
    """
    journal = Journal(options.out, comparison.experiment.name)
    if options.mirror:
        # Refused now rather than when the trials are done.
        tracking_uri(options.out)
    with locked(journal.path):
        journal.begin(comparison, command)
        if not options.mirror:
            return _run(comparison, journal, trials, options, None)
        # The mirror ends after the answers are written: it holds them too.
        with MirrorProcess(journal, options.out) as mirror:
            failed = _run(comparison, journal, trials, options, mirror)
            if mirror.started or not received(journal, options.out):
                mirror.finish()
        if mirror.started and not mirror.failure:
            note_received(journal, options.out)
    if not options.quiet:
        _tell_mirror(mirror, journal.path.name, options)
    return failed


def _tell_mirror(mirror: MirrorProcess, name: str, options: RunOptions) -> None:
    """Say what was mended in MLflow's database, what it has not received, and what goes on."""
    if not (mirror.failure or mirror.notes):
        return
    command = shlex.join(["ga-synth", "sync", name, "--out", str(options.out)])
    why = without_secrets(mirror.failure)
    if options.as_json:
        left = {"failure": why, "left": mirror.left, "command": command} if why else {}
        print(json.dumps({"event": "mirror", "notes": mirror.notes, **left}))  # noqa: T201
        return
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for line in mirror.notes:
        console.print(line, markup=False)
    if why:
        count = "" if mirror.left is None else f"; {counted(mirror.left, 'finished trial')} left"
        console.print(
            f"MLflow has not received everything ({why}){count}; nothing is lost: once MLflow "
            f"answers, mirror the rest with {command}",
            markup=False,
        )


def _run(
    comparison: Comparison,
    journal: Journal,
    trials: Sequence[Trial],
    options: RunOptions,
    mirror: MirrorProcess | None,
) -> int:
    failed = _search(comparison, journal, trials, options, mirror)
    if options.answer and any(journal.folder(trial).finished for trial in trials):
        options.answer(journal)
    return failed


def _search(
    comparison: Comparison,
    journal: Journal,
    trials: Sequence[Trial],
    options: RunOptions,
    mirror: MirrorProcess | None,
) -> int:
    damaged = clear_damaged(journal, [trial.name for trial in trials])
    if options.prints:
        print_damage(damaged)
    judges = comparison.judging()
    finished = [trial for trial in trials if judged_by(journal.folder(trial), judges)]
    if len(finished) == len(trials) and not damaged:
        return 0
    proposals = _proposals(comparison, journal, trials, options)
    known = Known(comparison, proposals, _nearest(comparison, journal, trials, options))
    if options.prints:
        done = {trial.name for trial in finished}
        todo = [trial for trial in trials if trial.name not in done]
        print_start(comparison, todo, options.workers)
    elif options.as_json and not options.quiet:
        for label, notes in target_notes(comparison).items():
            print_event({"event": "noted", "target": label, "notes": notes})
    from harness.run.driver import Driver
    from harness.run.workers import Workers

    budget = comparison.experiment.budget
    with (
        Workers(
            options.workers,
            options.address,
            comparison.registry.files,
            options.job_limit_s,
            options.resource,
        ) as pool,
        Stop() as stop,
        Progress(
            trials, finished, budget, as_json=options.as_json, quiet=options.quiet
        ) as progress,
    ):

        def on_event(event: str, trial: Trial, data: Any) -> None:
            if event == "finished" and mirror is not None:
                mirror.start()
            progress.on_event(event, trial, data)
            if options.on_event is not None:
                options.on_event(event, trial, data)

        Driver(comparison, journal, pool, on_event, known).run(trials, stop)
    if stop.signal:
        raise Stopped(stop.exit_code)
    return progress.failed


def print_damage(damaged: Mapping[str, str]) -> None:
    """Say what was damaged, and is done again."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for name, what in damaged.items():
        console.print(f"damaged, done again: {name}: {what}", markup=False)


def print_start(comparison: Comparison, trials: Sequence[Trial], workers: int) -> None:
    """Print what begins, and how long a slow synth will render."""
    console = Console(highlight=False, soft_wrap=True)
    each = counted(comparison.experiment.budget, "render")
    them = counted(workers, "worker") if workers else "a worker for each CPU"
    console.print(
        f"{comparison.experiment.name}: {counted(len(trials), 'trial')} of {each} to run; starting "
        f"{them} (the first start compiles for half a minute) …",
        markup=False,
    )
    for line in note_lines(comparison):
        console.print(line, markup=False)
    if line := rendering_estimate(comparison, trials, workers):
        console.print(line, markup=False)


def print_event(event: dict[str, Any]) -> None:
    """Print an event as a line of JSON."""
    Console(highlight=False, soft_wrap=True).print(json.dumps(event), markup=False)


def note_lines(comparison: Comparison) -> list[str]:
    """Return a line for each thing that a person should know before the run."""
    notes, foreign = target_notes(comparison), comparison.registry.foreign()
    code = [f"  code of plug-ins runs here and on every worker: {', '.join(foreign)}"]
    about = [f"  note on target {label}: {note}" for label in notes for note in notes[label]]
    return (code if foreign else []) + about


def rendering_estimate(comparison: Comparison, trials: Sequence[Trial], workers: int) -> str:
    """Say how long a slow synth will render; empty for a fast one."""
    from harness.run.time_estimate import rendering_time

    count = workers or os.cpu_count() or 1
    with blamed(f"synth {comparison.synth.name!r}"):
        seconds = rendering_time(comparison, trials, count)
    if not seconds:
        return ""
    alone = comparison.registry.get("synth", comparison.synth.name).exclusive
    shared = "" if alone else f" on {counted(count, 'worker')}"
    return f"  rendering alone will take about {duration(seconds)}{shared}"


def _nearest(
    comparison: Comparison, journal: Journal, trials: Sequence[Trial], options: RunOptions
) -> Nearest | None:
    """Make the bank, if one of these trials starts from it and it is not there yet."""
    from harness.api.bank import bank_of, completed, starts_from_bank

    if not starts_from_bank(comparison, {trial.strategy for trial in trials}):
        return None
    from harness.api.bank_progress import BankProgress
    from harness.record.journal import BANK
    from harness.record.sealed import write_record
    from harness.run.workers import Cluster

    bank = bank_of(comparison, options.out)
    progress = BankProgress(bank.plan.size, as_json=options.as_json, quiet=options.quiet)
    cluster = Cluster(options.workers, options.address, options.resource)
    completed(bank, comparison.registry.files, cluster, progress)
    write_record(journal.path / BANK, bank.record())
    return lambda target: bank.nearest(loudest_channel(target), target.sample_rate)


def _proposals(
    comparison: Comparison, journal: Journal, trials: Sequence[Trial], options: RunOptions
) -> Proposals:
    """Train and ask the networks that these trials start from, if there are any."""
    named = {comparison.strategy(trial.strategy).network for trial in trials}
    labels = [label for label in comparison.networks if label in named]
    if not labels:
        return {}
    from harness.answer.measures.starts import known_networks
    from harness.api.training_progress import TrainingProgress
    from harness.record.journal import NETWORKS
    from harness.record.sealed import write_record
    from harness.run.workers import Cluster
    from harness.train.proposals import propose

    plans = [source.plan for source in comparison.networks.values()]
    progress = TrainingProgress(plans, options.as_json)
    cluster = Cluster(options.workers, options.address)
    proposals, found = propose(comparison, labels, options.out, cluster, progress)
    write_record(journal.path / NETWORKS, {**known_networks(journal), **found})
    return proposals
