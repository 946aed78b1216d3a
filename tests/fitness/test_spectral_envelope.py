import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitness.spectral_envelope import SpectralEnvelope

RATE = 44_100
RANDOM = np.random.default_rng(14)
TARGET = RANDOM.standard_normal(20_000).astype(np.float32)
OTHER = np.cumsum(TARGET - TARGET.mean()).astype(np.float32)


def test_is_the_difference_of_librosas_averages():
    def average(sound):
        return librosa.feature.melspectrogram(
            y=sound, sr=RATE, n_fft=2048, hop_length=512, n_mels=32, pad_mode="constant"
        ).mean(axis=1)

    s, t = average(OTHER), average(TARGET)
    floor = t.max() * 1e-6
    wanted = np.abs(10 * np.log10(np.maximum(s, floor) / np.maximum(t, floor))).mean()
    assert SpectralEnvelope(TARGET, RATE)([OTHER]) == pytest.approx(wanted, rel=1e-4)


@settings(max_examples=20, deadline=None)
@given(decibels=st.floats(-20, 20))
def test_gain_is_its_decibels(decibels):
    louder = np.float32(10 ** (decibels / 20)) * TARGET
    assert SpectralEnvelope(TARGET, RATE)([louder])[0] == pytest.approx(abs(decibels), abs=1e-3)


def test_the_moment_matters_little_and_the_filter_much():
    late = np.roll(TARGET, 4_000)
    shifted, filtered = SpectralEnvelope(TARGET, RATE)([late, OTHER])
    assert shifted < 0.5
    assert filtered > 10
