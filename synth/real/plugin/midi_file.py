"""A Standard MIDI File of one note, for hosts that take pitch bend only from a file."""

import struct

# Sixty thousand parts a second: an onset is as exact as a sample.
_PARTS_A_BEAT = 30_000
_MICROSECONDS_A_BEAT = 500_000


def midi_file(key: int, velocity: int, wheel: float, onset: float, length: float) -> bytes:
    """One note, and the pitch wheel before it.

    Args:
        key: MIDI number.
        velocity: 1 to 127.
        wheel: −1 to 1.
        onset: seconds.
        length: seconds.

    Source: Standard MIDI Files 1.0 (1988).
    """
    bent = min(max(round(8192 + 8192 * wheel), 0), 16_383)
    begin, end = _parts(onset), _parts(onset + length)
    track = b"".join(
        (
            _after(0, b"\xff\x51\x03" + struct.pack(">I", _MICROSECONDS_A_BEAT)[1:]),
            _after(0, bytes((0xE0, bent & 0x7F, bent >> 7))),
            _after(begin, bytes((0x90, key, velocity))),
            _after(end - begin, bytes((0x80, key, 0))),
            _after(0, b"\xff\x2f\x00"),
        )
    )
    head = struct.pack(">4sIHHH", b"MThd", 6, 0, 1, _PARTS_A_BEAT)
    return head + struct.pack(">4sI", b"MTrk", len(track)) + track


def _parts(seconds: float) -> int:
    return round(seconds * 1e6 / _MICROSECONDS_A_BEAT * _PARTS_A_BEAT)


def _after(parts: int, event: bytes) -> bytes:
    """An event so many parts after the one before, in seven bits a byte."""
    digits = [parts & 0x7F]
    while parts := parts >> 7:
        digits.append(parts & 0x7F | 0x80)
    return bytes(reversed(digits)) + event
