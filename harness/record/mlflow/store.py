"""Where MLflow keeps runs: a server, or a database beside the comparisons that is kept in order.

The database is made under another name and renamed when it is whole. One that MLflow left half made
is set aside, since MLflow would refuse it for ever. One that was moved or copied with its folder is
told where its files are now.
"""

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from common.errors import InputError
from common.paths import present
from harness.record.files import waiting_lock

DATABASE, ARTIFACTS = "mlflow.db", "mlartifacts"
_URI = "MLFLOW_TRACKING_URI"
# Not for long, and quietly.
_SETTINGS = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
}
# What would end a database's path, or be read as another character.
_UNFIT = re.compile(r"\?|%[0-9A-Fa-f]{2}")
# What MLflow says of a database whose first migration was cut short.
_HALF_MADE = re.compile("already exists|duplicate column name|no such (table|column)")
_OLD = "out-of-date database schema"
# Without it, the UI opens an experiment on its page for language models.
_TAGS = {"mlflow.experimentKind": "custom_model_development"}


def tracking_uri(out: Path) -> str:
    """Where MLflow stores runs: ``MLFLOW_TRACKING_URI`` if set, or else a database in ``out``.

    Raises:
        InputError: if the address of a database could not name this folder.
    """
    if given := os.environ.get(_URI):
        return given
    path = (out / DATABASE).resolve()
    if found := _UNFIT.search(str(path)):
        raise InputError(
            f"--out {out}: MLflow cannot keep a database in a folder whose name holds "
            f"{found.group()!r}; choose another"
        )
    return f"sqlite:///{path}"


def connected(out: Path, name: str) -> tuple[Any, str]:
    """An ``MlflowClient`` and the id of a named experiment, which is created if necessary.

    Raises:
        Exception: whatever MLflow raises when it cannot be reached, within seconds.
    """
    prepare(out)
    from mlflow import MlflowClient

    uri = tracking_uri(out)
    client = MlflowClient(tracking_uri=uri)
    found = client.get_experiment_by_name(name)
    if found is None:
        local = uri.startswith("sqlite:")
        where = (out / ARTIFACTS / name).resolve().as_uri() if local else None
        return client, str(client.create_experiment(name, where, _TAGS))
    if found.lifecycle_stage == "deleted":
        client.restore_experiment(found.experiment_id)
    return client, str(found.experiment_id)


def prepare(out: Path) -> list[str]:
    """Make the database of a folder, or mend it; gives what was mended, a line each.

    Args:
        out: the folder of all comparisons.

    Raises:
        InputError: if the database cannot be read, or was made by another version of MLflow.
    """
    for variable, value in _SETTINGS.items():
        os.environ.setdefault(variable, value)
    uri = tracking_uri(out)
    if os.environ.get(_URI):
        return []
    # A connection that MLflow kept open would go on writing to a file that was set aside.
    os.environ.setdefault("MLFLOW_SQLALCHEMYSTORE_POOLCLASS", "NullPool")
    notes = []
    database = out / DATABASE
    # No comparison is called that. Two first runs in one folder make one database.
    with waiting_lock(out / ".mirror" / "_database", lambda _: None):
        if present(database) and database.stat().st_size and (why := _broken(database, uri)):
            aside = _set_aside(database)
            notes.append(
                f"{database} was damaged ({why}): it is now {aside.name}, and a new one is made "
                "from the journal; mirror other comparisons again with ga-synth sync NAME"
            )
        if not present(database) or not database.stat().st_size:
            _create(database)
        if _relocate(database, out / ARTIFACTS):
            notes.append(f"{out} was moved or copied: MLflow's files are looked for there now")
    return notes


def _open(uri: str) -> None:
    """Let MLflow open a database, and make what is missing in it."""
    from mlflow import MlflowClient

    MlflowClient(tracking_uri=uri).search_experiments(max_results=1)


def _broken(database: Path, uri: str) -> str:
    """Why a database is of no use; empty if it is whole.

    Raises:
        InputError: if another version of MLflow made it, or it cannot be opened.
    """
    # MLflow itself would try for minutes to open what is no database.
    try:
        with closing(sqlite3.connect(database)) as opened:
            opened.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        raise InputError(f"cannot open {database}: {error}") from None
    except sqlite3.DatabaseError as error:
        return str(error)
    try:
        _open(uri)
    except Exception as error:
        text = str(error)
        if found := _HALF_MADE.search(text):
            return found.group()
        if _OLD in text and not _has_runs(database):
            return "half made"
        if _OLD in text:
            raise InputError(
                f"{database} was made by another version of MLflow; keep a copy of it, then: "
                f"{_upgrade(uri)}"
            ) from None
        raise
    return ""


def _upgrade(uri: str) -> str:
    return f"python -m mlflow db upgrade '{uri}'"


def _has_runs(database: Path) -> bool:
    with closing(sqlite3.connect(database)) as opened:
        return bool(opened.execute("SELECT count(*) FROM runs").fetchone()[0])


def _set_aside(database: Path) -> Path:
    """Rename a database and what SQLite keeps beside it; gives its new path."""
    number = 1
    while present(aside := database.with_name(f"{DATABASE}.damaged-{number}")):
        number += 1
    for end in ("", "-journal", "-wal", "-shm"):
        part = database.with_name(database.name + end)
        if present(part):
            part.rename(aside.with_name(aside.name + end))
    return aside


def _create(database: Path) -> None:
    """Make a database under another name, and rename it when MLflow has finished it."""
    for left in database.parent.glob(f".{DATABASE}.*.new*"):
        left.unlink()
    # MLflow remembers an address for as long as a process lives: none is used twice.
    made = database.with_name(f".{DATABASE}.{os.urandom(6).hex()}.new")
    _open(f"sqlite:///{made.resolve()}")
    made.replace(database)


def _relocate(database: Path, artifacts: Path) -> bool:
    """Correct where a database says that files are, if its folder has moved; gives whether it had.

    MLflow has no call for this: it takes the location of files to be fixed for ever.
    """
    here = artifacts.resolve().as_uri()
    moved = False
    with closing(sqlite3.connect(database, timeout=20)) as opened, opened:
        rows = opened.execute("SELECT experiment_id, name, artifact_location FROM experiments")
        for number, name, location in rows.fetchall():
            end = f"/{ARTIFACTS}/{quote(name)}"
            # Only what was placed by ``connected``.
            if not (location or "").endswith(end) or location == here + f"/{quote(name)}":
                continue
            moved = True
            new = f"{here}/{quote(name)}"
            opened.execute(
                "UPDATE experiments SET artifact_location = ? WHERE experiment_id = ?",
                (new, number),
            )
            for table, column in (("runs", "artifact_uri"), ("model_versions", "source")):
                opened.execute(
                    f"UPDATE {table} SET {column} = ? || substr({column}, ?) "  # noqa: S608
                    f"WHERE substr({column}, 1, ?) = ?",
                    (new, len(location) + 1, len(location) + 1, f"{location}/"),
                )
    return moved
