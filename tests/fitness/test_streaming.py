"""Ears: one transform for all who want the same, and who may listen by blocks."""

import numpy as np
import pytest

from fitness.fft_series import FftSeries
from fitness.log_spectral import LogSpectral
from fitness.spectrogram import Spectrogram
from fitness.spectrogram_series import SpectrogramSeries
from fitness.stft import Stft
from fitness.streaming import Ear
from fitness.waveform import Waveform
from fitness.weighted import Weighted
from simd import LANES
from simd.blocks import blocks_of

RATE = 44_100
SOUNDS = np.random.default_rng(8).standard_normal((LANES + 1, 9_000)).astype(np.float32)
TARGET, SOUNDS = SOUNDS[0], SOUNDS[1:]


def heard(ear, sounds):
    ear.begin(len(sounds))
    for block in blocks_of(sounds):
        ear.hear(block)
    ear.end()


def test_those_who_want_the_same_frames_share_them(monkeypatch):
    listeners = [cls(TARGET, RATE) for cls in
                 (FftSeries, SpectrogramSeries, Spectrogram, LogSpectral, Waveform)]  # fmt: skip
    ear, made = Ear(listeners), []
    monkeypatch.setattr("fitness.streaming.Stft", lambda *size: made.append(size) or Stft(*size))
    heard(ear, SOUNDS)
    assert sorted(made) == [(1024, 256), (2048, 512)]
    for i, fitness in enumerate(listeners):
        np.testing.assert_array_equal(ear.distances(i), fitness(SOUNDS))


@pytest.mark.parametrize("count", [1, 8, 9, 16])
def test_an_ear_hears_again_and_with_fewer(count):
    fitness = FftSeries(TARGET, RATE)
    ear = Ear([fitness])
    heard(ear, SOUNDS[::-1])
    heard(ear, SOUNDS[:count])
    np.testing.assert_array_equal(ear.distances(0)[:count], fitness(SOUNDS)[:count])


def test_a_subclass_with_a_distance_of_its_own_is_asked_for_it():
    class Half(Spectrogram):
        def distance(self, sound):
            return super().distance(sound) / 2

    class Squared(Spectrogram):
        def distances_of(self, sounds):
            return super().distances_of(sounds) ** 2

    plain = Spectrogram(TARGET, RATE)
    half, squared = Half(TARGET, RATE), Squared(TARGET, RATE)
    assert plain.by_block
    assert not half.by_block
    assert not squared.by_block
    np.testing.assert_array_equal(half(SOUNDS), plain(SOUNDS) / 2)
    np.testing.assert_array_equal(squared(SOUNDS), plain(SOUNDS) ** 2)


def test_a_sum_of_parts_hears_by_block_if_all_of_them_do():
    assert Weighted(TARGET, RATE, parts={"waveform": 1, "mfcc": 2}).by_block
    assert not Weighted(TARGET, RATE, parts={"waveform": 1, "pitch": 2}).by_block
    assert Weighted(TARGET, RATE, parts={"waveform": 1, "spectrogram": 2}).growing
    assert not Weighted(TARGET, RATE, parts={"waveform": 1, "mfcc": 2}).growing
