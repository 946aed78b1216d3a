"""What a match is planned from: the sound, what is known, names, and everything that is refused."""

import numpy as np
import pytest

from common.errors import InputError
from harness.match.options import MatchOptions
from harness.match.plan import planned
from harness.match.several_notes import several_notes
from harness.match.sound_file import folder_name, parts_of
from harness.match.time_limit import planned_in_time
from synth.sound import flac_bytes

from .conftest import RATE, SAMPLES, voice


def test_a_clear_note_is_kept_unless_the_person_knows_better(sound, asked):
    def kept(**changes):
        plan = planned(sound, asked(**changes))
        return plan.comparison.strategy("descent").keep_note

    assert kept()
    assert kept(ranges={"cutoff": (30.0, 900.0)})
    assert not kept(fix={"f0": 60.0})
    assert not kept(ranges={"note": (30.0, 90.0)})


def test_the_louder_channel_is_matched(asked, tmp_path):
    path = tmp_path / "stereo.flac"
    note = voice()
    path.write_bytes(flac_bytes(np.stack([0.1 * note, 0.5 * note]), RATE))
    plan = planned(path, asked())
    assert plan.target.sounds.shape == (1, SAMPLES)
    assert np.abs(plan.target.sounds[0] - 0.5 * note).max() < 1e-6


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("kick.wav", "kick"),
        ("ba ss 😀 ü.flac", "ba ss _ ü"),
        ("....wav", "sound"),
        ("-rf.wav", "rf"),
        ("音.wav", "音"),
        ("x" * 200 + ".wav", "x" * 60),
    ],
)
def test_folders_are_named_after_files(tmp_path, name, expected):
    assert folder_name(tmp_path / name) == expected


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"fix": {"cutof": 1.0}}, ["cutof", "cutoff"]),
        ({"fix": {"cutoff": 3.0}}, ["cutoff 3", "20 to 20000"]),
        ({"fix": {"cutoff": 300.0}, "ranges": {"cutoff": (100.0, 900.0)}}, ["both"]),
        ({"synth": "moog"}, ["moog", "not registered"]),
        ({"synth": "{"}, ["synth", "needs a name"]),
        ({"strategy": "luck"}, ["luck"]),
        ({"fitness": "luck"}, ["luck"]),
        ({"bank": 3}, ["bank"]),
    ],
)
def test_what_does_not_fit_is_one_line(sound, asked, changes, words):
    with pytest.raises(InputError) as caught:
        planned(sound, asked(**changes))
    assert "\n" not in str(caught.value)
    assert all(word in str(caught.value) for word in words)


@pytest.mark.parametrize(
    "changes",
    [
        {"budget": 0},
        {"budget": 10, "minutes": 1.0},
        {"minutes": -1.0},
        {"alternatives": 99},
        {"only": ("filter",)},
    ],
)
def test_options_that_contradict_are_refused(changes):
    with pytest.raises(InputError, match=r"allowed|give|--from"):
        MatchOptions(**changes)


def test_everything_fixed_is_refused(sound, asked):
    space = planned(sound, asked()).space
    values = space.describe(np.full(len(space), 0.5))
    with pytest.raises(InputError, match="nothing is left"):
        planned(sound, asked(fix=values))


@pytest.mark.parametrize("content", [None, b"", b"RIFFnonsense", flac_bytes(np.zeros(800), RATE)])
def test_sounds_that_cannot_be_used_are_one_line(asked, tmp_path, content):
    path = tmp_path / "odd.wav"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        planned(path, asked())
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_too_many_channels_are_refused_by_name(asked, tmp_path):
    import soundfile

    path = tmp_path / "nine.wav"
    soundfile.write(path, np.full((SAMPLES, 9), 0.1), RATE)
    with pytest.raises(InputError, match=r"nine\.wav: 9 channels"):
        planned(path, asked())


def test_minutes_become_a_budget_once(sound, asked):
    one = planned_in_time(sound, asked(budget=None, minutes=0.02))
    again = planned_in_time(sound, asked(budget=None, minutes=0.02))
    assert one.comparison.experiment.budget == again.comparison.experiment.budget >= 10
    more = planned_in_time(sound, asked(budget=None, minutes=2.0))
    assert more.comparison.experiment.budget > 10 * one.comparison.experiment.budget


def test_one_note_is_one_note():
    note = voice()
    second = np.concatenate([note, voice(64.0)])
    assert several_notes(note, RATE) == ""
    assert "2" in several_notes(second, RATE)
    hits = np.concatenate([voice(amp_release=0.02, length=0.2), voice(length=0.2)])
    assert "begin" in several_notes(hits, RATE)
    # Tremolo is no new note; nor is a low note, whose periods are longer than the steps.
    seconds = np.arange(RATE) / RATE
    tremolo = np.sin(2 * np.pi * 440 * seconds) * (0.6 + 0.4 * np.sin(2 * np.pi * 5 * seconds))
    assert several_notes(tremolo.astype(np.float32), RATE) == ""
    low = np.sign(np.sin(2 * np.pi * 33 * seconds)) * np.exp(-2 * seconds)
    assert several_notes(low.astype(np.float32), RATE) == ""
    for silent in (np.zeros(RATE, np.float32), np.zeros(10, np.float32)):
        assert several_notes(silent, RATE) == ""


def test_every_note_of_a_file_may_be_a_sound_of_its_own(asked, tmp_path):
    path = tmp_path / "phrase.flac"
    notes = [voice(note, amp_release=0.02, length=0.2) for note in (57.0, 61.0, 64.0)]
    path.write_bytes(flac_bytes(np.concatenate(notes), RATE))
    parts = parts_of(path)
    assert [part.number for part in parts] == [1, 2, 3]
    starts = [part.start for part in parts]
    assert starts == pytest.approx([0.0, 0.3, 0.6], abs=0.03)
    assert sum(part.seconds for part in parts) == pytest.approx(0.9)
    plan = planned(path, asked(), parts[1])
    assert plan.name == "phrase-2"
    # Its own note, not that of the whole phrase.
    kept = plan.comparison.space[plan.comparison.space.index("note")]
    assert kept.low < 61.0 < kept.high
