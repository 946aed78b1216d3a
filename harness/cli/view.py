"""``report``, ``ui`` and ``sync``: ways to look at what was run."""

import json
import os
import select
import socket
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from harness.cli.options import DEFAULT_OUT, Json, Name, Out, comparison_name
from harness.errors import InputError

_LOOK_EVERY_S = 2.0
# What a library says of a lost connection may be a page.
_MOST_SAID = 120
# How wide answers are where there is no terminal to ask.
_LINE = 120


def report(name: Name, out: Out = DEFAULT_OUT, as_json: Json = False) -> None:
    """Write the HTML report of a comparison and say its answers."""
    from harness.record.journal import Journal

    tell_answers(Journal(out, comparison_name(name)), out, as_json)


def tell_answers(journal: Any, out: Path, as_json: bool) -> None:
    """Answer, write the report, and say both."""
    from harness.answer.answers import answer
    from harness.answer.report.page import write_report
    from harness.answer.results import load_results
    from harness.answer.summary import write_summary

    results = load_results(journal)
    answers = answer(results)
    path = write_report(results, answers)
    write_summary(answers)
    if as_json:
        typer.echo(
            json.dumps({"event": "answers", "answers": answers.plain(), "report": str(path)})
        )
        return
    console = wide_console()
    for line in answers.renderables():
        console.print(line)
    typer.echo(f"cost                 {results.cost}")
    typer.echo(f"report, with audio   {path}")
    typer.echo(f"MLflow UI            ga-synth ui --out {out}    (or: make ui)")


def wide_console() -> Any:
    """A rich console as wide as its terminal, or as wide as answers are where there is none."""
    from rich.console import Console

    terminal = Console(highlight=False)
    return terminal if terminal.is_terminal else Console(highlight=False, width=_LINE)


def ui(
    out: Out = DEFAULT_OUT,
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 5000,
) -> None:
    """Open the MLflow UI on what was run; Ctrl-C ends it."""
    from harness.record.mirror import tracking_uri

    uri = tracking_uri(out)
    if uri.startswith("sqlite:") and not (out / "mlflow.db").exists():
        raise InputError(f"{out}: nothing was run there")
    if uri.startswith("http"):
        typer.echo(f"MLflow is at {uri}")
        return
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise InputError(f"--port {port} is in use; choose another")
    for line in _links(out, f"http://127.0.0.1:{port}"):
        typer.echo(line)
    sys.stdout.flush()
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    # No jobs are run there, and its start is seconds sooner.
    os.environ["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"
    arguments = ["--backend-store-uri", uri, "--host", "127.0.0.1", "--port", str(port)]
    os.execv(sys.executable, [sys.executable, "-m", "mlflow", "server", *arguments])  # noqa: S606


def _links(out: Path, address: str) -> list[str]:
    """One line for each comparison, straight to its charts."""
    from mlflow import MlflowClient

    from harness.record.mirror import tracking_uri

    client = MlflowClient(tracking_uri=tracking_uri(out))
    known = {path.parent.name for path in out.glob("*/experiment.json")}
    return [
        f"{e.name}: {address}/#/experiments/{e.experiment_id}/runs?compareRunsMode=CHART"
        for e in client.search_experiments()
        if e.name in known
    ]


def sync(
    name: Name,
    out: Out = DEFAULT_OUT,
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on until standard input ends.")
    ] = False,
) -> None:
    """Mirror the journal of a comparison to MLflow: all finished trials that are not there."""
    from harness.record.files import locked
    from harness.record.journal import Journal
    from harness.record.mirror import Mirror, tracking_uri

    if follow:
        # Beside a run, searching comes first.
        os.nice(10)
    journal = Journal(out, comparison_name(name))
    trials = journal.experiment()["trials"]
    # One mirror at a time: another's half-made run would look like one that was cut short.
    with locked(out / ".mirror" / journal.path.name):
        try:
            mirror = Mirror(journal, out)
            count = mirror.sync(trials)
            while follow:
                # Asked before the last look, so that what finished meanwhile is seen too.
                follow = not select.select([sys.stdin], [], [], _LOOK_EVERY_S)[0]
                count += mirror.sync(trials)
            mirror.overview()
        except InputError:
            raise
        except Exception as error:
            line = str(error).strip().split("\n")[0][:_MOST_SAID]
            raise InputError(f"MLflow at {tracking_uri(out)}: {line}") from None
    typer.echo(f"{journal.path.name}: {count} trials mirrored to {tracking_uri(out)}")
