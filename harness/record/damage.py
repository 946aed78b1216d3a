"""Damage of a journal: found by checksums, said, and done again."""

import shutil
from collections.abc import Callable, Iterable
from functools import partial

from common.errors import InputError
from common.paths import present
from harness.record.files import UnreadableError, check_sha256, unread
from harness.record.journal import BANK, NETWORKS, Journal
from harness.record.packing import unpack
from harness.record.sealed import check_records, read_record
from harness.record.trial_folder import CHECKPOINT, CONFIG, ROWS, TIMES, TrialFolder

AGAIN = "run the comparison again: what is damaged is done again"


def damage_of(folder: TrialFolder) -> str:
    """Say what of a trial is damaged or unreadable; empty if nothing, as far as checksums tell."""
    try:
        return _damage(partial(_check, folder))
    except UnreadableError as error:
        return str(error)


def _damage(check: Callable[[], object]) -> str:
    """Say what a check finds damaged; empty if nothing.

    Raises:
        UnreadableError: for what is there and cannot be read.
    """
    try:
        check()
    except UnreadableError:
        raise
    except InputError as error:
        return str(error)
    return ""


def _check(folder: TrialFolder) -> None:
    """Check all that a trial has written.

    Raises:
        UnreadableError: for what is there and cannot be read.
        InputError: for what is damaged.
    """
    try:
        if folder.finished:
            check_records(folder.path / TIMES)
            for name, digest in folder.judgement()["files"].items():
                check_sha256(folder.path / name, digest)
        elif not folder.failure:
            _check_begun(folder)
    except OSError as error:  # a folder that cannot even be looked into
        raise unread(folder.path, error) from None


def _check_begun(folder: TrialFolder) -> None:
    """Check what an unfinished trial has written.

    Raises:
        InputError: if any of it is damaged.
    """
    for name in (ROWS, TIMES):
        check_records(folder.path / name)
    if present(folder.path / CONFIG):
        folder.read(CONFIG)
    path, rows = folder.path / CHECKPOINT, folder.path / ROWS
    if not present(path):
        return
    try:
        counted = unpack(path.read_bytes())["rows_at"]
    except (OSError, ValueError) as error:
        raise unread(path, error) from None
    if counted > (rows.stat().st_size if present(rows) else 0):
        raise InputError(f"cannot read {rows}: damaged (it was cut short)")


def clear_damaged(journal: Journal, names: Iterable[str]) -> dict[str, str]:
    """Remove what is damaged of a comparison, so that it is done again, with the same bytes.

    Args:
        journal: the comparison's, which nobody else writes.
        names: of the trials to look at.

    Returns:
        What was damaged, by trial, or by file of the whole comparison.

    Raises:
        UnreadableError: for what cannot be read, and may be whole; nothing is removed then.
    """
    folders = {name: journal.folder(name) for name in names}
    begun = {name: folder for name, folder in folders.items() if present(folder.path)}
    trials = {name: _damage(partial(_check, folder)) for name, folder in begun.items()}
    shared = [path for name in (NETWORKS, BANK) if present(path := journal.path / name)]
    files = {path.name: _damage(partial(read_record, path)) for path in shared}
    for name in _damaged(trials):
        shutil.rmtree(folders[name].path)
    for name in _damaged(files):
        (journal.path / name).unlink()
    return _damaged(trials | files)


def _damaged(found: dict[str, str]) -> dict[str, str]:
    return {name: what for name, what in found.items() if what}
