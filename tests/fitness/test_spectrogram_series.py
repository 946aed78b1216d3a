import itertools

import librosa
import numpy as np
import pytest

from fitness.spectrogram import Spectrogram
from fitness.spectrogram_series import SpectrogramSeries

RATE = 44_100
RANDOM = np.random.default_rng(8)
FALL = np.exp(-np.arange(RATE) / 8_000)
TARGET = (RANDOM.standard_normal(RATE) * FALL).astype(np.float32)
OTHER = (RANDOM.standard_normal(RATE) * 0.3 * FALL).astype(np.float32)


def test_is_the_mean_over_images_on_their_own_scales():
    def power(sound):
        return librosa.feature.melspectrogram(
            y=sound, sr=RATE, n_fft=1024, hop_length=256, n_mels=64, pad_mode="constant"
        )

    target, other = power(TARGET), power(OTHER)
    edges = np.linspace(0, target.shape[1], 5).round().astype(int)
    distances = []
    for start, stop in itertools.pairwise(edges):
        peak = max(target[:, start:stop].max(), target.max() * 1e-8)
        a, b = (
            np.maximum(10 * np.log10(image[:, start:stop] / peak), -60) for image in (target, other)
        )
        distances.append(np.abs(a - b).mean())
    wanted = np.mean(distances)
    assert SpectrogramSeries(TARGET, RATE)([OTHER]) == pytest.approx(wanted, rel=1e-4)


def test_a_tail_that_one_image_cannot_see_counts():
    steep = TARGET * FALL.astype(np.float32) ** 2
    cut = steep.copy()
    cut[RATE * 3 // 4 :] = 0.0
    assert Spectrogram(steep, RATE)([cut])[0] < 1.0
    assert SpectrogramSeries(steep, RATE)([cut])[0] > 3 * Spectrogram(steep, RATE)([cut])[0]


def test_a_silent_stretch_is_defined():
    half = TARGET.copy()
    half[RATE // 2 :] = 0.0
    distances = SpectrogramSeries(half, RATE)([half, TARGET])
    assert distances[0] == 0.0
    assert np.isfinite(distances[1])
