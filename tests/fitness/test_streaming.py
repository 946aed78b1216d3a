"""Streams share spectra, and know which fitness can score block by block."""

import numpy as np
import pytest

from fitness.fft_series import FftSeries
from fitness.log_spectral import LogSpectral
from fitness.spectrogram import Spectrogram
from fitness.spectrogram_series import SpectrogramSeries
from fitness.stft import Stft
from fitness.streaming import SoundStream
from fitness.waveform import Waveform
from fitness.weighted import Weighted
from simd import LANES
from simd.blocks import blocks_of

RATE = 44_100
SOUNDS = np.random.default_rng(8).standard_normal((LANES + 1, 9_000)).astype(np.float32)
TARGET, SOUNDS = SOUNDS[0], SOUNDS[1:]


def score(stream, sounds):
    stream.begin(len(sounds))
    for block in blocks_of(sounds):
        stream.push(block)
    stream.end()


def test_equal_spectra_are_computed_once(monkeypatch):
    functions = [cls(TARGET, RATE) for cls in
                 (FftSeries, SpectrogramSeries, Spectrogram, LogSpectral, Waveform)]  # fmt: skip
    stream, made = SoundStream(functions), []
    monkeypatch.setattr("fitness.streaming.Stft", lambda *size: made.append(size) or Stft(*size))
    score(stream, SOUNDS)
    assert sorted(made) == [(1024, 256), (2048, 512)]
    for i, fitness in enumerate(functions):
        np.testing.assert_array_equal(stream.distances(i), fitness(SOUNDS))


@pytest.mark.parametrize("count", [1, 8, 9, 16])
def test_an_ear_hears_again_and_with_fewer(count):
    fitness = FftSeries(TARGET, RATE)
    stream = SoundStream([fitness])
    score(stream, SOUNDS[::-1])
    score(stream, SOUNDS[:count])
    np.testing.assert_array_equal(stream.distances(0)[:count], fitness(SOUNDS)[:count])


def test_a_subclass_with_a_distance_of_its_own_is_asked_for_it():
    class Half(Spectrogram):
        def distance(self, sound):
            return super().distance(sound) / 2

    class Squared(Spectrogram):
        def distances_of(self, sounds):
            return super().distances_of(sounds) ** 2

    plain = Spectrogram(TARGET, RATE)
    half, squared = Half(TARGET, RATE), Squared(TARGET, RATE)
    assert plain.streamable
    assert not half.streamable
    assert not squared.streamable
    np.testing.assert_array_equal(half(SOUNDS), plain(SOUNDS) / 2)
    np.testing.assert_array_equal(squared(SOUNDS), plain(SOUNDS) ** 2)


def test_a_sum_of_parts_hears_streamable_if_all_of_them_do():
    assert Weighted(TARGET, RATE, parts={"waveform": 1, "mfcc": 2}).streamable
    assert not Weighted(TARGET, RATE, parts={"waveform": 1, "pitch": 2}).streamable


def test_a_sound_longer_than_the_target_is_refused():
    stream = SoundStream([Waveform(TARGET, RATE)])
    with pytest.raises(ValueError, match=f"{TARGET.size + 1} samples"):
        score(stream, np.zeros((1, TARGET.size + 1), np.float32))
