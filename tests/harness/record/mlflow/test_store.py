"""The database beside the comparisons: in the right place, whole, and moved with its folder."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest

from harness.record.mlflow.store import connected, prepare, tracking_uri


@pytest.fixture(autouse=True)
def no_server(monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a database, and a run in it that has a file."""
    out = tmp_path_factory.mktemp("made") / "runs #1 %"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        client, experiment = connected(out, "a=b")
    run_id = client.create_run(experiment).info.run_id
    file = out / "file.txt"
    file.write_text("words")
    client.log_artifact(run_id, str(file))
    return out


def files_of(out):
    client, experiment = connected(out, "a=b")
    (run,) = client.search_runs([experiment])
    # MLflow remembers where the files of a run were for as long as a process lives.
    where = Path(unquote(urlparse(run.info.artifact_uri).path))
    assert where.is_relative_to(out)
    assert client.get_experiment(experiment).artifact_location in run.info.artifact_uri
    return [path.name for path in where.iterdir()]


@pytest.mark.parametrize("name", ["q?mode=ro", "a%20b"])
def test_a_folder_that_an_address_cannot_name_is_refused(refused, tmp_path, name):
    with refused("--out", name):
        prepare(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_other_folders_hold_their_database_whole(made):
    assert {path.name for path in made.iterdir()} == {
        ".mirror", "mlflow.db", "mlartifacts", "file.txt",
    }  # fmt: skip
    assert prepare(made) == []
    assert files_of(made) == ["file.txt"]


@pytest.mark.parametrize("how", [shutil.move, shutil.copytree])
def test_a_moved_or_copied_folder_finds_its_files(made, tmp_path, how):
    first, second = tmp_path / "first", tmp_path / "second"
    shutil.copytree(made, first)
    assert len(prepare(first)) == 1
    how(first, second)
    assert len(prepare(second)) == 1
    assert prepare(second) == []
    assert files_of(second) == ["file.txt"]
    assert first.exists() == (how is shutil.copytree)


def half_made(database):
    """As an interrupted first migration leaves it."""
    with closing(sqlite3.connect(database)) as opened, opened:
        opened.execute("DROP TABLE IF EXISTS alembic_version")
        opened.execute("DROP TABLE IF EXISTS webhooks")
        opened.execute("DROP TABLE IF EXISTS model_versions")


def no_database(database):
    database.write_bytes(b"words, words, words " * 500)


@pytest.mark.parametrize("damage", [half_made, no_database])
def test_a_damaged_database_is_set_aside(made, tmp_path, damage):
    out = tmp_path / "out"
    shutil.copytree(made, out)
    damage(out / "mlflow.db")
    (note,) = prepare(out)
    assert "mlflow.db.damaged-1" in note
    assert (out / "mlflow.db.damaged-1").exists()
    assert prepare(out) == []
    client, experiment = connected(out, "a=b")
    assert list(client.search_runs([experiment])) == []


def test_one_of_another_version_is_kept_and_the_remedy_is_said(made, tmp_path, refused):
    out = tmp_path / "out"
    shutil.copytree(made, out)
    with closing(sqlite3.connect(out / "mlflow.db")) as opened, opened:
        opened.execute("UPDATE alembic_version SET version_num = '451aebb31d03'")
    with refused("mlflow db upgrade", tracking_uri(out)):
        prepare(out)
    assert files_in(out) == 1


def files_in(out):
    with closing(sqlite3.connect(out / "mlflow.db")) as opened:
        return opened.execute("SELECT count(*) FROM runs").fetchone()[0]


def test_what_an_interrupted_creation_left_is_cleared(tmp_path):
    (tmp_path / ".mlflow.db.abc.new").write_bytes(b"half")
    (tmp_path / "mlflow.db").touch()
    assert prepare(tmp_path) == []
    assert {path.name for path in tmp_path.iterdir()} == {".mirror", "mlflow.db"}


def test_two_first_runs_make_one_database(tmp_path):
    code = (
        "import sys; from pathlib import Path; from harness.record.mlflow.store import connected; "
        "print(connected(Path(sys.argv[1]), sys.argv[2])[1])"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path), name],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        for name in ("one", "other")
    ]  # fmt: skip
    assert sorted(process.communicate()[0] for process in both) == ["1\n", "2\n"]
    assert {path.name for path in tmp_path.iterdir()} == {".mirror", "mlflow.db"}
