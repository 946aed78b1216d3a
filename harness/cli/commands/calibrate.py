"""``calibrate``: test the decision rule on a comparison's own trials."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.api.console import console
from harness.cli.options import DEFAULT_OUT, Json, Name, Out, comparison_name

if TYPE_CHECKING:
    from harness.answer.calibration.simulate import Calibration
    from harness.answer.output.rows import Rows

_FILE = "calibration"


def calibrate(
    name: Name,
    comparisons: Annotated[
        int,
        typer.Option(
            "--comparisons", min=200, help="Number of comparisons to simulate for each figure."
        ),
    ] = 1000,
    out: Out = DEFAULT_OUT,
    as_json: Json = False,
) -> None:
    """Test how often the answers find differences that are not there, and miss those that are."""
    from harness.answer.calibration.sentences import plain, sentences
    from harness.answer.calibration.simulate import calibrate as calibrated
    from harness.answer.load import load_results
    from harness.answer.questions.evaluate import answer
    from harness.record.journal import Journal

    journal = Journal(out, comparison_name(name))
    found = calibrated(answer(load_results(journal)), comparisons)
    path = _write(journal.path, found)
    if as_json:
        typer.echo(json.dumps({**plain(found), "plot": str(path)}))
        return
    from harness.answer.output.prose import Prose

    terminal = console()
    if found.measures:
        terminal.print(_table(found))
    for line in (*sentences(found), *found.notes):
        terminal.print(Prose(line))
    typer.echo(f"plot                 {path}")
    typer.echo(f"figures              {path.with_suffix('.json')}, {path.with_suffix('.csv').name}")


def _write(folder: Path, found: "Calibration") -> Path:
    """Write the figures and the plot beside the journal; gives the path of the plot."""
    from harness.answer.calibration.sentences import plain, rows
    from harness.answer.output.dataframes import csv_bytes
    from harness.answer.output.plots.calibration import calibration_plot
    from harness.record.files import write_bytes, write_json

    path = folder / f"{_FILE}.svg"
    # As a file of its own, the plot has no page to take its colours from.
    standalone = '<svg style="background: white; color: black" '
    plot = calibration_plot(found).replace("<svg ", standalone, 1)
    write_json(path.with_suffix(".json"), plain(found))
    write_bytes(path.with_suffix(".csv"), csv_bytes(rows(found)))
    write_bytes(path, plot.encode())
    return path


def _table(found: "Calibration") -> "Rows":
    """One row per measure: false decisions, and planted shifts found (and promised)."""
    from harness.answer.calibration.simulate import TIMES
    from harness.answer.output.rows import Rows

    figures = ("pairs", "shuffled", "limit", "itself", "limit", "run twice")
    columns = (*figures, *(f"found at {times:g}×" for times in TIMES))
    rows = []
    for measure in found.measures:
        cells = []
        for way in ("shuffled", "pooled"):
            made = [f for f in found.false if (f.measure, f.way) == (measure, way)]
            worst = max(made, key=lambda f: f.rate.share, default=None)
            cells += ["", ""] if worst is None else [f"{worst.rate.share:.1%}", worst.finding]
        same = [pair for m, pair in found.twins if m == measure]
        cells.append(f"{sum(p.decided for p in same)} of {len(same)}" if same else "")
        for times in TIMES:
            shifts = [p.planted for p in found.planted if (p.measure, p.times) == (measure, times)]
            share = sum(p.found.share for p in shifts) / max(len(shifts), 1)
            promised = sum(p.promised for p in shifts) / max(len(shifts), 1)
            cells.append(f"{share:.0%} ({promised:.0%})" if shifts else "")
        n = next((f.n for f in found.false if f.measure == measure), 0)
        rows.append((measure, str(n), *cells))
    return Rows(("measure", *columns), rows, frozenset(columns))
