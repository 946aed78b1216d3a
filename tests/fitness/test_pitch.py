import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitness.pitch import UNVOICED, VOICED, Pitch

RATE = 44_100
T = np.arange(RATE // 2) / RATE
NOISE = 0.1 * np.random.default_rng(16).standard_normal(T.size)


def tone(f0):
    return sum(np.sin(2 * np.pi * f0 * k * T) / k for k in range(1, 6))


PITCH = Pitch(tone(220.0), RATE)


@settings(max_examples=40, deadline=None)
@given(detune=st.floats(-3600, 3600))
def test_is_the_detune_in_cents(detune):
    distance = PITCH([tone(220.0 * 2 ** (detune / 1200))])[0]
    assert distance == pytest.approx(abs(detune), abs=5)


@settings(max_examples=30, deadline=None)
@given(steps=st.lists(st.floats(20, 400), min_size=2, max_size=8), down=st.booleans())
def test_grows_with_the_detune(steps, down):
    detunes = np.cumsum(steps) * (-1 if down else 1)
    distances = PITCH([tone(220.0 * 2 ** (detune / 1200)) for detune in detunes])
    assert (np.diff(distances) > 0).all()


def test_level_and_timbre_do_not_matter():
    assert PITCH([0.01 * tone(220.0), np.sin(2 * np.pi * 220.0 * T)]) == pytest.approx(0, abs=1)


def test_no_pitch_is_further_than_any_pitch():
    silence, noise, high = PITCH([0 * T, NOISE, tone(3_500.0)])
    assert silence == noise == pytest.approx(UNVOICED)
    assert high == pytest.approx(1200 * np.log2(3_500 / 220), abs=5)
    assert high < UNVOICED


def test_a_target_without_pitch_counts_wrongly_voiced_frames():
    voiced, silent, other_noise = Pitch(NOISE, RATE)([tone(220.0), 0 * T, NOISE[::-1]])
    assert voiced == pytest.approx(VOICED)
    assert silent == other_noise == 0.0


def test_a_pitch_that_cannot_be_known_is_not_taken_for_an_octave_below():
    t = np.arange(5_000) / 11_025
    high, octave_below = np.sin(2 * np.pi * 3_136 * t), np.sin(2 * np.pi * 1_568 * t)
    assert Pitch(high, 11_025)([octave_below]) == pytest.approx(VOICED)
    assert Pitch(octave_below, 11_025)([high]) == pytest.approx(UNVOICED)


def test_loud_frames_weigh_more():
    half = T.size // 2
    target = np.where(np.arange(T.size) < half, tone(220.0), 0.1 * tone(220.0))
    early, late = target.copy(), target.copy()
    early[:half], late[half:] = tone(440.0)[:half], 0.1 * tone(440.0)[half:]
    distances = Pitch(target, RATE)([early, late])
    assert distances[0] > 4 * distances[1] > 0
