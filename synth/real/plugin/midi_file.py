"""Write a Standard MIDI File with one note, for hosts that accept pitch bend only in a file."""

import struct

# 60,000 ticks a second, more than samples, so that onsets are exact.
_TICKS_A_BEAT = 30_000
_MICROSECONDS_A_BEAT = 500_000


def midi_file(key: int, velocity: int, wheel: float, onset: float, length: float) -> bytes:
    """Return a file with one note and, before it, a pitch wheel event.

    Args:
        key: MIDI number.
        velocity: 1 to 127.
        wheel: position of the pitch wheel, −1 to 1.
        onset: start of the note, in seconds.
        length: in seconds.

    Source: Standard MIDI Files 1.0 (1988).
    """
    bent = min(max(round(8192 + 8192 * wheel), 0), 16_383)
    begin, end = _ticks(onset), _ticks(onset + length)
    track = b"".join(
        (
            _after(0, b"\xff\x51\x03" + struct.pack(">I", _MICROSECONDS_A_BEAT)[1:]),
            _after(0, bytes((0xE0, bent & 0x7F, bent >> 7))),
            _after(begin, bytes((0x90, key, velocity))),
            _after(end - begin, bytes((0x80, key, 0))),
            _after(0, b"\xff\x2f\x00"),
        )
    )
    head = struct.pack(">4sIHHH", b"MThd", 6, 0, 1, _TICKS_A_BEAT)
    return head + struct.pack(">4sI", b"MTrk", len(track)) + track


def _ticks(seconds: float) -> int:
    return round(seconds * 1e6 / _MICROSECONDS_A_BEAT * _TICKS_A_BEAT)


def _after(ticks: int, event: bytes) -> bytes:
    """Return an event, after its delta time in ticks with seven bits a byte."""
    digits = [ticks & 0x7F]
    while ticks := ticks >> 7:
        digits.append(ticks & 0x7F | 0x80)
    return bytes(reversed(digits)) + event
