"""A standard MIDI file that sets up a synthesizer and plays the note: a patch to take elsewhere.

Source: Standard MIDI Files 1.0 (MMA 1996), format 0.
"""

from collections.abc import Sequence

# 480 ticks a beat at 120 beats a minute: 960 ticks a second.
_TICKS_A_BEAT, _MICROSECONDS_A_BEAT = 480, 500_000
_TICKS_A_SECOND = _TICKS_A_BEAT * 1_000_000 // _MICROSECONDS_A_BEAT
_TEMPO = bytes((0xFF, 0x51, 3)) + _MICROSECONDS_A_BEAT.to_bytes(3, "big")
_END = bytes((0xFF, 0x2F, 0))


def midi_file(events: Sequence[tuple[float, bytes]]) -> bytes:
    """Return the content of a file.

    Args:
        events: seconds from the beginning, and the message; in order.
    """
    track, before = bytearray(), 0
    for seconds, message in [(0.0, _TEMPO), *events]:
        at = max(before, round(seconds * _TICKS_A_SECOND))
        track += _length(at - before) + message
        before = at
    track += _length(0) + _END
    header = b"".join(value.to_bytes(2, "big") for value in (0, 1, _TICKS_A_BEAT))
    return _chunk(b"MThd", header) + _chunk(b"MTrk", bytes(track))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return kind + len(content).to_bytes(4, "big") + content


def _length(value: int) -> bytes:
    """A variable-length quantity: seven bits a byte, the highest first."""
    found = [value & 0x7F]
    while value := value >> 7:
        found.append(0x80 | value & 0x7F)
    return bytes(reversed(found))
