import librosa
import numpy as np
import pytest

from fitness.frames import frame_of
from fitness.mel import MelBands, hz_to_mel, mel_to_hz
from fitness.stft import powers_of


def weights(mel, frame):
    """The weight of each bin in each band, shape (count, bins): what a power of 1 in it adds."""
    return mel.of(np.eye(frame // 2 + 1, dtype=np.float32)).T


@pytest.mark.parametrize("sample_rate", [8_000, 22_050, 25_000, 44_100, 48_000, 96_000, 192_000])
@pytest.mark.parametrize(("frame", "bands"), [(2048, 128), (1024, 64), (2048, 32)])
def test_weights_are_librosas(sample_rate, frame, bands):
    mel = MelBands(sample_rate, frame, bands)
    wanted = librosa.filters.mel(
        sr=sample_rate, n_fft=frame, n_mels=mel.count, fmax=mel.highest, htk=False
    )
    np.testing.assert_allclose(weights(mel, frame), wanted, rtol=1e-4, atol=1e-8)
    assert (weights(mel, frame).sum(axis=1) > 0).all()


def test_all_bands_where_they_fit_and_fewer_where_one_would_be_empty():
    assert MelBands(44_100, 2048, 128).count == 128
    assert MelBands(44_100, 1024, 64).count == 64
    count = MelBands(192_000, 2048, 128).count
    assert 64 < count < 128
    one_more = librosa.filters.mel(sr=96_000, n_fft=256, n_mels=MelBands(96_000, 256, 64).count)
    assert (one_more.max(axis=1) > 0).all()


@pytest.mark.parametrize("sample_rate", [8_000, 22_050, 48_000, 192_000])
def test_bands_are_the_same_at_every_rate(sample_rate):
    frame = frame_of(0.046, sample_rate)
    mel, wanted = MelBands(sample_rate, frame, 64), MelBands(44_100, 2048, 64)
    found, edges = (
        librosa.mel_frequencies(round(one.count / one.share) + 2, fmin=0, fmax=22_050)
        for one in (mel, wanted)
    )
    np.testing.assert_array_equal(found, edges)
    assert mel.highest == pytest.approx(edges[mel.count + 1])
    assert mel.highest <= sample_rate / 2 < max(edges[mel.count + 2 :], default=np.inf)


def test_powers_are_the_weighted_sums_of_the_spectrum():
    sound = np.random.default_rng(5).standard_normal(6_000).astype(np.float32)
    powers = powers_of(sound, 1024, 256)
    mel = MelBands(44_100, 1024, 64)
    wanted = powers.astype(np.float64) @ weights(mel, 1024).T
    np.testing.assert_allclose(mel.of(powers), wanted, rtol=1e-5)


def test_the_scale_is_slaneys():
    hz = np.array([0.0, 440.0, 999.0, 1000.0, 5_000.0, 20_000.0])
    mels = np.array([hz_to_mel(f) for f in hz])
    assert mels == pytest.approx(librosa.hz_to_mel(hz))
    assert mel_to_hz(mels) == pytest.approx(hz)
