"""MIDI files, read byte by byte as the standard says."""

from hypothesis import given
from hypothesis import strategies as st

from synth.real.rig.midi_file import midi_file
from synth.real.rig.rig import Rig

MAP = {
    "synth": "rig",
    "note": {"length": 0.5, "bend": 2},
    "genes": {"level": {"section": "envelope", "to": "cc 7", "high": 127}},
}


def read(data):
    """The division, the tempo in microseconds a beat, and (ticks, message) of each event."""
    assert data[:8] == b"MThd\x00\x00\x00\x06"
    assert data[8:12] == b"\x00\x00\x00\x01"
    division = int.from_bytes(data[12:14], "big")
    assert data[14:18] == b"MTrk"
    track = data[22:]
    assert len(track) == int.from_bytes(data[18:22], "big")
    at, now, tempo, events = 0, 0, 0, []
    while at < len(track):
        delta = 0
        while True:
            delta = delta << 7 | track[at] & 0x7F
            at += 1
            if not track[at - 1] & 0x80:
                break
        now += delta
        if track[at] == 0xFF:
            kind, length = track[at + 1], track[at + 2]
            content = track[at + 3 : at + 3 + length]
            at += 3 + length
            if kind == 0x51:
                tempo = int.from_bytes(content, "big")
            if kind == 0x2F:
                assert at == len(track)
            continue
        size = 2 if track[at] >> 4 in (0xC, 0xD) else 3
        events.append((now, track[at : at + size]))
        at += size
    return division, tempo, events


@given(st.lists(st.floats(0, 100), max_size=20))
def test_every_event_comes_at_its_time(times):
    given_events = [(seconds, bytes((0x90, 60, 100))) for seconds in sorted(times)]
    division, tempo, events = read(midi_file(given_events))
    second = division * 1e6 / tempo
    assert len(events) == len(times)
    for (ticks, message), (seconds, sent) in zip(events, given_events, strict=True):
        assert message == sent
        assert abs(ticks / second - seconds) <= 0.5 / second + 1e-9


def test_a_patch_is_set_up_and_its_note_is_played():
    one = Rig(44_100, 4_410, map=MAP, midi="x", audio="y", channel=3, settle=0.1)
    genes = [0.5] * len(one.space)
    data = dict(one.settings(one.space.genome()[: len(genes)]))["mid"]
    division, tempo, events = read(data)
    second = division * 1e6 / tempo
    assert (0, bytes((0xB2, 7, 64))) in events
    (on,) = [ticks for ticks, message in events if message[0] == 0x92]
    (off,) = [ticks for ticks, message in events if message[0] == 0x82]
    assert abs(on / second - 0.1) < 0.002
    assert abs((off - on) / second - 0.5) < 0.002
    # All controls come before the note.
    assert max(ticks for ticks, message in events if message[0] >> 4 in (0xB, 0xE)) < on
