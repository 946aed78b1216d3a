"""Things that are in the way: a port in use, a cluster that does not answer."""

import socket
from pathlib import Path

import pytest

from harness.cli.commands.ui import ui
from harness.run.workers import Workers


@pytest.fixture
def busy_port():
    """A port on which something listens."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_ui_says_that_its_port_is_in_use(refused, busy_port, tmp_path, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    (tmp_path / "mlflow.db").touch()
    with refused(f"--port {busy_port} is in use"):
        ui(out=Path(tmp_path), port=busy_port)


def test_a_cluster_that_does_not_answer_is_refused_at_once(refused):
    with (
        refused("--address 127.0.0.1:1", "no cluster answers there"),
        Workers(1, "127.0.0.1:1", ()),
    ):
        pytest.fail("connected to nothing")


def test_the_password_of_a_server_is_never_printed(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://me:hunter2@127.0.0.1:9/x")
    ui(out=Path(tmp_path), port=5000)
    assert capsys.readouterr().out == "MLflow is at http://***@127.0.0.1:9/x\n"
