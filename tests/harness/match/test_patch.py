"""Patches: read what was written, refuse what does not fit, play them changed."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError
from fitness.analysis import analyse
from harness.match.patch import check_fits, knob_named, patch_of, read_patch, write_patch
from harness.match.play import PlayOptions, play
from harness.plan.choice import Choice
from strategies.roles import hertz_of
from synth.sound import read_sound
from synth.subtractive.parameters import SPACE
from synth.subtractive.voice import Subtractive

from .conftest import LOUD, RATE, SAMPLES, TUNED

SYNTH = Choice.model_validate("subtractive")


@pytest.fixture
def saved(tmp_path):
    """A patch file of a clear note at 220 Hz."""
    genome = SPACE.genome(**{**TUNED, **LOUD, "note": 57.0})
    genome[SPACE.index("amp_sustain")] = 1.0
    path = tmp_path / "patch.json"
    write_patch(path, patch_of(genome, SPACE, SYNTH, (RATE, SAMPLES)), SPACE)
    return path


@given(st.integers(0, 2**32 - 1))
def test_a_patch_survives_its_file(tmp_path_factory, seed):
    genome = np.random.default_rng(seed).random(len(SPACE))
    patch = patch_of(genome, SPACE, SYNTH, (RATE, SAMPLES))
    path = tmp_path_factory.mktemp("patch") / "patch.json"
    write_patch(path, patch, SPACE)
    again = read_patch(path)
    check_fits(again, SPACE, "patch")
    assert again == patch
    assert np.abs(again.genome(SPACE) - genome).max() < 1e-9


def changed(path, change):
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def test_what_is_no_patch_is_refused(saved, tmp_path):
    for text in ("", "[]", "{", '{"kind": "other"}', "\x00"):
        other = tmp_path / "other.json"
        other.write_text(text)
        with pytest.raises(InputError, match="not a patch"):
            read_patch(other)
    with pytest.raises(InputError, match="no such file"):
        read_patch(tmp_path / "missing.json")
    with pytest.raises(InputError, match=r"no patch\.json"):
        read_patch(tmp_path.parent / tmp_path.name / ".." / tmp_path.name / "..")
    assert read_patch(saved.parent).values


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c.update(format=99), ["format 99"]),
        (lambda c: c.pop("knobs"), ["damaged"]),
        (lambda c: c["knobs"]["filter"]["cutoff"].update(value="loud"), ["damaged"]),
        (lambda c: c["knobs"]["filter"]["cutoff"].update(value=5.0), ["cutoff", "20 to 20000 Hz"]),
        (lambda c: c["knobs"]["filter"]["cutoff"].update(value=math.nan), ["cutoff"]),
        (lambda c: c["knobs"]["filter"].pop("cutoff"), ["cutoff", "another version"]),
        (lambda c: c["knobs"]["filter"].update(x={"value": 1.0}), ["no knob 'x'"]),
        (lambda c: c["synth"].update(name="moog"), ["moog", "not registered"]),
    ],
)
def test_what_does_not_fit_is_refused(saved, change, words):
    changed(saved, change)
    with pytest.raises(InputError) as caught:
        play(saved, PlayOptions({}))
    assert "\n" not in str(caught.value)
    assert all(word in str(caught.value) for word in words)
    assert not (saved.parent / "patch-render.wav").exists()


def test_knobs_are_known_by_name_and_by_role():
    assert knob_named("cutoff", SPACE) == "cutoff"
    assert knob_named("attack", SPACE) == "amp_attack"
    assert knob_named("f0", SPACE) == "note"
    with pytest.raises(InputError, match="did you mean 'cutoff'"):
        knob_named("cutof", SPACE)


def test_notes_and_velocities_play_in_turn(saved):
    played = play(saved, PlayOptions({"cutoff": 2_000.0}, (57.0, 69.0), (50, 100), 0.4))
    sound, rate = read_sound(played.path)
    assert (rate, played.sounds.shape) == (RATE, (4, round(0.4 * RATE)))
    assert sound.shape[1] == played.sounds.size
    pitches = [analyse(one, RATE).f0 for one in played.sounds]
    assert pitches == pytest.approx([220, 220, 440, 440], rel=0.01)
    levels = np.sqrt((played.sounds**2).mean(axis=1))
    # Half as hard is 12 dB softer.
    assert 20 * np.log10(levels[1] / levels[0]) == pytest.approx(12.04, abs=0.1)


def test_a_patch_whose_note_moves_is_played_at_another_note_as_a_whole(tmp_path):
    moving = Choice.model_validate({"name": "subtractive", "moves": {"note": 2}})
    space = Subtractive(RATE, SAMPLES, **moving.options).space
    genome = space.genome(**{**TUNED, **LOUD, "note@1": 45.0, "note@2": 50.0, "amp_sustain": 1.0})
    path = tmp_path / "patch.json"
    write_patch(path, patch_of(genome, space, moving, (RATE, SAMPLES)), space)
    own, higher = play(path, PlayOptions({}, (45.0, 57.0), out=tmp_path / "played.wav")).sounds
    at = slice(-SAMPLES // 4, None)
    ends = [analyse(sound[at], RATE).f0 for sound in (own, higher)]
    assert ends[1] == pytest.approx(2 * ends[0], rel=0.02)
    assert ends[0] > hertz_of(48.5)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (PlayOptions({"cutof": 1.0}), ["cutof", "cutoff"]),
        (PlayOptions({"cutoff": 1.0}), ["cutoff 1", "20 to 20000"]),
        (PlayOptions({}, (127.0,)), ["--note 127", "allowed"]),
    ],
)
def test_what_cannot_be_played_is_refused(saved, options, words):
    with pytest.raises(InputError) as caught:
        play(saved, options)
    assert all(word in str(caught.value) for word in words)


def test_what_is_too_loud_for_the_file_is_made_softer_and_said(saved, tmp_path):
    loud = PlayOptions({"level": 2.0, "drive": 10.0}, out=tmp_path / "loud.wav")
    played = play(saved, loud)
    if played.peak_db > 0:
        assert "softer" in played.note
    sound, _ = read_sound(tmp_path / "loud.wav")
    assert np.abs(sound).max() <= 1.0
