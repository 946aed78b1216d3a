from dataclasses import asdict

import numpy as np
import pytest

from fitness import analysis

RATE = 22_050


def analyse(sound, sample_rate):
    return asdict(analysis.analyse(sound, sample_rate))


def note(hertz=220.0, onset=0.2, attack=0.1, length=0.6, seconds=1.2):
    """A sine that rises linearly, holds, and ends at once."""
    time = np.arange(int(seconds * RATE)) / RATE
    rise = np.clip((time - onset) / attack, 0, 1) * (time < onset + length)
    return 0.5 * rise * np.sin(2 * np.pi * hertz * time)


def test_a_note_is_described():
    heard = analyse(note(), RATE)
    assert heard["onset"] == pytest.approx(0.2, abs=0.02)
    assert heard["attack"] == pytest.approx(0.1, abs=0.03)
    assert heard["length"] == pytest.approx(0.6, abs=0.03)
    assert heard["ends"]
    assert heard["peak"] == pytest.approx(0.5, abs=0.01)
    assert heard["f0"] == pytest.approx(220, abs=1)
    assert heard["clear"]
    assert heard["roll_off"] == pytest.approx(220, abs=10)


def test_a_sound_that_lasts_to_the_end_does_not_end():
    assert not analyse(note(length=9.0), RATE)["ends"]


@pytest.mark.parametrize("scale", [1e-20, 1.0, 1e6])
def test_only_the_peak_depends_on_the_level(scale):
    one, other = analyse(note(), RATE), analyse(scale * note(), RATE)
    assert other.pop("peak") == pytest.approx(scale * one.pop("peak"))
    assert other == pytest.approx(one, abs=1e-4)


def test_how_far_a_pitch_moves_is_heard():
    time = np.arange(RATE) / RATE
    semitones = np.where(time < 0.3, -2.0, 2.0)
    sound = np.sin(2 * np.pi * np.cumsum(220 * 2 ** (semitones / 12)) / RATE)
    # The median is of the longer note; the other is four semitones off.
    assert analyse(sound, RATE)["drift"] == pytest.approx(4, abs=0.1)
    assert analyse(note(), RATE)["drift"] < 0.01


def test_noise_has_no_clear_pitch():
    assert not analyse(np.random.default_rng(1).normal(size=RATE), RATE)["clear"]


@pytest.mark.parametrize("samples", [1, 2, 100])
def test_silence_and_short_sounds(samples):
    assert analyse(np.zeros(samples), RATE)["f0"] == 0
    heard = analyse(np.ones(samples), RATE)
    assert heard["peak"] == 1
    assert all(np.isfinite(value) for value in heard.values())
