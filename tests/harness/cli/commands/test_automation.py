"""``ga-synth automation``: what moves in an Ableton Live set, as a table, JSON and curves."""

import gzip
import json

import pytest

from synth.automation.curves import read_curves
from tests.synth.automation.conftest import BASS, START, envelope, live_set, number, track

PAD = track("Pad", envelope(201, (0, -1), (2, 1)), mixer=number("Pan", 0, 201, -1, 1))
CONTROLLER = track(
    "Keys", envelope(301, (0, 1), (4, 90)),
    inside='<MidiControllers><ControllerTargets.3 Id="301"/></MidiControllers>',
)  # fmt: skip


@pytest.fixture
def song(tmp_path, monkeypatch):
    """Writes a set called song.als to the current folder."""
    monkeypatch.chdir(tmp_path)

    def write(*tracks):
        (tmp_path / "song.als").write_bytes(gzip.compress(live_set(*tracks).encode()))
        return "song.als"

    return write


def test_the_table_has_a_row_for_everything_that_moves(ga_synth, song):
    done = ga_synth("automation", song(BASS, PAD))
    assert (done.code, done.err) == (0, "")
    heading, *rows = done.out.splitlines()
    assert heading.split()[:5] == ["track", "device", "parameter", "points", "seconds"]
    cells = [row.split() for row in rows[:5]]
    assert cells[-1][:7] == ["Pad", "Mixer", "Pan", "2", "0.00", "to", "1.00"]
    assert len([row for row in cells if row[0] == "Bass"]) == 4
    assert "taken as straight: 1" in done.out


def test_one_track_as_json(ga_synth, song):
    (one,) = json.loads(ga_synth("automation", song(BASS, PAD), "--track", "Pad", "--json").out)
    assert (one["name"], one["range"], one["breakpoints"]) == ("Pad/Mixer/Pan", [-1, 1], 2)
    assert one["points"] == [[0, -1], [1, 1]]


def test_curves_are_written_for_what_has_a_range(ga_synth, song, tmp_path):
    done = ga_synth("automation", song(PAD, CONTROLLER), "--to", "moves.yaml")
    assert (done.code, done.err) == (0, "")
    file = read_curves(tmp_path / "moves.yaml")
    assert {name: curve.points for name, curve in file.curves.items()} == {
        "Pad/Mixer/Pan": [[0, 0], [1, 1]]
    }
    assert "song.als, 120 beats a minute" in file.about
    assert "Keys/MIDI/ControllerTargets.3" in done.out
    assert "moves.yaml: 1" in done.out


def test_nothing_is_written_over_a_file(mistaken, song, tmp_path):
    (tmp_path / "mine.yaml").write_text("mine")
    mistaken(["automation", song(PAD), "--to", "mine.yaml"], "mine.yaml exists already", "--to")
    assert (tmp_path / "mine.yaml").read_text() == "mine"


OUTSIDE = track("A", envelope(1, (0, 0), (2, 7)), mixer=number("Pan", 0, 1, -1, 1))
STILL = track("A", envelope(1, (START, 0)), mixer=number("Pan", 0, 1, -1, 1))
CLIP = track("A", inside="<MidiClip><ClipEnvelope/><ClipEnvelope/></MidiClip>")


@pytest.mark.parametrize(
    ("tracks", "words", "said"),
    [
        ([BASS, PAD], ["--track", "Pads"], ["--track Pads", "did you mean 'Pad'?"]),
        ([BASS, STILL], ["--track", "A"], ["nothing is automated in track 'A'", "moves on Bass"]),
        ([STILL], [], ["nothing is automated in its arrangement"]),
        ([CLIP], [], ["nothing is automated", "clips are not read", "2"]),
        ([OUTSIDE], ["--to", "x.yaml"], ["A/Mixer/Pan", "7 at 1.00 s", "-1 to 1"]),
        ([CONTROLLER], ["--to", "x.yaml"], ["Keys/MIDI", "does not say which values"]),
    ],
)
def test_what_cannot_be_used_is_refused(mistaken, song, tmp_path, tracks, words, said):
    mistaken(["automation", song(*tracks), *words], *said)
    assert not (tmp_path / "x.yaml").exists()


def test_what_is_no_set_is_refused(mistaken, tmp_path):
    path = tmp_path / "song.als"
    mistaken(["automation", path], "no such file")
    path.write_text("no set", encoding="utf-8")
    mistaken(["automation", path], "song.als", "not an Ableton Live set")
