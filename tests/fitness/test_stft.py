import librosa
import numpy as np
import pytest

from fitness.stft import Stft

SOUND = np.random.default_rng(1).standard_normal(9_000).astype(np.float32)


@pytest.mark.parametrize(("frame", "hop"), [(2048, 512), (1024, 256), (64, 16)])
@pytest.mark.parametrize("samples", [9_000, 1_500])
def test_is_librosas_with_zeros_around(frame, hop, samples):
    sound = SOUND[:samples]
    padded = np.pad(sound, frame // 2)  # librosa refuses to centre sounds shorter than a frame
    wanted = librosa.stft(padded, n_fft=frame, hop_length=hop, center=False)
    spectrum = Stft(frame, hop)(sound).view(np.complex64)
    assert spectrum.shape == (1 + samples // hop, frame // 2 + 1)
    np.testing.assert_allclose(spectrum[: wanted.shape[1]], wanted.T, atol=2e-4)


def test_a_sound_shorter_than_a_hop_is_one_frame():
    assert Stft(2048, 512)(SOUND[:10]).shape == (1, 2050)
