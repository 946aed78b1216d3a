import librosa
import numpy as np
import pytest

from fitness.mel import MelBands
from fitness.spectrogram import Spectrogram

RANDOM = np.random.default_rng(4)
TARGET = (RANDOM.standard_normal(20_000) * np.exp(-np.arange(20_000) / 2_000)).astype(np.float32)
OTHER = (RANDOM.standard_normal(20_000) * 0.3).astype(np.float32)


@pytest.mark.parametrize(("sample_rate", "frame"), [(44_100, 2048), (25_000, 1024)])
def test_is_the_difference_of_librosas_images(sample_rate, frame):
    mel = MelBands(sample_rate, frame, 128)

    def power(sound):
        return librosa.feature.melspectrogram(
            y=sound,
            sr=sample_rate,
            n_fft=frame,
            hop_length=frame // 4,
            n_mels=mel.count,
            fmax=mel.highest,
            pad_mode="constant",
        )

    peak = power(TARGET).max()

    def image(sound):
        return np.maximum(10 * np.log10(np.maximum(power(sound), 1e-30) / peak), -80)

    wanted = mel.share * np.abs(image(OTHER) - image(TARGET)).mean()
    assert Spectrogram(TARGET, sample_rate)([OTHER]) == pytest.approx(wanted, rel=1e-4)


def test_what_is_80_db_below_the_peak_does_not_count():
    loud = np.concatenate([TARGET, np.zeros(20_000, np.float32)])
    hiss = np.concatenate([0 * OTHER, 1e-6 * OTHER])
    assert Spectrogram(loud, 44_100)([loud + hiss])[0] < 1e-3


def test_gain_is_its_decibels_where_nothing_is_near_the_floor():
    sine_bank = OTHER + 0.5
    distance = Spectrogram(sine_bank, 44_100)([2 * sine_bank])[0]
    assert distance == pytest.approx(20 * np.log10(2), rel=1e-3)
