import numpy as np
import pytest
from scipy.signal import get_window, stft

from fitness.feature import BANDS, FRAME, HOP, SEGMENTS, SoundFeature, differences, mean_difference
from fitness.mel import MelBands

RATE, SAMPLES = 8000, 16_000


@pytest.fixture
def sounds():
    random = np.random.default_rng(1)
    return (0.1 * random.standard_normal((19, SAMPLES))).astype(np.float32)


def test_it_is_mel_levels_of_scipys_spectra_over_stretches(sounds):
    window = get_window("hann", FRAME)
    bands = MelBands(RATE, FRAME, BANDS)
    found = SoundFeature(RATE, SAMPLES)(sounds)
    assert found.shape == (19, SEGMENTS * bands.count)
    padded = np.pad(sounds[17].astype(float), FRAME // 2)
    _, _, spectra = stft(padded, nperseg=FRAME, noverlap=FRAME - HOP, window=window,
                         boundary=None, padded=False)  # fmt: skip
    powers = (
        bands.of(np.eye(FRAME // 2 + 1, dtype=np.float32)).T @ np.abs(spectra * window.sum()) ** 2
    )
    edges = np.arange(SEGMENTS) * powers.shape[1] // SEGMENTS
    parts = np.split(np.arange(powers.shape[1]), edges[1:])
    expected = [10 * np.log10(powers[:, part].mean(axis=1)) for part in parts]
    np.testing.assert_allclose(found[17], np.concatenate(expected), atol=1e-2)


def test_ten_decibels_more_are_ten_away(sounds):
    louder = (sounds[:1] * np.sqrt(10)).astype(np.float32)
    feature = SoundFeature(RATE, SAMPLES)
    np.testing.assert_allclose(differences(feature(sounds[:1]), feature(louder)), 10, atol=1e-3)


def test_what_is_silent_is_at_the_floor_and_alike():
    found = SoundFeature(RATE, SAMPLES)(np.zeros((3, SAMPLES), np.float32))
    assert (found == -80).all()
    assert mean_difference(found) == 0
    assert mean_difference(found[:1]) == 0


@pytest.mark.parametrize("samples", [1, 500, 3 * HOP])
def test_a_short_sound_has_a_stretch_for_each_frame_at_most(samples):
    found = SoundFeature(RATE, samples)(np.ones((2, samples), np.float32))
    assert found.shape[1] % MelBands(RATE, FRAME, BANDS).count == 0
    assert np.isfinite(found).all()


def test_the_mean_difference_is_that_of_all_pairs(sounds):
    features = SoundFeature(RATE, SAMPLES)(sounds)
    between = differences(features, features)
    pairs = between[np.triu_indices(len(sounds), 1)]
    assert mean_difference(features) == pytest.approx(pairs.mean())
