"""The journal of one trial: a folder of files, of which the last one says that it is finished."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.paths import present
from harness.record.collections import COLLECTIONS, Collected, collection_records
from harness.record.files import refuse_link, sha256_of, unread, write_bytes
from harness.record.packing import pack, unpack
from harness.record.sealed import (
    append_records,
    read_record,
    read_records,
    record_bytes,
    whole_lines,
    write_record,
)
from harness.record.sounds import listening_copy
from synth.space import ParameterSpace

RECORD = "judgement.json"
FAILURE = "failure.json"
ROWS = "generations.jsonl"
TIMES = "times.jsonl"
PRINTED = "printed.txt"
CHECKPOINT = "checkpoint.zip"
CONFIG = "config.json"
SOUND = "best.flac"
GENOME = "genome.json"
_LARGEST_PRINTED = 2**20


class TrialFolder:
    """The journal of one trial.

    Args:
        path: its folder, which need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._rows_at = 0
        self._times_at: int | None = None

    @property
    def finished(self) -> bool:
        """Whether the trial has been judged."""
        return present(self.path / RECORD)

    @property
    def failure(self) -> str:
        """Why the trial failed; empty if it did not, or was finished all the same."""
        path = self.path / FAILURE
        failed = present(path) and not self.finished
        return str(read_record(path)["reason"]) if failed else ""

    def resume(self, config: Mapping[str, Any]) -> Any:
        """Begin or resume a trial; returns the state of its checkpoint, or None.

        Raises:
            InputError: if the folder cannot be written, is a link, or its checkpoint is damaged.
        """
        refuse_link(self.path)
        (self.path / FAILURE).unlink(missing_ok=True)
        checkpoint = self.path / CHECKPOINT
        if not present(checkpoint):
            write_record(self.path / CONFIG, config)
            return None
        try:
            saved = unpack(checkpoint.read_bytes())
        except (OSError, ValueError) as error:
            raise unread(checkpoint, error) from None
        self._rows_at = saved["rows_at"]
        return saved["state"]

    def save(self, state: Any, rows: Sequence[Any], times: Sequence[Any]) -> None:
        """Append rows and write a checkpoint that records how many of them count.

        Rows beyond the last checkpoint, left by a crash, are cut off by the next save.
        """
        rows_at = append_records(self.path / ROWS, list(rows), self._rows_at)
        times_file = self.path / TIMES
        if self._times_at is None:
            self._times_at = whole_lines(times_file)
        times_at = append_records(times_file, list(times), self._times_at)
        write_bytes(self.path / CHECKPOINT, pack({"rows_at": rows_at, "state": state}))
        # Only now do the rows count: a save that was cut short can be done again.
        self._rows_at, self._times_at = rows_at, times_at

    def finish(
        self,
        judgement: Any,
        genome: Any,
        sound: tuple[NDArray[np.float32], int],
        settings: Mapping[str, bytes],
        collections: Sequence[Collected] = (),
    ) -> None:
        """Write what came out; the judgement last, since it says that the trial is finished.

        Args:
            judgement: every distance; the SHA-256 of the other files is added.
            genome: the best one, as ``genome_record`` gives it.
            sound: its sound, shape (samples,), and the sample rate in hertz.
            settings: the synth's own files of it, by name.
            collections: what else the searches have found.
        """
        files = {
            SOUND: listening_copy(*sound),
            **{f"best.{name}": data for name, data in settings.items()},
            GENOME: record_bytes(genome),
        }
        if collections:
            records = collection_records(collections)
            files[COLLECTIONS] = record_bytes({"collections": records})
            names = [heard["sound"] for record in records for heard in record["heard"]]
            sounds = [one for collection in collections for one in collection.sounds]
            copies = (listening_copy(one, sound[1]) for one in sounds)
            files |= dict(zip(names, copies, strict=True))
        digests = {
            name: sha256_of(self.path / name)
            for name in (CONFIG, ROWS, CHECKPOINT)
            if present(self.path / name)
        }
        for name, data in files.items():
            write_bytes(self.path / name, data)
            digests[name] = sha256(data).hexdigest()
        write_record(self.path / RECORD, {**judgement, "files": digests})

    def add_printed(self, lines: Sequence[str]) -> None:
        """Append lines that plug-ins printed, as long as the file has not grown too large."""
        path = self.path / PRINTED
        if not present(path) or path.stat().st_size < _LARGEST_PRINTED:
            with path.open("a", encoding="utf-8", errors="replace") as file:
                file.writelines(f"{line}\n" for line in lines)

    def fail(self, reason: str) -> None:
        """Write why the trial failed."""
        write_record(self.path / FAILURE, {"reason": reason})

    def read(self, name: str) -> Any:
        """Return what a JSON file of the trial holds: CONFIG, GENOME or RECORD.

        Raises:
            InputError: if it is missing or damaged.
        """
        return read_record(self.path / name)

    def judgement(self) -> Any:
        """Return every distance of the best sound, and what it cost."""
        return self.read(RECORD)

    def rows(self) -> list[Any]:
        """A row a round, in order."""
        return read_records(self.path / ROWS)

    def times(self) -> list[Any]:
        """A row a job; of one that was done again, the last."""
        rows = {
            (row["round"], row["agent"], row["kind"]): row
            for row in read_records(self.path / TIMES)
        }
        return [rows[key] for key in sorted(rows)]


def judged_by(folder: TrialFolder, judges: Any) -> bool:
    """Whether these judges, and no others, have judged a trial, none of them to be asked again."""
    if not folder.finished:
        return False
    judgement = folder.judgement()
    return judgement["judges"] == judges and not judgement.get("again")


def genome_record(space: ParameterSpace, genome: NDArray[np.float64]) -> dict[str, Any]:
    """A genome for people and programs: name to gene, value and unit."""
    values = space.describe(genome)
    return {
        p.name: {"gene": gene, "value": values[p.name], "unit": p.unit, "section": p.section}
        for p, gene in zip(space, genome.tolist(), strict=True)
    }
