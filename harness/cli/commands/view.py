"""``report``, ``ui`` and ``sync``: ways to look at what was run."""

import json
import os
import select
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from common.errors import InputError
from harness.api.console import console
from harness.cli.options import DEFAULT_OUT, Json, Name, Out, comparison_name

_LOOK_EVERY_S = 2.0
# What a library says of a lost connection may be a page.
_MOST_SAID = 120
# Filters of the UI, as they stand in its addresses.
_OVERVIEW, _TRIALS = (f"tags.kind%20%3D%20%27{kind}%27" for kind in ("summary", "trial"))


def report(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Of a comparison; a page of all if not given.")
    ] = "",
    ratings: Annotated[
        list[Path] | None,
        typer.Option("--ratings", help="Ranks by ear, as listen.html saves them; may be repeated."),
    ] = None,
    out: Out = DEFAULT_OUT,
    as_json: Json = False,
) -> None:
    """Write the HTML report of a comparison and say its answers."""
    from harness.record.journal import Journal

    if not name:
        from harness.answer.output.html.all_answers import write_every

        typer.echo(f"all answers          {write_every(out)}")
        return
    show_answers(Journal(out, comparison_name(name)), out, as_json, ratings or ())


def show_answers(journal: Any, out: Path, as_json: bool, ratings: Sequence[Path] = ()) -> None:
    """Answer, write the report and the tables, and say all."""
    from harness.answer.listening_test.ratings import by_ear
    from harness.answer.load import load_results
    from harness.answer.output.terminal import renderables
    from harness.answer.output.write_all import write_answers
    from harness.answer.questions.evaluate import answer

    results = load_results(journal)
    answers = answer(results)
    ears = by_ear(answers.results, answers.table, ratings) if ratings else None
    path, tables = write_answers(results, answers, ears)
    if as_json:
        written: dict[str, Any] = {"report": str(path), "tables": str(tables)}
        written |= {} if ears is None else {"by_ear": ears.plain()}
        typer.echo(json.dumps({"event": "answers", "answers": answers.plain(), **written}))
        return
    terminal = console()
    for line in renderables(answers):
        terminal.print(line)
    if ears is not None:
        typer.echo(f"by ear               {ears.sentence()}")
        for agreement in ears.agreements:
            typer.echo(f"  {agreement.judge:<24} {agreement.figures}")
    typer.echo(f"cost                 {results.cost}")
    typer.echo(f"report, with audio   {path}")
    typer.echo(f"tables, CSV, Parquet {tables}")
    typer.echo(f"MLflow UI            ga-synth ui --out {out}    (or: make ui)")


def ui(
    out: Out = DEFAULT_OUT,
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 5000,
) -> None:
    """Open the MLflow UI on what was run; Ctrl-C ends it."""
    from harness.record.mlflow.trials import tracking_uri

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
    os.environ["PYTHONSAFEPATH"] = "1"
    # No jobs are run there, and its start is seconds sooner.
    os.environ["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"
    arguments = ["--backend-store-uri", uri, "--host", "127.0.0.1", "--port", str(port)]
    os.execv(sys.executable, [sys.executable, "-m", "mlflow", "server", *arguments])  # noqa: S606


def _links(out: Path, address: str) -> list[str]:
    """For each comparison straight to its overview, a line a strategy, and to all its trials."""
    from mlflow import MlflowClient

    from harness.record.mlflow.networks import EXPERIMENT
    from harness.record.mlflow.trials import tracking_uri

    client = MlflowClient(tracking_uri=tracking_uri(out))
    known = {path.parent.name for path in out.glob("*/experiment.json")}
    lines = []
    for e in client.search_experiments():
        charts = f"{address}/#/experiments/{e.experiment_id}/runs?compareRunsMode=CHART"
        if e.name in known:
            lines += [
                f"{e.name}: {charts}&searchFilter={_OVERVIEW}",
                f"{e.name}, every trial: {charts}&searchFilter={_TRIALS}",
            ]
        elif e.name == EXPERIMENT:
            lines.append(f"{EXPERIMENT}: {charts}")
    return lines


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
    from harness.record.mlflow.networks import mirror_networks
    from harness.record.mlflow.trials import Mirror, tracking_uri

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
            mirror_networks(out, journal)
        except InputError:
            raise
        except Exception as error:
            line = str(error).strip().split("\n")[0][:_MOST_SAID]
            raise InputError(f"MLflow at {tracking_uri(out)}: {line}") from None
    typer.echo(f"{journal.path.name}: {count} trials mirrored to {tracking_uri(out)}")
