import numpy as np
import pytest

from fitness.log_spectral import LogSpectral

RANDOM = np.random.default_rng(10)
TARGET, OTHER = RANDOM.standard_normal((2, 12_000)).astype(np.float32)


def magnitude(sound):
    """The formula, with nothing shared: float64 and one frame after the other."""
    padded = np.pad(sound.astype(np.float64), 1024)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(2048) / 2048)
    starts = range(0, sound.size + 1, 512)
    return np.abs([np.fft.rfft(padded[i : i + 2048] * window) for i in starts])


def test_is_the_formula():
    s, t = magnitude(OTHER), magnitude(TARGET)
    eps = 1e-4 * t.max()
    wanted = np.sqrt((20 * np.log10((s + eps) / (t + eps))) ** 2).mean()
    lsd = np.sqrt(((20 * np.log10((s + eps) / (t + eps))) ** 2).mean(axis=1)).mean()
    assert LogSpectral(TARGET, 44_100)([OTHER]) == pytest.approx(lsd, rel=1e-4)
    assert lsd > wanted  # the root mean square is above the mean absolute difference


def test_ten_times_louder_is_20_db():
    assert LogSpectral(TARGET, 44_100)([10 * TARGET])[0] == pytest.approx(20, rel=0.02)
