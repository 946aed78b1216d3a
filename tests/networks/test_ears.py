"""Ears: what they hear of sounds whose pitch, onset, length and beats are known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.base import AudioFormat
from networks.ears import COUNT, LAYOUT, SHAPES, ears

RATE = 16_000
AUDIO = AudioFormat(RATE, 4 * RATE)
TIME = np.arange(4 * RATE) / RATE


def heard(sound, name):
    return ears(np.asarray(sound, np.float32)[None], AUDIO)[0, LAYOUT[name]].reshape(SHAPES[name])


def tone(hz, seconds=1.0, onset=0.0, partials=8):
    sounding = (onset <= TIME) & (onset + seconds > TIME)
    wave = sum(np.sin(2 * np.pi * hz * n * (TIME - onset)) / n for n in range(1, partials + 1))
    return 0.3 * wave * sounding


def test_the_layout_fills_the_numbers_without_gaps():
    ends = [0, *(part.stop for part in LAYOUT.values())]
    assert [part.start for part in LAYOUT.values()] == ends[:-1]
    assert ends[-1] == COUNT
    assert all(part.stop - part.start == np.prod(SHAPES[n]) for n, part in LAYOUT.items())


@pytest.mark.parametrize("hz", [65.4, 220.0, 880.0])
def test_the_note_is_heard_to_a_few_cents(hz):
    note = 128 * heard(tone(hz), "note")[0]
    assert note == pytest.approx(69 + 12 * np.log2(hz / 440), abs=0.05)
    assert heard(tone(hz), "scalars")[5] == 1


def test_partials_look_alike_at_every_note_when_counted_from_the_pitch():
    low, high = (heard(tone(hz), "partials")[2, 192:] for hz in (196.0, 392.0))
    fundamental, octave = 24, 48
    for levels in (low, high):
        assert levels[fundamental] > 0.7
        assert levels[octave] > 0.6
        assert levels[fundamental - 12] < 0.4
    # By band from 30 Hz the same two sounds are an octave of bands apart.
    absolute = [heard(tone(hz), "partials")[2, :192] for hz in (196.0, 392.0)]
    assert absolute[1].argmax() - absolute[0].argmax() == pytest.approx(24, abs=1)


def test_time_counts_from_the_onset():
    early, late = (heard(tone(220, onset=onset), "levels") for onset in (0.0, 0.3))
    assert np.abs(early - late).mean() < 0.03
    onsets = [heard(tone(220, onset=onset), "scalars")[3] for onset in (0.0, 0.3)]
    assert onsets == pytest.approx([0.0, np.sqrt(0.6)], abs=0.02)


def test_a_sound_is_the_same_with_silence_behind_it_and_beside_others():
    short = tone(330, seconds=0.5)[: RATE // 2].astype(np.float32)
    padded = np.zeros((3, 4 * RATE), np.float32)
    padded[1, : len(short)] = short
    padded[0] = tone(110)
    alone, beside = ears(short[None], AUDIO)[0], ears(padded, AUDIO)[1]
    assert np.abs(alone - beside).max() < 1e-3


def test_beats_are_heard_at_their_rate():
    beating = tone(440, seconds=2.0, partials=1) * (1 + 0.8 * np.sin(2 * np.pi * 6 * TIME))
    loudness = heard(beating, "beats")[0]
    centres = np.sqrt(np.geomspace(1, 50, 21)[1:] * np.geomspace(1, 50, 21)[:-1])
    assert centres[loudness.argmax()] == pytest.approx(6, rel=0.2)
    assert heard(tone(440, seconds=2.0), "beats")[0].max() < loudness.max() / 4


@given(st.integers(1, 20_000), st.floats(1e-8, 1e3), st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_every_sound_gives_finite_numbers(samples, level, seed):
    noise = level * np.random.default_rng(seed).standard_normal((1, samples))
    found = ears(noise.astype(np.float32), AUDIO)
    assert found.shape == (1, COUNT)
    assert np.isfinite(found).all()


def test_silence_and_no_sound_at_all_are_heard_too():
    assert np.isfinite(ears(np.zeros((2, 100), np.float32), AUDIO)).all()
    assert ears(np.empty((0, 100), np.float32), AUDIO).shape == (0, COUNT)


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 96_000])
def test_any_sample_rate_gives_the_same_shape_and_note(rate):
    time = np.arange(rate) / rate
    sound = 0.5 * np.sin(2 * np.pi * 440 * time).astype(np.float32)
    found = ears(sound[None], AudioFormat(rate, rate))
    assert found.shape == (1, COUNT)
    assert 128 * found[0, LAYOUT["note"].start] == pytest.approx(69, abs=0.1)
