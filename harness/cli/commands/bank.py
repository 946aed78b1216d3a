"""``bank``: the known sounds that an experiment's strategies start from, made ahead of time."""

import json
import os
import time
from typing import TYPE_CHECKING, Annotated

import typer

from common.errors import InputError
from common.wording import counted
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

if TYPE_CHECKING:
    from harness.plan.comparison import Comparison
    from harness.train.bank import Bank

_MINUTE = 60.0


def bank(
    experiment_file: ExperimentFile,
    settings: Settings = None,
    size: Size = None,
    minutes: Annotated[
        float | None,
        typer.Option(
            "--minutes", min=0.01, help="Make nothing; say which size so much time is enough for."
        ),
    ] = None,
    workers: WorkerCount = 0,
    address: Address = None,
    out: Out = DEFAULT_OUT,
    as_json: Json = False,
) -> None:
    """Make the bank that an experiment's strategies start from, or resume it."""
    from harness.api.bank import bank_of, completed, starts_from_bank
    from harness.api.bank_progress import BankProgress
    from harness.api.load import load

    comparison = load(experiment_file, size=size, settings=settings or ()).plan
    if not starts_from_bank(comparison, comparison.strategies):
        raise InputError(
            f"bank: no strategy of {comparison.experiment.name} starts from a bank; give one of "
            "them start: bank or start: informed"
        )
    wanted = bank_of(comparison, out)
    if minutes is not None:
        _propose(wanted, comparison, minutes, workers or os.cpu_count() or 1, as_json)
        return
    from harness.run.workers import Cluster

    began = time.monotonic()
    progress = BankProgress(wanted.plan.size, as_json=as_json, quiet=False)
    files = comparison.registry.files
    made = completed(wanted, files, Cluster(workers, address), progress)
    wanted.check()
    _report(wanted, time.monotonic() - began if made else None, as_json)


def _report(made: "Bank", seconds: float | None, as_json: bool) -> None:
    """Print where a bank is, how large it is, and what it cost.

    Args:
        made: the bank, complete.
        seconds: on the clock, that were needed now; None if it was there already.
        as_json: whether to print JSON.
    """
    record = made.record()
    if as_json:
        found = {"made": seconds is not None, "seconds": seconds, **record}
        typer.echo(json.dumps({"event": "complete", **found, "folder": str(made.path)}))
        return
    plan, cpu = made.plan, record["cpu_s"]
    state = "is there already" if seconds is None else f"complete, after {seconds:,.0f} s"
    typer.echo(
        f"{made.path}: {state}\n"
        f"  {counted(plan.size, 'sound')} of {plan.seconds:g} s at {plan.sample_rate:,} Hz by "
        f"{record['synth']}, {record['bytes'] / 1e6:,.1f} MB"
        + ("" if cpu is None else f", {cpu:,.1f} CPU s")
    )


def _propose(
    wanted: "Bank", comparison: "Comparison", minutes: float, workers: int, as_json: bool
) -> None:
    """Print which size of a bank a time is enough for; the experiment decides, not the clock."""
    from harness.train.bank_estimate import proposed_size, sounds_per_second

    alone = comparison.registry.get("synth", comparison.synth.name).exclusive
    rate = sounds_per_second(wanted, comparison.registry.files) * (1 if alone else workers)
    size = proposed_size(minutes * _MINUTE, rate)
    if as_json:
        typer.echo(
            json.dumps({"event": "proposed", "minutes": minutes, "rate": rate, "size": size})
        )
        return
    enough = minutes * _MINUTE * rate
    sounds = counted(round(float(f"{enough:.2g}")), "sound")
    typer.echo(
        f"in {minutes:g} {'minute' if minutes == 1 else 'minutes'} {comparison.synth.name} renders "
        f"about {sounds}; in the experiment: bank: {{size: {size}}}"
    )
