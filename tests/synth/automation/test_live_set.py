"""Ableton Live sets: what moves in them, when, and what is refused."""

import gzip
import zlib
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from synth.automation import live_xml
from synth.automation.clock import Clock
from synth.automation.live_set import read_live_set

from .conftest import BASS, FILTER, START, envelope, live_set, number, track


def read(written, *tracks, **more):
    return read_live_set(written(live_set(*tracks, **more)))


def by_name(found):
    return {one.name: one for one in found.automations}


@pytest.mark.parametrize("master", ["MainTrack", "MasterTrack"])
def test_every_parameter_that_moves_is_found_with_its_place_and_range(written, master):
    found = read(written, BASS, track("Drums", kind="AudioTrack"), master=master)
    assert (found.tempo, found.tracks) == (120, ("Bass", "Drums", "Main"))
    assert {name: one.range for name, one in by_name(found).items()} == {
        "Bass/AutoFilter/Filter Frequency": (20, 20_000),
        "Bass/Mixer/Volume": (0, 2),
        "Bass/Vital/Osc 1 Level": (0, 1),
        "Bass/Mixer/On": (0, 1),
    }


def test_beats_become_seconds_and_lines_stay_lines(written):
    found = by_name(read(written, BASS, tempo=60))
    cutoff = found["Bass/AutoFilter/Filter Frequency"]
    assert cutoff.points == ((0, 20), (4, 10_010), (8, 20_000))
    assert (cutoff.breakpoints, cutoff.curved) == (3, 1)


def test_the_value_before_the_first_breakpoint_is_its_own_and_a_step_stays_one(written):
    volume = by_name(read(written, BASS))["Bass/Mixer/Volume"]
    assert volume.points == ((0, 0.5), (1, 0.5), (1, 1.0))
    assert volume.breakpoints == 2


def test_a_switch_holds_until_its_next_event(written):
    switch = by_name(read(written, BASS))["Bass/Mixer/On"]
    assert switch.points == ((0, 1), (2, 1), (2, 0), (3, 0), (3, 1))


def test_what_stands_still_is_left_out(written):
    still = track("Pad", envelope(101, (START, 500.0)), devices=FILTER)
    assert read(written, still).automations == ()


def test_two_devices_of_a_kind_have_names_of_their_own(written):
    other = FILTER.replace('Id="101"', 'Id="201"')
    moving = (envelope(t, (0, 20), (4, 40)) for t in (101, 201))
    names = list(by_name(read(written, track("A", *moving, devices=FILTER + other))))
    assert names == ["A/AutoFilter/Filter Frequency", "A/AutoFilter/Filter Frequency (2)"]


def test_names_that_people_gave_come_first(written):
    named = FILTER.replace('UserName Value=""', 'UserName Value="Wah"')
    macro = (
        '<InstrumentGroupDevice><UserName Value=""/>'
        f'{number("MacroControls.0", 0, 301, 0, 127)}<MacroDisplayNames.0 Value="Bright"/>'
        "</InstrumentGroupDevice>"
    )
    moving = (envelope(t, (0, 20), (4, 40)) for t in (101, 301))
    found = by_name(read(written, track("A", *moving, devices=named + macro)))
    assert set(found) == {"A/Wah/Filter Frequency", "A/InstrumentGroupDevice/Bright"}


def test_a_device_in_a_rack_is_itself(written):
    rack = f"<Rack><UserName Value='R'/><Branches><Devices>{FILTER}</Devices></Branches></Rack>"
    found = read(written, track("A", envelope(101, (0, 20), (4, 40)), devices=rack))
    assert list(by_name(found)) == ["A/AutoFilter/Filter Frequency"]


def test_midi_controllers_have_no_range(written):
    controllers = '<MidiControllers><ControllerTargets.3 Id="7"/></MidiControllers>'
    (one,) = read(written, track("A", envelope(7, (0, 1), (4, 90)), inside=controllers)).automations
    assert (one.name, one.range) == ("A/MIDI/ControllerTargets.3", None)


def test_envelopes_of_clips_are_counted_and_not_read(written):
    clip = (
        "<MainSequencer><MidiClip><Envelopes><Envelopes><ClipEnvelope><EnvelopeTarget>"
        '<PointeeId Value="101"/></EnvelopeTarget></ClipEnvelope></Envelopes></Envelopes>'
        "<Notes><KeyTracks><KeyTrack/></KeyTracks></Notes></MidiClip></MainSequencer>"
    )
    found = read(written, track("A", devices=FILTER, inside=clip))
    assert (found.automations, found.clip_envelopes) == ((), 1)


