"""Frames last as long at every sample rate, and so a wrong note is as far away at each."""

from functools import cache

import numpy as np
import pytest

from fitness.fft import SIZES
from fitness.frames import frame_of
from fitness.spectrogram import Spectrogram
from fitness.spectrogram_series import SpectrogramSeries

RATES = (16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000)
LOW_E = 41.2
WRONG = (0.5, 1, 7, 12, -1, -7, -12)  # semitones


@cache
def note(hertz, rate, seconds=0.5, highest=7_000):
    """A tone whose harmonics fall by 6 dB an octave, the same at every rate."""
    t = np.arange(round(rate * seconds)) / rate
    harmonics = range(1, 1 + int(min(highest / hertz, 40)))
    wave = sum(np.sin(2 * np.pi * k * hertz * t + k * k) / k for k in harmonics)
    fades = np.minimum(1, t / 0.01) * np.minimum(1, (seconds - t) / 0.02)
    return (0.2 * wave * fades).astype(np.float32)


@cache
def distances(fitness, hertz, rate):
    wrong = [note(hertz * 2 ** (semitones / 12), rate) for semitones in WRONG]
    return fitness(note(hertz, rate), rate)(wrong)


@pytest.mark.parametrize("rate", RATES)
def test_frames_are_within_half_an_octave_of_their_duration(rate):
    for seconds in (0.046, 0.023):
        size = frame_of(seconds, rate)
        assert size in SIZES
        assert abs(np.log2(size / rate / seconds)) < 0.55


def test_at_the_usual_rates_they_have_the_usual_sizes():
    assert [frame_of(0.046, rate) for rate in (32_000, 44_100, 48_000)] == [2048] * 3
    assert [frame_of(0.023, rate) for rate in (32_000, 44_100, 48_000)] == [1024] * 3


@pytest.mark.parametrize("hertz", [30.0, LOW_E, 65.4, 110.0, 440.0, 1760.0, 4000.0])
@pytest.mark.parametrize("fitness", [Spectrogram, SpectrogramSeries])
def test_no_wrong_note_is_nearer_than_one_that_is_50_cents_off(fitness, hertz):
    found = distances(fitness, hertz, 44_100)
    assert found[0] > 0
    assert found[1:].min() >= found[0]


@pytest.mark.parametrize("hertz", [30.0, LOW_E, 65.4, 110.0, 440.0, 1760.0])
@pytest.mark.parametrize("fitness", [Spectrogram, SpectrogramSeries])
@pytest.mark.parametrize("rate", [16_000, 22_050, 32_000, 48_000, 192_000])
def test_a_wrong_note_is_as_far_away_at_every_rate(fitness, hertz, rate):
    # Frames are powers of two: at 16 and 32 kHz they last half an octave longer than at 44.1 kHz.
    most = 0.45 if rate in (16_000, 32_000) else 0.15
    found, wanted = distances(fitness, hertz, rate), distances(fitness, hertz, 44_100)
    np.testing.assert_allclose(found[1:], wanted[1:], rtol=most)
