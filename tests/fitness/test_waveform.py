import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness.waveform import Waveform

TARGET, OTHER = np.random.default_rng(2).standard_normal((2, 4_000)).astype(np.float32)


def test_is_the_error_to_signal_ratio():
    t, x = TARGET.astype(np.float64), OTHER.astype(np.float64)
    wanted = ((x - t) ** 2).sum() / (t**2).sum()
    assert Waveform(TARGET, 44_100)([OTHER]) == pytest.approx(wanted, rel=1e-6)


def test_silence_is_one_and_upside_down_is_four():
    assert Waveform(TARGET, 44_100)([0 * TARGET, -TARGET]).tolist() == [1.0, 4.0]


@given(gain=st.floats(-10, 10))
def test_gain_is_a_parabola(gain):
    distance = Waveform(TARGET, 44_100)([gain * TARGET])[0]
    assert distance == pytest.approx((gain - 1) ** 2, rel=1e-4, abs=1e-9)
