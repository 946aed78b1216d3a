"""MLflow on PostgreSQL, as the guide recommends for a server that several people share."""

import os
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from harness.record.mlflow.trials import Mirror
from tests.harness.record.mlflow.servers import free_port, mlflow_server

pytestmark = pytest.mark.slow


def lacking():
    if not list(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")):
        return "needs PostgreSQL: apt install postgresql"
    return "" if find_spec("psycopg") else "needs psycopg: make parts"


@pytest.fixture(scope="module")
def postgresql():
    """The address of a PostgreSQL database, on a server of its own."""
    if reason := lacking():
        (pytest.fail if os.environ.get("REQUIRE_REAL_PARTS") == "1" else pytest.skip)(reason)
    tools = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    # It refuses to run as root, and sockets need a short name.
    as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    folder, port = Path(tempfile.mkdtemp(prefix="pg-")), free_port()
    if as_user:
        shutil.chown(folder, "postgres")

    def run(tool, *words):
        command = [*as_user, tools / tool, "-D", folder / "data", *words]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)

    run("initdb", "--auth", "trust", "--username", "mlflow", "--encoding", "UTF8")
    options = f"-k {folder} -p {port} -c listen_addresses=127.0.0.1"
    run("pg_ctl", "-w", "-l", folder / "log", "-o", options, "start")
    yield f"postgresql://mlflow@127.0.0.1:{port}/postgres"
    run("pg_ctl", "-w", "-m", "immediate", "stop")
    shutil.rmtree(folder)


def test_every_trial_and_point_arrives_once(postgresql, tiny_journal, tmp_path, monkeypatch):
    from mlflow import MlflowClient

    names = [n for n in tiny_journal.experiment()["trials"] if ".waveform.reachable.0" in n][1:]
    with mlflow_server(tmp_path, postgresql) as address:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
        mirror = Mirror(tiny_journal, tmp_path)
        assert mirror.sync(names) == len(names) == 2
        assert mirror.sync(names) == 0
        client = MlflowClient(tracking_uri=address)
        experiment = client.get_experiment_by_name("tiny")
        runs = client.search_runs([experiment.experiment_id], "tags.kind = 'trial'")
        assert {run.data.tags["trial"] for run in runs} == set(names)
        for run in runs:
            rows = tiny_journal.folder(run.data.tags["trial"]).rows()
            history = client.get_metric_history(run.info.run_id, "best/distance")
            points = sorted((point.step, point.value) for point in history)
            assert points == [(row["renders"], row["best"]) for row in rows]
