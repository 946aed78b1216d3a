"""The MLflow UI, as a real process; what its links lead to is looked at in a browser elsewhere."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from contextlib import contextmanager

import pytest

from harness.record.mlflow.trials import Mirror

pytestmark = pytest.mark.slow


@pytest.fixture
def out(tiny_journal, tmp_path, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    (tmp_path / "tiny").symlink_to(tiny_journal.path)
    Mirror(tiny_journal, tmp_path).sync(tiny_journal.experiment()["trials"][:1])
    return tmp_path


@contextmanager
def running(environment, out):
    with subprocess.Popen(
        [sys.executable, "-m", "harness.cli", "ui", "--out", out],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.terminate()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_it_prints_links_once_they_answer_and_nothing_outlives_it(out, number, code):
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    environment.pop("MLFLOW_TRACKING_URI", None)
    with running(environment, out) as process:
        lines = []
        while "Ctrl-C" not in (line := process.stdout.readline()):
            assert line, process.stderr.read()
            lines.append(line)
        address = re.search(r"http://127.0.0.1:\d+", lines[0])[0]
        names = [line.split(": ")[0] for line in lines]
        assert names == ["tiny", "tiny, all trials", "tiny, report"]
        with urllib.request.urlopen(f"{address}/health", timeout=60) as reply:  # noqa: S310
            assert reply.status == 200
        process.send_signal(number)
        assert process.wait(120) == code
        said = process.stderr.read()
        assert "Traceback" not in said
        assert ("resumes" in said) == (code != 0)
    assert falls_silent(address)


def falls_silent(address):
    """Whether nothing listens there, within some seconds: a server's children end after it."""
    host, port = address.removeprefix("http://").split(":")
    for _ in range(100):
        try:
            socket.create_connection((host, int(port)), timeout=5).close()
        except ConnectionRefusedError:
            return True
        threading.Event().wait(0.1)
    return False
