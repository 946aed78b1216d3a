import numpy as np
import pytest

from fitness import fft, kernels
from simd import LANES
from simd.vector import load, store


@pytest.mark.parametrize("frame", fft.SIZES)
def test_powers_are_numpys_in_every_lane(frame):
    sound = np.random.default_rng(frame).standard_normal((2 * frame, LANES)).astype(np.float32)
    window = np.hanning(frame + 1)[:-1]
    powers = np.full((3, frame // 2 + 1, LANES), np.nan, np.float32)
    work = np.empty(8 * frame, np.float32)
    half, plan = (window / 2).astype(np.float32), fft.plan(frame)
    fft.frame_powers(sound.reshape(-1), LANES, half, frame // 2, 3, *plan, work, powers)
    for i in range(3):
        piece = sound[i * frame // 2 :][:frame].astype(np.float64)
        wanted = np.abs(np.fft.rfft(piece * window[:, None], axis=0)) ** 2
        np.testing.assert_allclose(powers[i], wanted, atol=1e-6 * wanted.max())


def test_lanes_that_nobody_needs_are_left_alone():
    sound, work = np.ones(64 * LANES, np.float32), np.empty(512, np.float32)
    powers = np.full((33, LANES), np.nan, np.float32)
    window, plan = np.ones(64, np.float32), fft.plan(64)
    fft.frame_powers(sound, 3, window, 16, 1, *plan, work, powers)
    assert np.isfinite(powers[:, :8]).all()
    assert np.isnan(powers[:, 8:]).all()


def eight(work):
    z = fft._dft8(fft._loaded8(work, 0, 16))
    for i in range(16):
        store(work, i * 8, z[i])


def level(x):
    store(x, 0, kernels._level(load(x, 0, LANES), np.float32(1)))


@pytest.mark.parametrize(
    ("function", "values", "lanes", "most"),
    [
        # Eight complex numbers: 52 additions and 4 products, with 4 signs.
        (eight, 128, 8, 60),
        # A level: root, floor, and a polynomial of the sixth degree.
        (level, LANES, LANES, 20),
    ],
)
def test_operations_are_no_more_than_the_arithmetic_needs(
    operations, function, values, lanes, most
):
    on_vectors, on_single_floats = operations(function, np.ones(values, np.float32))
    assert most / 2 < on_vectors / lanes <= most
    assert on_single_floats == 0
