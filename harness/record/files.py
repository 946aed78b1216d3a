"""Files that are written completely or not at all."""

import hashlib
import json
import os
import shutil
import socket
import tempfile
import time
from contextlib import contextmanager, suppress
from math import isfinite
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from common.errors import InputError, system_reason
from common.paths import present

_LET_GO_S = 0.5

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file in one step: a reader, or a crash, sees the old one or the new one.

    Raises:
        InputError: if the folder cannot be written to, or the disk is full.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        unlink_link(part)
        try:
            part.write_bytes(data)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise InputError(f"cannot write {path}: {reason_of(error)}") from None


def refuse_existing(path: Path, remedy: str) -> None:
    """Refuse to write where something is already, were it a link that leads nowhere.

    Args:
        path: that would be written.
        remedy: what to do instead.

    Raises:
        InputError: if it is there.
    """
    if present(path) or path.is_symlink():
        raise InputError(f"{path} exists already; {remedy}")


def write_new(target: Path, content: "bytes | Mapping[str, bytes]") -> None:
    """Write a file, or a folder as a whole, that is not there yet.

    Args:
        target: in a folder that is there.
        content: of the file; or path to content of all files of the folder.

    Raises:
        InputError: if it cannot be written.
    """
    try:
        if isinstance(content, bytes):
            with target.open("xb") as opened:
                opened.write(content)
        else:
            _write_folder(target, content)
    except OSError as error:
        raise InputError(f"cannot write {target}: {reason_of(error)}") from None


def _write_folder(folder: Path, files: "Mapping[str, bytes]") -> None:
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for path, content in files.items():
            (made / path).parent.mkdir(parents=True, exist_ok=True)
            (made / path).write_bytes(content)
        made.chmod(0o777 & ~_umask())
        made.rename(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def _umask() -> int:
    """What is taken from the permissions of new files; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def log_lines(log: IO[bytes]) -> list[str]:
    """Return the lines of another process's output that say something."""
    log.seek(0)
    return [line for line in log.read().decode(errors="replace").splitlines() if line.strip()]


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, as hexadecimal digits.

    Raises:
        OSError: if it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_sha256(path: Path, digest: str) -> None:
    """Check that a file is the one that was written.

    Raises:
        InputError: if it is not, or cannot be read.
    """
    try:
        same = sha256_of(path) == digest
    except OSError as error:
        raise unread(path, error) from None
    if not same:
        raise InputError(f"cannot read {path}: damaged (it is not what was written)")


def unlink_link(path: Path) -> None:
    """Remove a symbolic link, so that what it points to is not written to; leave anything else."""
    if path.is_symlink():
        path.unlink()


def refuse_link(folder: Path) -> None:
    """Refuse a folder that is somewhere else.

    Raises:
        InputError: if it is a symbolic link.
    """
    if folder.is_symlink():
        raise InputError(
            f"{folder} is a link to {folder.readlink()}: nothing is written through it; remove the "
            "link, or move the folder there and name it with --out"
        )


def finite(value: Any) -> Any:
    """The same plain value with None for NaN and infinity, which JSON cannot hold."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def write_json(path: Path, value: Any) -> None:
    """Write plain values as readable JSON, always the same bytes for the same values."""
    write_bytes(path, (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode())


def read_json(path: Path) -> Any:
    """Read what ``write_json`` wrote.

    Raises:
        InputError: if the file cannot be read or was damaged.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise unread(path, error) from None


@contextmanager
def locked(folder: Path) -> "Iterator[None]":
    """Hold a folder for one writer; the lock goes with the process, however it ends.

    Raises:
        InputError: if another process holds it, or it cannot be written to.
    """
    import fcntl

    with _lock_file(folder) as file:
        given_up = time.monotonic() + _LET_GO_S
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                # A process that a killed run was about to start has its files for a moment more.
                if time.monotonic() > given_up:
                    raise InputError(f"{folder}: another run is writing there") from None
                time.sleep(_LET_GO_S / 10)
        _write_holder(file)
        yield


@contextmanager
def waiting_lock(folder: Path, on_wait: "Callable[[str], None]") -> "Iterator[None]":
    """Hold a folder as ``locked`` does, but wait for a process that holds it.

    Args:
        folder: to hold.
        on_wait: called once, with who holds the folder, before waiting.

    Raises:
        InputError: if it cannot be written to.
    """
    import fcntl

    waited = False
    while True:
        with _lock_file(folder) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                if not waited:
                    on_wait(_holder(file))
                waited = True
                fcntl.flock(file, fcntl.LOCK_EX)
            # Whoever held it may have removed the folder: then this is a lock on nothing.
            if not _is_current(file, folder):
                continue
            _write_holder(file)
            yield
            return


def _lock_file(folder: Path) -> IO[bytes]:
    try:
        refuse_link(folder)
        folder.mkdir(parents=True, exist_ok=True)
        unlink_link(folder / ".lock")
        # Appending: opening must not erase who holds the lock.
        return (folder / ".lock").open("a+b")
    except OSError as error:
        raise InputError(f"cannot write {folder}: {reason_of(error)}") from None


def _write_holder(file: IO[bytes]) -> None:
    with suppress(OSError):
        os.ftruncate(file.fileno(), 0)
        os.write(file.fileno(), f"process {os.getpid()} on {socket.gethostname()}".encode())


def _holder(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read(200).decode(errors="replace") or "another process"


def _is_current(file: IO[bytes], folder: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), (folder / ".lock").stat())
    except OSError:
        return False


class UnreadableError(InputError):
    """A file that is there and cannot be read: no permission, a disk that fails. No damage."""


def unread(path: Path, error: Exception) -> InputError:
    """Return the error for a file that could not be read, or not be understood."""
    said = f"cannot read {path}: {reason_of(error)}"
    if isinstance(error, OSError) and not isinstance(error, FileNotFoundError):
        return UnreadableError(f"{said}; nothing was changed: make it readable, and try again")
    return InputError(said)


def reason_of(error: Exception) -> str:
    """Say for people why a file cannot be read or written."""
    return (isinstance(error, OSError) and system_reason(error)) or f"damaged ({error})"
