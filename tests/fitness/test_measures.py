"""Measures of a sound: brightness and lateness, known from how the sound was made."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitness.measures import NAMES, Measures
from fitness.mel import HIGHEST, hz_to_mel
from fitness.streaming import SoundStream
from simd.blocks import blocks_of

RATE, SECONDS = 44_100, 1.0
TIMES = np.arange(round(RATE * SECONDS)) / RATE


def tone(hertz, start=0.0, end=SECONDS):
    inside = (start <= TIMES) & (end > TIMES)
    return (0.5 * np.sin(2 * np.pi * hertz * TIMES) * inside).astype(np.float32)


def measured(sounds, measures=None):
    measures = measures or Measures(tone(440), RATE)
    stream = SoundStream([measures])
    stream.begin(len(sounds))
    for block in blocks_of(np.ascontiguousarray(sounds, np.float32)):
        stream.push(block)
    stream.end()
    return measures.measured(stream.sums(0))[: len(sounds)]


@settings(max_examples=20, deadline=None)
@given(hertz=st.floats(200, 15_000))
def test_the_brightness_of_a_tone_is_its_place_on_the_mel_scale(hertz):
    ((brightness, _),) = measured([tone(hertz)])
    # What leaks into other bands is weighted by amplitude, too.
    assert brightness == pytest.approx(hz_to_mel(hertz) / hz_to_mel(HIGHEST), abs=0.04)


@settings(max_examples=20, deadline=None)
@given(start=st.floats(0, 0.7), length=st.floats(0.1, 0.3))
def test_the_lateness_of_a_burst_is_its_middle(start, length):
    ((_, lateness),) = measured([tone(440, start, start + length)])
    assert lateness == pytest.approx(start + length / 2, abs=0.02)


def test_a_steady_sound_is_in_the_middle_of_time_and_a_pluck_is_early():
    pluck = tone(440) * np.exp(-8 * TIMES)
    steady, early = measured([tone(440), pluck])[:, 1]
    assert steady == pytest.approx(0.5, abs=0.01)
    # The centre of exp(-8 t) over one second.
    assert early == pytest.approx(1 / 8 - 1 / (np.e**8 - 1), abs=0.01)


def test_silence_and_noise_without_end_are_in_the_unit_square():
    loud = np.full(TIMES.size, 1e30, np.float32)
    silent, endless = measured([np.zeros(TIMES.size), loud])
    assert silent.tolist() == [0.0, 0.0]
    assert ((endless >= 0) & (endless <= 1)).all()


def test_loudness_moves_nothing():
    one, other = measured([tone(440), 0.01 * tone(440)])
    assert one == pytest.approx(other, rel=1e-4)


def test_the_target_is_at_zero_and_others_on_their_side_of_it():
    measures = Measures(tone(440, 0.3, 0.6), RATE)
    assert len(NAMES) == 2
    sounds = np.stack([tone(440, 0.3, 0.6), tone(4400, 0.3, 0.6), tone(440, 0.0, 0.3)])
    same, brighter, earlier = measured(sounds, measures) - measures.of_target
    assert same.tolist() == [0.0, 0.0]
    assert brighter[0] > 0.1
    assert earlier[1] == pytest.approx(-0.3, abs=0.01)
    distances = measures(sounds)
    assert distances[0] == 0
    assert distances[1:] == pytest.approx(np.abs([brighter, earlier]).mean(axis=1))


@pytest.mark.parametrize("rate", [8_000, 96_000])
def test_brightness_hardly_depends_on_the_sample_rate(rate):
    t = np.arange(rate) / rate
    sound = (0.5 * np.sin(2 * np.pi * 1000 * t)).astype(np.float32)
    ((brightness, _),) = measured([sound], measures := Measures(sound, rate))
    share = hz_to_mel(min(rate / 2, HIGHEST)) / hz_to_mel(HIGHEST)
    wanted = hz_to_mel(1000) / hz_to_mel(HIGHEST) / share
    assert brightness == pytest.approx(wanted, abs=0.05)
    assert measures.of_target[0] == brightness
