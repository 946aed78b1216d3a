"""``ui``: MLflow's pages on what was run, in a browser."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import IO, Annotated

import typer

from common.errors import InputError
from common.paths import present
from common.secrets import without_secrets
from harness.cli.options import DEFAULT_OUT, Out
from harness.record.files import log_lines

_USUAL_PORT, _PORTS = 5000, 20
_START_S, _LOOK_EVERY_S = 120.0, 0.2
# Filters in the addresses of the UI.
_SUMMARY, _REPORT, _TRIALS = (
    f"tags.kind%20%3D%20%27{kind}%27" for kind in ("summary", "report", "trial")
)


def ui(
    out: Out = DEFAULT_OUT,
    port: Annotated[
        int,
        typer.Option("--port", min=0, max=65535, help="0 takes 5000, or the next that is free."),
    ] = 0,
) -> None:
    """Start the MLflow UI for the comparisons in a folder; Ctrl-C stops it."""
    from harness.record.mlflow.store import prepare, tracking_uri

    uri = tracking_uri(out)
    if uri.startswith("sqlite:") and not present(out / "mlflow.db"):
        raise InputError(f"{out}: nothing has been run there")
    if uri.startswith("http"):
        typer.echo(f"MLflow is at {without_secrets(uri)}")
        return
    address = f"http://127.0.0.1:{_free(port)}"
    for line in prepare(out):
        typer.echo(line)
    links = _links(out, address)
    # Polars, which MLflow imports where it is installed, makes waiting go on after Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # It is how people end it, so no failure and nothing to go on with.
    with suppress(KeyboardInterrupt), tempfile.TemporaryFile() as log:
        process = _started(uri, address, log)
        try:
            _wait_until_it_answers(process, address, log)
            for line in links:
                typer.echo(line)
            typer.echo("Ctrl-C stops it.")
            sys.stdout.flush()
            process.wait()
        finally:
            # The server and its workers, which only read; asked politely they may take a minute.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        raise InputError(f"MLflow's server has ended: {_last_line(log)}")


def _free(port: int) -> int:
    """The port to listen on.

    Raises:
        InputError: if it is in use.
    """
    asked = [port] if port else range(_USUAL_PORT, _USUAL_PORT + _PORTS)
    for one in asked:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", one)):
                return one
    if port:
        raise InputError(f"--port {port} is in use; choose another, or leave it out")
    raise InputError(f"ports {asked[0]} to {asked[-1]} are in use; choose another with --port")


def _started(uri: str, address: str, log: IO[bytes]) -> "subprocess.Popen[bytes]":
    settings = {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "PYTHONSAFEPATH": "1",
        # No jobs are run there, and the server starts seconds sooner.
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    }
    words = [
        "--backend-store-uri",
        uri,
        "--host",
        "127.0.0.1",
        "--port",
        address.rsplit(":", maxsplit=1)[-1],
    ]
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "mlflow", "server", *words],
        stdout=log,
        stderr=log,
        env=os.environ | settings,
        # Ctrl-C is ours: its server would fill the terminal.
        start_new_session=True,
    )


def _wait_until_it_answers(
    process: "subprocess.Popen[bytes]", address: str, log: IO[bytes]
) -> None:
    deadline = time.monotonic() + _START_S
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(f"{address}/health", timeout=2):  # noqa: S310
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(_LOOK_EVERY_S)
    raise InputError(f"MLflow's server did not start: {_last_line(log)}")


def _last_line(log: IO[bytes]) -> str:
    lines = log_lines(log)
    return lines[-1].strip() if lines else "it said nothing"


def _links(out: Path, address: str) -> list[str]:
    """Links for each comparison: to its summary, to its report, and to all its trials."""
    from mlflow import MlflowClient

    from harness.record.mlflow.networks import EXPERIMENT
    from harness.record.mlflow.store import tracking_uri

    client = MlflowClient(tracking_uri=tracking_uri(out))
    known = {path.parent.name for path in out.glob("*/experiment.json")}
    lines = []
    for e in client.search_experiments():
        # Else MLflow's menu is that for language models.
        runs = f"{address}/#/experiments/{e.experiment_id}/runs?workflowType=machine_learning"
        charts = f"{runs}&compareRunsMode=CHART"
        if e.name in known:
            lines += [
                f"{e.name}: {charts}&searchFilter={_SUMMARY}",
                f"{e.name}, all trials: {charts}&searchFilter={_TRIALS}",
                f"{e.name}, report: {runs}&searchFilter={_REPORT}",
            ]
        elif e.name == EXPERIMENT:
            lines.append(f"{EXPERIMENT}: {charts}")
    return lines
