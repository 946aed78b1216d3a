import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitness.fft_series import FftSeries

RANDOM = np.random.default_rng(9)
TARGET, OTHER = RANDOM.standard_normal((2, 12_000)).astype(np.float32)
OTHER *= np.linspace(0.0, 2.0, 12_000, dtype=np.float32)


def test_is_the_difference_of_librosas_magnitudes():
    def magnitude(sound):
        return np.abs(librosa.stft(sound, n_fft=1024, hop_length=256, pad_mode="constant"))

    s, t = magnitude(OTHER), magnitude(TARGET)
    eps = 1e-4 * t.max()
    wanted = np.abs(20 * np.log10((s + eps) / (t + eps))).mean()
    assert FftSeries(TARGET, 44_100)([OTHER]) == pytest.approx(wanted, rel=1e-4)


@settings(max_examples=20, deadline=None)
@given(decibels=st.floats(-20, 20))
def test_gain_is_its_decibels(decibels):
    louder = np.float32(10 ** (decibels / 20)) * TARGET
    distance = FftSeries(TARGET, 44_100)([louder])[0]
    assert distance == pytest.approx(abs(decibels), rel=0.02, abs=1e-4)
