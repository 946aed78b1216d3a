"""Files of plain values that tell whether they were damaged: each begins with a checksum.

A record is a JSON object whose first key is ``checksum``, the CRC-32 of every byte that follows
it. A file of lines is one record a line. Anything that reads JSON reads both.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zlib import crc32

from common.errors import InputError
from common.paths import present
from harness.record.files import reason_of, unread, write_bytes

KEY = "checksum"
_START = f'{{"{KEY}": "'.encode()
_DIGITS = 8
_TEXT = json.JSONEncoder(ensure_ascii=False).encode


def record_bytes(value: Mapping[str, Any]) -> bytes:
    """Return plain values as JSON, a line a key, always the same bytes for the same values."""
    # Not by indent: that takes the encoder in Python, which is ten times slower.
    lines = (f"{_TEXT(key)}: {_TEXT(item)}" for key, item in value.items())
    return _sealed("{" + ",\n ".join(lines) + "}") + b"\n"


def write_record(path: Path, value: Mapping[str, Any]) -> None:
    """Write the bytes of a record.

    Raises:
        InputError: if they cannot be written.
    """
    write_bytes(path, record_bytes(value))


def read_record(path: Path) -> dict[str, Any]:
    """Read what ``write_record`` wrote.

    Raises:
        InputError: if the file cannot be read or was damaged.
    """
    try:
        return _opened(path.read_bytes().rstrip(b"\n"))
    except (OSError, ValueError) as error:
        raise unread(path, error) from None


def append_records(path: Path, rows: list[Any], at: int) -> int:
    """Cut a file of lines to its first ``at`` bytes and append rows; gives its new length.

    Raises:
        InputError: if it cannot be written, or is shorter than that.
    """
    lines = b"".join(_sealed(json.dumps(row)) + b"\n" for row in rows)
    try:
        _own(path, at)
        with path.open("r+b" if present(path) else "w+b") as file:
            if file.seek(0, os.SEEK_END) < at:
                raise InputError(f"{path}: damaged, shorter than the {at} bytes that were written")
            file.truncate(at)
            file.seek(at)
            file.write(lines)
    except OSError as error:
        raise InputError(f"cannot write {path}: {reason_of(error)}") from None
    return at + len(lines)


def _own(path: Path, at: int) -> None:
    """Replace a symbolic link by a file of its own, with what it showed of the first bytes."""
    if path.is_symlink():
        kept = path.read_bytes()[:at] if present(path) else b""
        path.unlink()
        path.write_bytes(kept)


def read_records(path: Path) -> list[Any]:
    """Read a file of lines; a last line that was cut short is left out.

    Raises:
        InputError: if it cannot be read or was damaged.
    """
    try:
        return [_opened(line) for line in _lines(path)]
    except (OSError, ValueError) as error:
        raise unread(path, error) from None


def check_records(path: Path) -> None:
    """Check the checksums of a file of lines, as ``read_records`` does, but read no values.

    Raises:
        InputError: if it cannot be read or was damaged.
    """
    try:
        for line in _lines(path):
            _check(line)
    except (OSError, ValueError) as error:
        raise unread(path, error) from None


def _lines(path: Path) -> list[bytes]:
    content = path.read_bytes() if present(path) else b""
    return content[: content.rfind(b"\n") + 1].splitlines()


def whole_lines(path: Path) -> int:
    """Return how many bytes of a file belong to complete lines; 0 if there is no file."""
    return path.read_bytes().rfind(b"\n") + 1 if present(path) else 0


def _sealed(text: str) -> bytes:
    """Put a checksum in front of the keys of a JSON object."""
    rest = ('"' if text == "{}" else '",') + text[1:]
    data = rest.encode()
    return _START + f"{crc32(data):0{_DIGITS}x}".encode() + data


def _opened(data: bytes) -> dict[str, Any]:
    """Check a sealed object, and return it without its checksum."""
    _check(data)
    found: dict[str, Any] = json.loads(data)
    del found[KEY]
    return found


def _check(data: bytes) -> None:
    """Check a sealed object.

    Raises:
        ValueError: if it has no checksum, or was damaged.
    """
    end = len(_START) + _DIGITS
    if not data.startswith(_START):
        raise ValueError("it has no checksum: an earlier version wrote it, or something else")
    if data[len(_START) : end] != f"{crc32(data[end:]):0{_DIGITS}x}".encode():
        raise ValueError("its checksum does not fit")
