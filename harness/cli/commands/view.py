"""``report`` and ``sync``: what was run, for people and for MLflow."""

import json
import os
import select
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from common.errors import InputError
from common.secrets import without_secrets
from harness.api.console import console
from harness.cli.options import (
    DEFAULT_OUT,
    Json,
    Name,
    Out,
    comparison_name,
    comparisons_here,
)

if TYPE_CHECKING:
    from rich.console import Console

    from harness.answer.listening_test.ears import ListeningTest
    from harness.answer.output.kept import Said

# Begins a line about what was mended; `run` passes it on.
NOTE = "note: "
_LOOK_EVERY_S = 2.0
# A library's message about a lost connection may fill a page.
_LONGEST_MESSAGE = 500


def report(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="Name of a comparison; without it, one page with all answers.",
            autocompletion=comparisons_here,
        ),
    ] = "",
    ratings: Annotated[
        list[Path] | None,
        typer.Option("--ratings", help="Answers saved by listen.html; may be repeated."),
    ] = None,
    out: Out = DEFAULT_OUT,
    as_json: Json = False,
) -> None:
    """Write the HTML report of a comparison and print its answers."""
    from harness.record.journal import Journal

    if not name:
        from harness.answer.output.html.all_answers import write_all_answers

        page = write_all_answers(out)
        told = json.dumps({"report": str(page)}) if as_json else f"all answers          {page}"
        typer.echo(told)
        return
    report_answers(Journal(out, comparison_name(name)), out, as_json, ratings or ())


def report_answers(journal: Any, out: Path, as_json: bool, ratings: Sequence[Path] = ()) -> None:
    """Answer all questions, write the report and the tables, and print the answers."""
    from rich.text import Text

    from harness.answer.listening_test.ears import ears_and_judges
    from harness.answer.load import load_results
    from harness.answer.output.kept import Said, keep
    from harness.answer.output.terminal import renderables
    from harness.answer.output.write_all import write_answers
    from harness.answer.questions.evaluate import answer

    results = load_results(journal)
    answers = answer(results)
    test = ears_and_judges(answers.results, answers.measures, ratings) if ratings else None
    write_answers(results, answers, test)
    terminal = console()
    with terminal.capture() as captured:
        for line in renderables(answers):
            # A path stays in one piece, for whoever copies it: the terminal wraps it.
            terminal.print(line, soft_wrap=isinstance(line, Text))
    said = Said(captured.get(), _style(terminal), answers.plain(), str(results.cost))
    if test is None:
        keep(journal, said)
    _tell(journal, out, as_json, said, test)


def report_changed(journal: Any, out: Path, as_json: bool) -> None:
    """Print the answers; work them out, and write the report, only if anything has changed."""
    from harness.answer.output.kept import kept

    said = kept(journal)
    if said is None or not (as_json or said.style == _style(console())):
        report_answers(journal, out, as_json)
    else:
        _tell(journal, out, as_json, said, None)


def _style(terminal: "Console") -> str:
    return f"{terminal.width} {terminal.color_system}"


def _tell(
    journal: Any, out: Path, as_json: bool, said: "Said", test: "ListeningTest | None"
) -> None:
    from harness.record.journal import REPORT, TABLES_FOLDER

    path, tables = journal.path / REPORT, journal.path / TABLES_FOLDER
    if as_json:
        written: dict[str, Any] = {"report": str(path), "tables": str(tables)}
        written |= {} if test is None else {"listening_test": test.plain()}
        typer.echo(json.dumps({"event": "answers", "answers": said.plain, **written}))
        return
    typer.echo(said.printed, nl=False)
    if test is not None:
        from harness.answer.output.terminal import heard

        for line in heard(test):
            console().print(line)
    typer.echo(f"cost                 {said.cost}")
    typer.echo(f"report, with audio   {path}")
    typer.echo(f"tables, CSV, Parquet {tables}")
    # Who runs `make` may have no ga-synth on the path.
    command = "make ui" if "MAKELEVEL" in os.environ else f"ga-synth ui --out {out}"
    typer.echo(f"MLflow UI            {command}")


def _tell_mirrored(count: int) -> None:
    typer.echo(count)
    sys.stdout.flush()


def sync(
    name: Name,
    out: Out = DEFAULT_OUT,
    follow: Annotated[
        bool, typer.Option("--follow", help="Keep mirroring until standard input ends.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Mirror the finished trials of a comparison to MLflow, except those already there."""
    from common.wording import counted
    from harness.record.damage import AGAIN
    from harness.record.files import locked
    from harness.record.journal import Journal
    from harness.record.mlflow.networks import mirror_networks
    from harness.record.mlflow.store import prepare, tracking_uri
    from harness.record.mlflow.trials import Mirror

    followed = follow
    if follow:
        # During a run, the search has priority.
        os.nice(10)
    journal = Journal(out, comparison_name(name))
    trials = journal.experiment()["trials"]
    # One mirror at a time: an unfinished run of another would look like an interrupted one.
    with locked(out / ".mirror" / journal.path.name):
        try:
            for line in prepare(out):
                typer.echo(f"{NOTE}{line}", err=True)
            mirror = Mirror(journal, out)
            # `run` reads how far this came, should it not wait any longer.
            tell = _tell_mirrored if follow else None
            if tell is not None:
                tell(mirror.mirrored)
            count = mirror.sync(trials, tell)
            while follow:
                # Checked before the last sync, so that trials that finish meanwhile are not missed.
                follow = not select.select([sys.stdin], [], [], _LOOK_EVERY_S)[0]
                count += mirror.sync(trials, tell)
            mirror.overview()
            mirror_networks(out, journal)
        except InputError:
            raise
        except Exception as error:
            line = str(error).strip().split("\n")[0][:_LONGEST_MESSAGE]
            raise InputError(f"MLflow at {tracking_uri(out)}: {line}") from None
    where = without_secrets(tracking_uri(out))
    for damage in mirror.damaged.values():
        typer.echo(f"{NOTE}not mirrored: {damage}; {AGAIN}", err=True)
    if as_json:
        typer.echo(json.dumps({"mirrored": count, "uri": where}))
    elif not followed:
        typer.echo(f"{journal.path.name}: {counted(count, 'trial')} mirrored to {where}")
