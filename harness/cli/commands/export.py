"""``export``: a comparison's results in the formats of other tools."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from common.errors import InputError
from common.suggest import nearest
from common.wording import counted
from harness.cli.options import DEFAULT_OUT, Json, Name, Out, comparison_name

if TYPE_CHECKING:
    from harness.answer.load import Results

_FORMATS = ("coco", "ioh", "csv", "parquet", "bibtex")


def export(
    name: Name,
    format_: Annotated[
        str, typer.Option("--format", help="coco, ioh, csv, parquet or bibtex.")
    ] = "csv",
    to: Annotated[
        Path | None,
        typer.Option("--to", help="Folder, or file of bibtex, to write; NAME-FORMAT if not given."),
    ] = None,
    out: Out = DEFAULT_OUT,
    as_json: Json = False,
) -> None:
    """Export run lengths (COCO, IOHanalyzer), tables (CSV, Parquet) or what to cite (BibTeX)."""
    from harness.answer.load import load_results
    from harness.record.files import refuse_existing, write_new
    from harness.record.journal import Journal

    if format_ not in _FORMATS:
        raise InputError(f"--format {format_!r} is unknown; {nearest(format_, _FORMATS)}")
    comparison = comparison_name(name)
    usual = f"{comparison}.bib" if format_ == "bibtex" else f"{comparison}-{format_}"
    target = to or Path(usual)
    refuse_existing(target, "choose another place with --to")
    results = load_results(Journal(out, comparison))
    _refuse_unfinished(results)
    files = _files(results, format_)
    write_new(target, files)
    if as_json:
        names = [] if isinstance(files, bytes) else sorted(files)
        written = {"written": str(target), "files": names, "left_out": len(results.failures)}
        typer.echo(json.dumps(written))
        return
    count = "" if isinstance(files, bytes) else f" ({counted(len(files), 'file')})"
    typer.echo(f"{target}: written{count}")
    if results.failures:
        typer.echo(f"left out: {counted(len(results.failures), 'trial')} that failed")


def _refuse_unfinished(results: "Results") -> None:
    missing = len(results.unfinished) + len(results.damaged)
    if missing:
        total = missing + len(results.trials) + len(results.failures)
        raise InputError(
            f"{results.experiment['name']}: not finished: {missing} of {counted(total, 'trial')}; "
            f"run it to its end first{': ' if results.command else ''}{results.command}"
        )


def _files(results: "Results", format_: str) -> bytes | dict[str, bytes]:
    """Path to content of every file; of bibtex, the content of its one file."""
    if format_ == "coco":
        from harness.answer.exports.coco import coco_files

        return coco_files(results)
    if format_ == "ioh":
        from harness.answer.exports.ioh import ioh_files

        return ioh_files(results)
    if format_ == "bibtex":
        from harness.answer.exports.citations import bibliography

        return bibliography(results).encode()
    from harness.answer.output.dataframes import csv_bytes, parquet_bytes, tables
    from harness.answer.questions.evaluate import answer

    encode = csv_bytes if format_ == "csv" else parquet_bytes
    made = tables(results, answer(results))
    return {f"{table}.{format_}": encode(rows) for table, rows in made.items()}
