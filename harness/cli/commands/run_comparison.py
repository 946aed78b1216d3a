"""``run``: an experiment from its file to its answer."""

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from harness.cli.commands.view import report_answers
from harness.cli.options import (
    DEFAULT_OUT,
    Address,
    ExperimentFile,
    Json,
    Out,
    Settings,
    Size,
    WorkerCount,
)


def run(
    experiment_file: ExperimentFile,
    settings: Settings = None,
    size: Size = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="AXIS=LABEL", help="Run a part, such as strategy=society."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check everything, run nothing.")
    ] = False,
    workers: WorkerCount = 0,
    address: Address = None,
    out: Out = DEFAULT_OUT,
    as_json: Json = False,
) -> None:
    """Run a comparison, go on where it stopped, and answer its questions."""
    from harness.cli.mirror_process import Follower
    from harness.plan.comparison import Comparison
    from harness.plan.experiment import read_experiment
    from harness.record.files import locked
    from harness.record.journal import Journal

    experiment = read_experiment(experiment_file, settings, size)
    comparison = Comparison(experiment, experiment_file.parent)
    trials = comparison.trials(only or ())
    if dry_run:
        _describe(comparison, trials, workers, as_json)
        return
    journal = Journal(out, experiment.name)
    # The mirror ends after the answers are told: it holds them too.
    with locked(journal.path), Follower(journal, out, quiet=as_json) as follower:
        journal.begin(comparison)
        failed = _run_trials(comparison, journal, trials, out, follower, workers, address, as_json)
        if not failed or any(journal.folder(trial).finished for trial in trials):
            report_answers(journal, out, as_json)
        follower.finish()
    if failed:
        typer.echo(
            f"{failed} trials failed: ga-synth status {experiment.name} --out {out}", err=True
        )
        raise typer.Exit(1)


def _describe(comparison: Any, trials: list[Any], workers: int, as_json: bool) -> None:
    """Say what would be run."""
    experiment = comparison.experiment
    seconds = {label: t.samples / t.sample_rate for label, t in comparison.targets.items()}
    sound = sum(seconds[trial.target] for trial in trials) * experiment.budget
    if as_json:
        names = [trial.name for trial in trials]
        typer.echo(json.dumps({"trials": names, "renders": len(trials) * experiment.budget}))
        return
    typer.echo(f"{experiment.name}: {experiment.about}")
    for axis in ("strategy", "fitness", "target", "seed"):
        labels = dict.fromkeys(str(getattr(trial, axis)) for trial in trials)
        typer.echo(f"  {axis}: {', '.join(labels)}")
    typer.echo(
        f"  {len(trials)} trials of {experiment.budget:,} renders, "
        f"{sound / 3600:,.1f} hours of sound"
    )
    _estimate(comparison, trials, workers)


def _estimate(comparison: Any, trials: list[Any], workers: int) -> None:
    """Say how long a slow synth will render."""
    from harness.cli.progress import in_words
    from harness.plan.options import blamed
    from harness.run.time_estimate import rendering_time

    count = workers or os.cpu_count() or 1
    with blamed(f"synth {comparison.synth.name!r}"):
        seconds = rendering_time(comparison, trials, count)
    if seconds:
        alone = comparison.registry.get("synth", comparison.synth.name).exclusive
        shared = "" if alone else f" on {count} workers"
        typer.echo(f"  rendering alone will take about {in_words(seconds)}{shared}")


def _seed(
    comparison: Any,
    journal: Any,
    trials: list[Any],
    out: Path,
    workers: int,
    address: str | None,
    as_json: bool,
) -> None:
    """Train and ask the networks that these trials begin from, if there are any."""
    named = {comparison.strategy(trial.strategy).network for trial in trials}
    labels = [label for label in comparison.networks if label in named]
    if not labels:
        return
    from harness.answer.measures.network_payoff import known_networks
    from harness.cli.training_progress import Epochs
    from harness.record.files import write_json
    from harness.record.journal import NETWORKS
    from harness.train.proposals import propose

    epochs = Epochs(comparison.networks.values(), as_json)
    found = propose(comparison, labels, out, workers, address, epochs.hear)
    write_json(journal.path / NETWORKS, {**known_networks(journal), **found})


def _run_trials(
    comparison: Any,
    journal: Any,
    trials: list[Any],
    out: Path,
    follower: Any,
    workers: int,
    address: str | None,
    as_json: bool,
) -> int:
    """Run what is not finished; gives how many trials failed."""
    from harness.cli.progress import Progress

    judges = comparison.judging()
    done = sum(journal.folder(trial).judged_by(judges) for trial in trials)
    if done == len(trials):
        return 0
    _seed(comparison, journal, trials, out, workers, address, as_json)
    if not as_json:
        typer.echo(
            f"{comparison.experiment.name}: {len(trials)} trials, starting workers "
            "(the first time they compile, which takes half a minute) …"
        )
        _estimate(comparison, trials[done:], workers)
    from harness.run.driver import Driver
    from harness.run.workers import Workers

    def hear(event: str, trial: Any, data: Any) -> None:
        if event == "finished":
            follower.start()
        progress.hear(event, trial, data)

    with (
        Workers(workers, address, comparison.registry.files) as pool,
        Progress(trials, done, comparison.experiment.budget, as_json) as progress,
    ):
        Driver(comparison, journal, pool, hear).run(trials)
    return progress.failed
