"""A real MLflow server, as a process."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress

import pytest

DEADLINE_S = 180


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def answers(address):
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=2) as reply:  # noqa: S310
            return reply.status == 200
    except OSError:
        return False


@contextmanager
def mlflow_server(folder, store):
    """The address of an MLflow server.

    Args:
        folder: for its artifacts and its log.
        store: the address of its database.
    """
    address = f"http://127.0.0.1:{(port := free_port())}"
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--workers", "1"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port), "--backend-store-uri", store,
             "--artifacts-destination", str(folder / "artifacts")],
            stdout=log, stderr=log, start_new_session=True,
            env={**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true",
                 "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
        )  # fmt: skip
    try:
        deadline = time.monotonic() + DEADLINE_S
        while not answers(address):
            if process.poll() is not None or time.monotonic() > deadline:
                reason = "mlflow server did not start: " + (folder / "log").read_text()[-500:]
                (pytest.fail if os.environ.get("REQUIRE_REAL_PARTS") == "1" else pytest.skip)(
                    reason
                )
            select_briefly(process)
        yield address
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def select_briefly(process):
    """Wait until the process ends, a fifth of a second at most."""
    try:
        process.wait(0.2)
    except subprocess.TimeoutExpired:
        return
