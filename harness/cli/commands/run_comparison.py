"""``run``: an experiment from its file to its answer."""

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from common.wording import counted
from harness.cli.commands.view import report_changed
from harness.cli.options import (
    DEFAULT_OUT,
    Address,
    ExperimentFile,
    Json,
    Out,
    Resource,
    Settings,
    Size,
    WorkerCount,
)

if TYPE_CHECKING:
    from harness.plan.comparison import Comparison
    from harness.plan.trials import Trial


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
    resource: Resource = "",
    job_limit: Annotated[
        float,
        typer.Option(
            "--job-limit",
            min=1,
            metavar="SECONDS",
            help="A worker that takes longer for one job hangs: it is ended, the job done again.",
        ),
    ] = 1_800.0,
    out: Out = DEFAULT_OUT,
    as_json: Json = False,
) -> None:
    """Run a comparison, resume it where it stopped, and answer its questions."""
    from harness.api.load import load
    from harness.api.runner import RunOptions, Stopped, run_trials

    comparison = load(experiment_file, size=size, settings=settings or ())
    trials = comparison.trials(only or ())
    if dry_run:
        _describe(comparison.plan, trials, workers, as_json)
        return
    options = RunOptions(
        out,
        workers,
        address,
        resource,
        as_json=as_json,
        job_limit_s=job_limit,
        answer=lambda journal: report_changed(journal, out, as_json),
    )
    command = _command(experiment_file, settings or [], size)
    try:
        failed = run_trials(comparison.plan, trials, options, command)
    except Stopped as stopped:
        raise typer.Exit(stopped.exit_code) from None
    if failed:
        typer.echo(
            f"{counted(failed, 'trial')} failed: ga-synth status {comparison.name} --out {out}",
            err=True,
        )
        raise typer.Exit(1)


def _command(file: Path, settings: list[str], size: str | None) -> str:
    """What runs the same comparison again."""
    words = ["ga-synth", "run", str(file), *(["--size", size] if size else [])]
    for setting in settings:
        words += ["--set", setting]
    return shlex.join(words)


def _describe(comparison: "Comparison", trials: "list[Trial]", workers: int, as_json: bool) -> None:
    """Print what would be run."""
    experiment = comparison.experiment
    from harness.api.runner import note_lines, rendering_estimate
    from harness.plan.reach import target_notes

    if as_json:
        names, notes = [trial.name for trial in trials], target_notes(comparison)
        renders = len(trials) * experiment.budget
        typer.echo(json.dumps({"trials": names, "renders": renders, "notes": notes}))
        return

    seconds = {label: t.samples / t.sample_rate for label, t in comparison.targets.items()}
    sound = sum(seconds[trial.target] for trial in trials) * experiment.budget
    typer.echo(f"{experiment.name}: {experiment.about}")
    for axis in ("strategy", "fitness", "target", "seed"):
        labels = dict.fromkeys(str(getattr(trial, axis)) for trial in trials)
        typer.echo(f"  {axis}: {', '.join(labels)}")
    typer.echo(
        f"  {counted(len(trials), 'trial')} of {counted(experiment.budget, 'render')}, "
        f"{sound / 3600:,.1f} hours of sound"
    )
    for line in note_lines(comparison):
        typer.echo(line)
    if line := rendering_estimate(comparison, trials, workers):
        typer.echo(line)
