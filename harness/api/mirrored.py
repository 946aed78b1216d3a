"""Whether MLflow has received all of a comparison as it is, so that nobody needs to ask it."""

import hashlib
from contextlib import suppress
from pathlib import Path

from common.errors import InputError
from harness.record.journal import MIRRORED, Journal
from harness.record.mlflow.store import DATABASE, tracking_uri
from harness.record.sealed import read_record, write_record


def received(journal: Journal, out: Path) -> bool:
    """Whether this MLflow received the comparison, and nothing has changed since.

    Args:
        journal: of the comparison.
        out: the folder of all comparisons.
    """
    with suppress(InputError, OSError):
        return read_record(journal.path / MIRRORED) == _now(journal, out)
    return False


def note_received(journal: Journal, out: Path) -> None:
    """Note that MLflow has received the comparison as it is."""
    with suppress(OSError):
        write_record(journal.path / MIRRORED, _now(journal, out))


def _now(journal: Journal, out: Path) -> dict[str, str]:
    """The state of a comparison, and which MLflow it is.

    Of its address only a hash is kept, since there may be a password in it. A database that was
    removed and made again is another one.
    """
    from harness.answer.output.kept import state_of

    uri, database = tracking_uri(out), out / DATABASE
    made = str(database.stat().st_ino) if uri.startswith("sqlite:") else ""
    return {"state": state_of(journal), "to": hashlib.sha256((uri + made).encode()).hexdigest()}
