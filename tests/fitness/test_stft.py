import librosa
import numpy as np
import pytest

from fitness.fft import SIZES
from fitness.stft import Stft, powers_of
from simd import LANES
from simd.blocks import blocks_of

SOUNDS = np.random.default_rng(1).standard_normal((LANES, 9_000)).astype(np.float32)


@pytest.mark.parametrize("frame", SIZES)
@pytest.mark.parametrize("samples", [9_000, 1_500])
def test_is_librosas_with_zeros_around(frame, samples):
    sound, hop = SOUNDS[0, :samples], frame // 4
    padded = np.pad(sound, frame // 2)  # librosa refuses to centre sounds shorter than a frame
    wanted = librosa.stft(padded, n_fft=frame, hop_length=hop, center=False)
    powers = powers_of(sound, frame, hop)
    assert powers.shape == (1 + samples // hop, frame // 2 + 1)
    found = np.sqrt(powers[: wanted.shape[1]])
    np.testing.assert_allclose(found, np.abs(wanted.T), atol=3e-7 * np.abs(wanted).max())


def test_a_sound_shorter_than_a_hop_is_one_frame():
    assert powers_of(SOUNDS[0, :10], 2048, 512).shape == (1, 1025)


@pytest.mark.parametrize("frame", [64, 2048])
def test_a_lane_has_the_bits_of_the_sound_alone(frame):
    stft, parts = Stft(frame, frame // 4), []
    for block in blocks_of(SOUNDS):
        first, powers = stft.push(block)
        assert first == sum(map(len, parts))
        parts.append(powers.copy())
    together = np.concatenate([*parts, stft.end().powers])
    for lane in (0, 7, 8, 15):
        alone = powers_of(SOUNDS[lane], frame, frame // 4)
        np.testing.assert_array_equal(together[..., lane], alone)


@pytest.mark.parametrize("frame", SIZES)
def test_the_error_of_a_bin_is_far_below_every_floor(frame):
    """A loud tone must not leave noise above the floors of the distances, 80 dB below it."""
    t = np.arange(8 * frame)
    tone = np.sin(2 * np.pi * 0.123 * t).astype(np.float32)
    window = np.hanning(frame + 1)[:-1]
    middle = tone[4 * frame - frame // 2 : 4 * frame + frame // 2].astype(np.float64)
    exact = np.abs(np.fft.rfft(middle * window))
    found = np.sqrt(powers_of(tone, frame, frame)[4])
    assert 20 * np.log10(np.abs(found - exact).max() / exact.max()) < -120
