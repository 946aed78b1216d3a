"""The length of MP3 files, counted in their frames.

A decoder is told how long an MP3 file is by a Xing header, and where there is none guesses from the
bit rate of the first frames: a variable one is then heard to a part. So the frames are counted
here, and the decoder is given a header with their number.
"""

from typing import NamedTuple

_KBPS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBPS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
# Of the frame that is made for a header: large enough for it at every sample rate.
_HEADER_BITRATE = {3: 9, 2: 8, 0: 8}
_SAME = 0xFFFE0C00  # version, layer and sample rate do not change within a file
_FRAMES, _BYTES = 1, 2


class Mpeg(NamedTuple):
    """An MP3 file whose header holds how many frames there are.

    Attributes:
        content: of the file; as it was if its header is right.
        changed: whether the header is another.
        note: what a person should know, in a sentence; empty if nothing.
    """

    content: bytes
    changed: bool
    note: str


class _Frame(NamedTuple):
    """What a frame's first four bytes say."""

    word: int
    version: int
    rate: int
    size: int
    side: int

    @property
    def samples(self) -> int:
        return 1152 if self.version == 3 else 576


def with_length(content: bytes) -> Mpeg:
    """Return an MP3 file with the right number of frames in its header.

    A header that promises more frames than there are stays: the file was cut short.

    Args:
        content: of a file that may be MP3; anything else stays as it is.
    """
    start = _after_tags(content)
    first = _frame(content, start)
    if first is None or _frame(content, start + first.size, first.word) is None:
        return Mpeg(content, changed=False, note="")
    count, tag = _count(content, start, first), start + 4 + first.side
    if content[start + 36 : start + 40] == b"VBRI":
        return Mpeg(content, changed=False, note="")
    if content[tag : tag + 4] not in (b"Xing", b"Info"):
        return Mpeg(_header(first, count) + content[start:], changed=True, note="")
    flags = int.from_bytes(content[tag + 4 : tag + 8], "big")
    if not flags & _FRAMES:
        rest = content[start + first.size :]
        return Mpeg(_header(first, count - 1) + rest, changed=True, note="")
    said = int.from_bytes(content[tag + 8 : tag + 12], "big")
    # Some encoders count the header's own frame.
    if said >= count - 1:
        return Mpeg(content, changed=False, note="")
    right = bytearray(content)
    right[tag + 8 : tag + 12] = (count - 1).to_bytes(4, "big")
    if flags & _BYTES:
        right[tag + 12 : tag + 16] = (len(content) - start).to_bytes(4, "big")
    seconds = first.samples / first.rate
    note = (
        f"Its header promises {said * seconds:.2f} s, and it holds {(count - 1) * seconds:.2f} s: "
        "all of it is heard."
    )
    return Mpeg(bytes(right), changed=True, note=note)


def _after_tags(content: bytes) -> int:
    """Where the ID3v2 tags end."""
    at = 0
    while content[at : at + 3] == b"ID3" and len(content) >= at + 10:
        size = 0
        for byte in content[at + 6 : at + 10]:
            size = size << 7 | byte & 0x7F
        at += 10 + size + (10 if content[at + 5] & 0x10 else 0)
    return at


def _frame(content: bytes, at: int, like: int | None = None) -> _Frame | None:
    """Read a frame's header; None if there is none, or not one of the same file."""
    word = int.from_bytes(content[at : at + 4], "big")
    version, layer = word >> 19 & 3, word >> 17 & 3
    bitrate, rate = word >> 12 & 15, word >> 10 & 3
    known = word >> 21 == 0x7FF and version != 1 and layer == 1 and 0 < bitrate < 15 and rate < 3
    if len(content) < at + 4 or not known or (like is not None and (word ^ like) & _SAME):
        return None
    hertz = _RATES[version][rate]
    kbps, bits = (_KBPS_1[bitrate], 144) if version == 3 else (_KBPS_2[bitrate], 72)
    mono = word >> 6 & 3 == 3
    side = (17 if mono else 32) if version == 3 else (9 if mono else 17)
    return _Frame(word, version, hertz, bits * kbps * 1000 // hertz + (word >> 9 & 1), side)


def _count(content: bytes, start: int, first: _Frame) -> int:
    """Count the whole frames; what is no frame between two is skipped, as decoders do."""
    count, at = 0, start
    while (at := content.find(b"\xff", at)) >= 0:
        frame = _frame(content, at, first.word)
        if frame is None or at + frame.size > len(content):
            at += 1
            continue
        count += 1
        at += frame.size
    return count


def _header(first: _Frame, count: int) -> bytes:
    """Return a frame that sounds like nothing and holds the number of frames after it."""
    # Without a checksum and padding.
    word = (first.word | 0x10000) & ~0xF200 | _HEADER_BITRATE[first.version] << 12
    frame = _frame(word.to_bytes(4, "big"), 0)
    size = 0 if frame is None else frame.size
    tag = b"Info" + _FRAMES.to_bytes(4, "big") + count.to_bytes(4, "big")
    return (word.to_bytes(4, "big") + bytes(first.side) + tag).ljust(size, b"\0")
