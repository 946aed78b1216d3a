import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitness.mel import MelBands
from fitness.mfcc import Mfcc
from fitness.stft import powers_of

RANDOM = np.random.default_rng(12)
TARGET = (RANDOM.standard_normal(12_000) * np.exp(-np.arange(12_000) / 900)).astype(np.float32)
OTHER = np.cumsum(RANDOM.standard_normal(12_000)).astype(np.float32) * 0.01


@pytest.mark.parametrize(("sample_rate", "frame"), [(44_100, 2048), (25_000, 1024)])
def test_coefficients_are_librosas(sample_rate, frame):
    mel = MelBands(sample_rate, frame, 128)

    def mfcc(sound):
        return librosa.feature.mfcc(
            y=sound,
            sr=sample_rate,
            n_mfcc=20,
            n_mels=mel.count,
            fmax=mel.highest,
            n_fft=frame,
            hop_length=frame // 4,
            pad_mode="constant",
        )

    fitness = Mfcc(TARGET, sample_rate)
    powers = mel.of(powers_of(TARGET, frame, frame // 4))
    lanes = np.repeat(powers[:, :, None], 16, axis=2)
    for lane in (0, 15):
        found = fitness.coefficients(lanes)[:, :, lane]
        np.testing.assert_allclose(found, mfcc(TARGET)[1:].T, atol=2e-3)
    wanted = np.linalg.norm(mfcc(OTHER)[1:] - mfcc(TARGET)[1:], axis=0).mean()
    assert fitness([OTHER]) == pytest.approx(wanted, rel=1e-4)


@settings(max_examples=20, deadline=None)
@given(gain=st.floats(1e-3, 1e3))
def test_the_level_does_not_matter(gain):
    assert Mfcc(TARGET, 44_100)([np.float32(gain) * TARGET])[0] < 0.01