def test_a_tempo_that_moves_moves_the_breakpoints(written):
    found = by_name(read(written, BASS, tempo_events=((0, 120), (8, 60))))
    assert found["Main/Mixer/Tempo"].range == (60, 200)
    seconds = [at for at, _ in found["Bass/AutoFilter/Filter Frequency"].points]
    wanted = [quad(lambda beat: 60 / (120 - 7.5 * beat), 0, beat)[0] for beat in (0, 4, 8)]
    assert seconds == pytest.approx(wanted)


@given(
    # In hundredths of a beat: the integrals that it is compared with are no good over 1e-300.
    st.lists(
        st.tuples(st.integers(0, 5_000).map(lambda n: n / 100), st.floats(20, 400)),
        min_size=1,
        max_size=5,
    ),
    st.integers(0, 10_000).map(lambda n: n / 100),
)
def test_seconds_are_the_integral_of_the_tempo(tempos, beat):
    tempos = sorted(tempos, key=lambda one: one[0])
    beats, values = np.array(tempos).T
    ends = sorted({0.0, beat, *(b for b in beats.tolist() if b < beat)})
    wanted = sum(
        quad(lambda b: 60 / np.interp(b, beats, values), low, high)[0]
        for low, high in pairwise(ends)
    )
    assert Clock(tempos).seconds(beat) == pytest.approx(wanted, rel=1e-6, abs=1e-6)


def compressed(text):
    # The same at every time: processes that share tests compare their names.
    return gzip.compress(text.encode(), mtime=0)


BOMB = '<!DOCTYPE a [<!ENTITY x "ha">]><Ableton>&x;</Ableton>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["not an Ableton Live set", "no element"]),
        (b"RIFF a wav file", ["not an Ableton Live set", "gzip"]),
        (compressed(live_set(BASS))[:200], ["damaged"]),
        (compressed("no XML"), ["not an Ableton Live set", "not XML"]),
        (compressed("<Ableton><LiveSet>"), ["not XML"]),
        (compressed('<?xml version="1.0" encoding="UTG-8"?><Ableton/>'), ["not XML", "UTG-8"]),
        (compressed("<html/>"), ["begins with <html>"]),
        (compressed(BOMB), ["document type"]),
        (compressed("<Ableton>" + "<a>" * 500), ["nested more than 400 deep"]),
        (compressed("<Ableton><LiveSet/></Ableton>"), ["no tempo"]),
        (compressed(live_set(BASS, tempo=0)), ["tempo 0", "1 to 1000"]),
        (compressed(live_set(BASS, tempo="fast")), ["'fast'", "number"]),
        (compressed(live_set(BASS).replace('Time="4"', 'Time="soon"')), ["'soon'", "number"]),
        (compressed(live_set(BASS).replace('"10010.0"', '"nan"')), ["nan", "finite"]),
    ],
)
def test_what_is_no_set_is_refused_in_one_line(tmp_path, content, words):
    path = tmp_path / "odd.als"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"odd\.als") as raised:
        read_live_set(path)
    line = str(raised.value)
    assert "\n" not in line
    assert all(word in line for word in words)


def test_a_file_that_is_missing_or_a_folder_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no such file"):
        read_live_set(tmp_path / "none.als")
    with pytest.raises(ValueError, match="folder"):
        read_live_set(tmp_path)


def test_a_bomb_is_not_unpacked_to_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(live_xml, "MOST_BYTES", 2**20)
    path = tmp_path / "bomb.als"
    packer = zlib.compressobj(wbits=31)
    with path.open("wb") as file:
        file.write(packer.compress(b"<Ableton>"))
        for _ in range(64):
            file.write(packer.compress(b" " * 2**20))
        file.write(packer.flush())
    read_bytes = []
    counted = live_xml._unpacked

    def counting(path):
        for chunk in counted(path):
            read_bytes.append(len(chunk))
            yield chunk

    monkeypatch.setattr(live_xml, "_unpacked", counting)
    with pytest.raises(ValueError, match="unpacks to more than 1 MB"):
        read_live_set(path)
    assert sum(read_bytes) <= 2**20


def test_a_track_of_too_many_parts_is_refused(written, monkeypatch):
    monkeypatch.setattr(live_xml, "_MOST_OF_TRACK", 100)
    with pytest.raises(ValueError, match="more than 100 parts"):
        read(written, track("A", inside="<a/>" * 200))
    notes = f"<Notes>{'<MidiNoteEvent/>' * 200}</Notes>"
    assert read(written, track("A", inside=notes)).tracks == ("A", "Main")
    monkeypatch.setattr(live_xml, "_MOST_ELEMENTS", 250)
    with pytest.raises(ValueError, match="more than 250 parts"):
        read(written, track("A", inside=notes), track("B", inside=notes))
