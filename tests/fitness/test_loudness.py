import librosa
import numpy as np
import pytest

from fitness.loudness import Loudness

RANDOM = np.random.default_rng(13)
TARGET = (RANDOM.standard_normal(12_000) * np.exp(-np.arange(12_000) / 900)).astype(np.float32)
OTHER = (RANDOM.standard_normal(12_000) * np.linspace(0, 1, 12_000)).astype(np.float32)


def test_is_the_difference_of_librosas_levels():
    def level(sound):
        rms = librosa.feature.rms(y=sound, frame_length=1024, hop_length=256)[0]
        return 20 * np.log10(np.maximum(rms, floor))

    floor = 0.0
    floor = 1e-3 * 10 ** (level(TARGET).max() / 20)
    wanted = np.abs(level(OTHER) - level(TARGET)).mean()
    assert Loudness(TARGET, 44_100)([OTHER]) == pytest.approx(wanted, rel=1e-4)


def test_timbre_and_pitch_do_not_matter():
    t = np.arange(20_000) / 44_100
    low, high = np.sin(2 * np.pi * 400 * t), np.sin(2 * np.pi * 1200 * t)
    assert Loudness(low, 44_100)([high])[0] < 0.1


@pytest.mark.parametrize("decibels", [-6.0, 6.0])
def test_gain_is_its_decibels(decibels):
    sound = OTHER + 1
    louder = np.float32(10 ** (decibels / 20)) * sound
    assert Loudness(sound, 44_100)([louder])[0] == pytest.approx(6.0, rel=1e-4)
