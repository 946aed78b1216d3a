"""What sound files say of their own length where that is missing, wrong or not all they hold."""

import io
import re
from typing import NamedTuple

from synth.mpeg import with_length

_PAGE, _FIRST, _LAST = b"OggS", 2, 4
# A recorder that writes to a pipe does not know the size, and writes the maximum.
_UNKNOWN_SIZE = 2**31 - 2**16
# How libsndfile reports files that are shorter than their headers say, which it does not refuse.
_SHORTER = (
    (r"(?:data|SSND|riff|Data Size) +: (?P<wanted>\d+) \(should be (?P<got>\d+)\)", "bytes"),
    (r"frame count (?P<got>\d+) does not match value from 'ds64' chunk of (?P<wanted>\d+)",
     "samples"),
)  # fmt: skip


class Opened(NamedTuple):
    """A sound file, ready to be decoded.

    Attributes:
        file: to decode.
        counted: whether its length was counted here, and may be a little less than it says.
        notes: what a person should know of its length, in sentences.
    """

    file: io.BufferedIOBase
    counted: bool = False
    notes: tuple[str, ...] = ()


class Shorter(NamedTuple):
    """How much there is of a file that was cut short, how much there should be, and of what."""

    got: int
    wanted: int
    unit: str


def opened(file: io.BufferedReader) -> Opened:
    """Return a sound file with a length that its decoder can rely on.

    Args:
        file: at its beginning.
    """
    head = file.read(12)
    file.seek(0)
    if head[:3] == b"ID3" or (head[:1] == b"\xff" and len(head) > 1 and head[1] >= 0xE0):
        content, changed, note = with_length(file.read())
        return Opened(io.BytesIO(content), changed, (note,) if note else ())
    if head[:4] == _PAGE:
        content = file.read()
        return Opened(io.BytesIO(content), notes=_streams(content))
    if head[:4] == b"RIFF" and head[8:] == b"WAVE" and (at := _empty_data(file)):
        content = file.read()
        sized = content[: at + 4] + b"\xff" * 4 + content[at + 8 :]
        count = len(content) - at - 8
        note = f"Its header promises no sound, and {count:,} bytes follow: they are heard."
        return Opened(io.BytesIO(sized), notes=(note,))
    file.seek(0)
    return Opened(file)


def lengthless_flac(content: bytes) -> bytes:
    """Return a FLAC file without the number of samples in its header; empty if it is none."""
    if content[:4] != b"fLaC" or len(content) < 26 or content[4] & 0x7F:
        return b""
    return content[:21] + bytes([content[21] & 0xF0]) + bytes(4) + content[26:]


def cut_short(report: str) -> Shorter | None:
    """Return how much is missing of a file, by what libsndfile reports of it; None if nothing."""
    for pattern, unit in _SHORTER:
        if not (found := re.search(pattern, report)):
            continue
        got, wanted = int(found["got"]), int(found["wanted"])
        if got < wanted and (unit == "samples" or wanted < _UNKNOWN_SIZE):
            return Shorter(got, wanted, unit)
    return None


def goes_on(report: str) -> bool:
    """Whether what is no chunk follows the sound of a WAV file, by what libsndfile reports."""
    return bool(re.search(r"^data : [1-9].*\n\*\*\* Unknown", report, re.MULTILINE))


def _empty_data(file: io.BufferedReader) -> int:
    """Where the data chunk of a WAV file is, if it is empty by its size alone; 0 if not.

    The file is left at its beginning.
    """
    at, found = 12, 0
    file.seek(at)
    while len(head := file.read(8)) == 8:
        size = int.from_bytes(head[4:], "little")
        if head[:4] == b"data":
            after = file.read(4)
            # Chunks have names in letters: that one is empty indeed.
            found = at if size == 0 and len(after) == 4 and not _is_name(after) else 0
            break
        at += 8 + size + (size & 1)
        file.seek(at)
    file.seek(0)
    return found


def _is_name(four: bytes) -> bool:
    return all(0x20 <= byte < 0x7F for byte in four)


def _streams(content: bytes) -> tuple[str, ...]:
    """Say what an Ogg file holds besides its first stream, or whether its end is missing."""
    at, flags, ended, streams = 0, 0, False, 1
    while content[at : at + 4] == _PAGE and len(content) >= at + 27:
        flags = content[at + 5]
        streams += bool(flags & _FIRST and ended)
        ended = bool(flags & _LAST)
        segments = content[at + 27 : at + 27 + content[at + 26]]
        at += 27 + len(segments) + sum(segments)
    notes = []
    if streams > 1:
        notes.append(f"It holds {streams} sounds, one after the other: only the first is heard.")
    if not flags & _LAST or at > len(content):
        notes.append("It has no end mark: it may have been cut short.")
    return tuple(notes)
