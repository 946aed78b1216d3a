"""Damage of a journal: found by checksums, said, and done again."""

import shutil
from collections.abc import Iterable

from common.errors import InputError
from harness.record.files import check_sha256, reason_of
from harness.record.journal import (
    BANK,
    CHECKPOINT,
    CONFIG,
    NETWORKS,
    ROWS,
    TIMES,
    Journal,
    TrialFolder,
)
from harness.record.packing import unpack
from harness.record.sealed import check_records, read_record

AGAIN = "run the comparison again: what is damaged is done again"


def damage_of(folder: TrialFolder) -> str:
    """Say what of a trial is damaged; empty if nothing is, as far as checksums tell."""
    try:
        if folder.finished:
            check_records(folder.path / TIMES)
            for name, digest in folder.judgement()["files"].items():
                check_sha256(folder.path / name, digest)
        elif not folder.failure:
            _check_begun(folder)
    except InputError as error:
        return str(error)
    return ""


def _check_begun(folder: TrialFolder) -> None:
    """Check what an unfinished trial has written.

    Raises:
        InputError: if any of it is damaged.
    """
    for name in (ROWS, TIMES):
        check_records(folder.path / name)
    if (folder.path / CONFIG).exists():
        folder.read(CONFIG)
    path, rows = folder.path / CHECKPOINT, folder.path / ROWS
    if not path.exists():
        return
    try:
        counted = unpack(path.read_bytes())["rows_at"]
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {path}: {reason_of(error)}") from None
    if counted > (rows.stat().st_size if rows.exists() else 0):
        raise InputError(f"cannot read {rows}: damaged (it was cut short)")


def clear_damaged(journal: Journal, names: Iterable[str]) -> dict[str, str]:
    """Remove what is damaged of a comparison, so that it is done again, with the same bytes.

    Args:
        journal: the comparison's, which nobody else writes.
        names: of the trials to look at.

    Returns:
        What was damaged, by trial, or by file of the whole comparison.
    """
    found = {}
    for name in names:
        folder = journal.folder(name)
        if folder.path.exists() and (damage := damage_of(folder)):
            found[name] = damage
            shutil.rmtree(folder.path)
    for name in (NETWORKS, BANK):
        path = journal.path / name
        try:
            if path.exists():
                read_record(path)
        except InputError as error:
            found[name] = str(error)
            path.unlink()
    return found
