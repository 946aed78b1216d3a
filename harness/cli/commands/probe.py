"""``probe``: how much sections, or genes, change what each other do to a distance."""

import json
from typing import Annotated, Any

import typer

from common.errors import InputError
from common.wording import counted
from harness.api.console import console
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

_STRONGEST = 3


def probe(
    experiment_file: ExperimentFile,
    settings: Settings = None,
    size: Size = None,
    points: Annotated[
        int, typer.Option("--points", min=1, help="Pairs of random genomes for each target.")
    ] = 8,
    genes: Annotated[
        bool, typer.Option("--genes", help="Between single genes, not between sections.")
    ] = False,
    workers: WorkerCount = 0,
    address: Address = None,
    out: Out = DEFAULT_OUT,
    as_json: Json = False,
) -> None:
    """Measure how much sections interact, for every fitness and target of an experiment."""
    from harness.answer.measures.interactions import GENES, SECTIONS, record_of, write_probe
    from harness.answer.output.plots.interactions import interactions_plot
    from harness.plan.experiment import read_experiment
    from harness.plan.resolve import resolve
    from harness.plan.shipped import experiment_path
    from harness.record.files import locked
    from harness.run.probe import probed
    from harness.run.workers import Workers

    file = experiment_path(experiment_file)
    experiment = read_experiment(file, settings, size)
    comparison = resolve(experiment, file.parent)
    space = comparison.space
    groups = {p.name: (i,) for i, p in enumerate(space)} if genes else dict(space.sections)
    if len(groups) < 2:
        what = "gene" if genes else "section; --genes looks into it"
        raise InputError(f"probe: synth {comparison.synth.name!r} has one {what}")
    folder = out / experiment.name
    # A run may go on meanwhile: it writes other files.
    with locked(out / ".probe" / experiment.name):
        if not as_json:
            renders = points * (1 + len(groups) * (len(groups) + 1) // 2) * len(comparison.targets)
            typer.echo(f"{experiment.name}: {counted(renders, 'render')}, starting workers …")
        with Workers(workers, address, comparison.registry.files) as pool:
            measured = probed(comparison, pool, groups, points)
        record = record_of(comparison, GENES if genes else SECTIONS, groups, measured)
        files = write_probe(folder, record, interactions_plot(record).svg)
    if as_json:
        typer.echo(json.dumps(record))
        return
    _tell(record)
    typer.echo(f"written to {', '.join(map(str, files))}")


def _tell(record: dict[str, Any]) -> None:
    """Print the matrix and the strongest pairs for each fitness, and the cost."""
    from harness.answer.measures.interactions import SECTIONS, interactions_of

    terminal = console()
    for fitness in record["fitness"]:
        pairs = interactions_of(record, fitness)
        if record["between"] == SECTIONS:
            terminal.print(_table(record["names"], fitness, pairs))
        strongest = sorted(pairs, key=lambda pair: -pair.share)[:_STRONGEST]
        pairs_text = ", then ".join(f"{p.first} and {p.second} {p.figure}" for p in strongest)
        typer.echo(f"By {fitness} the strongest interactions are {pairs_text}.\n")
    targets = len(next(iter(record["fitness"].values()))["targets"])
    each = record["charged"] // (targets * record["points"])
    points = f"{counted(record['points'], 'point')} × {counted(each, 'probe')}"
    typer.echo(
        f"charged {counted(record['charged'], 'render')}: {points} for each of "
        f"{counted(targets, 'target')}"
    )


def _table(names: list[str], fitness: str, pairs: list[Any]) -> Any:
    """One triangle of the matrix, with intervals."""
    from harness.answer.output.rows import Rows

    figures = {(pair.first, pair.second): pair.figure for pair in pairs}
    rows = [
        (first, *(figures.get((first, second), "") for second in names[1:])) for first in names[:-1]
    ]
    return Rows((fitness, *names[1:]), rows)
