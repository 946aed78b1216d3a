import numpy as np
import pytest

from fitness.multi_scale_spectral import MultiScaleSpectral

RANDOM = np.random.default_rng(11)
TARGET, OTHER = RANDOM.standard_normal((2, 9_000)).astype(np.float32)


def test_is_the_formula():
    scales = []
    for size in (2048, 1024, 512, 256, 128, 64):
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)
        s, t = (
            np.abs(
                [
                    np.fft.rfft(padded[i : i + size] * window)
                    for i in range(0, TARGET.size + 1, size // 4)
                ]
            )
            for padded in (np.pad(x.astype(np.float64), size // 2) for x in (OTHER, TARGET))
        )
        eps = 1e-4 * t.max()
        log = np.abs(np.log((s + eps) / (t + eps))).mean()
        scales.append(np.abs(s - t).mean() / t.mean() + log)
    wanted = np.mean(scales)
    assert MultiScaleSpectral(TARGET, 44_100)([OTHER]) == pytest.approx(wanted, rel=1e-4)


@pytest.mark.parametrize("level", [1e-3, 1e3])
def test_the_level_of_the_target_does_not_matter(level):
    level = np.float32(level)
    as_it_is = MultiScaleSpectral(TARGET, 44_100)([OTHER])
    assert MultiScaleSpectral(level * TARGET, 44_100)([level * OTHER]) == pytest.approx(
        as_it_is, rel=1e-5
    )
