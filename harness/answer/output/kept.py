"""What the answers of a comparison said, kept until anything that they rest on changes.

Answering thousands of trials again takes minutes, and says the same.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from common.errors import InputError
from common.paths import present
from harness.plan.registry import own_version
from harness.record.files import check_sha256, sha256_of
from harness.record.journal import (
    ANSWERS,
    LISTENING_PAGE,
    MIRRORED,
    REPORT,
    SUMMARY,
    TABLES_FOLDER,
    Journal,
)
from harness.record.sealed import read_record, write_record
from harness.record.trial_folder import FAILURE, RECORD, TIMES

KEPT = "answered.json"
# What answering writes is not what answers rest on.
_WRITTEN = (KEPT, SUMMARY, ANSWERS, MIRRORED)
_ROOMS = ("answer", "statistics")


@dataclass(frozen=True)
class Said:
    """What the answers said.

    Attributes:
        printed: for a terminal.
        style: the width and colours that it was printed for.
        plain: the answers as values.
        cost: what the trials cost, in a line.
    """

    printed: str
    style: str
    plain: Sequence[Mapping[str, Any]]
    cost: str


def keep(journal: Journal, said: Said) -> None:
    """Keep what was said, beside the report and the tables that were written with it."""
    written = {str(p.relative_to(journal.path)): sha256_of(p) for p in _outputs(journal)}
    write_record(
        journal.path / KEPT, {"state": state_of(journal), "written": written, **asdict(said)}
    )


def kept(journal: Journal) -> Said | None:
    """Return what was said, if it would be said again and all that was written is there."""
    try:
        record = read_record(journal.path / KEPT)
        if record.pop("state") != state_of(journal):
            return None
        for name, digest in record.pop("written").items():
            check_sha256(journal.path / name, digest)
    except (InputError, OSError):
        return None
    return Said(**record)


def state_of(journal: Journal) -> str:
    """Hash everything that answers rest on; each judgement has the hash of its trial's files.

    Raises:
        InputError: if nothing was run there.
        OSError: if any of it cannot be read.
    """
    state = hashlib.sha256(own_version().encode())
    for path in _answering():
        about = path.stat()
        state.update(f"{path.name} {about.st_size} {about.st_mtime_ns}\n".encode())
    given = [p for p in sorted(journal.path.glob("*.json")) if p.name not in _WRITTEN]
    for path in (*given, *sorted((journal.path / "targets").glob("*.json"))):
        state.update(path.name.encode() + path.read_bytes())
    for name in journal.experiment()["trials"]:
        folder = journal.folder(name).path
        files = [folder / file for file in (RECORD, FAILURE) if present(folder / file)]
        times = folder / TIMES
        size = times.stat().st_size if present(times) else 0
        state.update(f"\n{name} {size} ".encode() + b"".join(p.read_bytes() for p in files))
    return state.hexdigest()


def _answering() -> Iterator[Path]:
    """The code that answers: of a version that is being worked on it changes day by day."""
    rooms = Path(__file__).parents[2]
    for room in _ROOMS:
        yield from sorted(p for p in (rooms / room).rglob("*.*") if p.suffix != ".pyc")


def _outputs(journal: Journal) -> list[Path]:
    named = [journal.path / name for name in (REPORT, LISTENING_PAGE, SUMMARY, ANSWERS)]
    return [*named, *sorted((journal.path / TABLES_FOLDER).iterdir())]
