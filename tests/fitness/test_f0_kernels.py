import numpy as np
import pytest

from fitness import f0_kernels

RANDOM = np.random.default_rng(3)


@pytest.mark.parametrize("step", [1, 2, 3])
def test_decimation_is_a_convolution(step):
    sound = RANDOM.standard_normal(2_500).astype(np.float32)
    taps = RANDOM.standard_normal(11).astype(np.float32)
    taps = taps + taps[::-1]
    wanted = np.convolve(sound.astype(np.float64), taps, mode="same")[::step]
    assert f0_kernels.decimate(sound, taps, step) == pytest.approx(wanted, abs=1e-4)
