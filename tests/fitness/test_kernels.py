import numpy as np
import pytest

from fitness import kernels

RANDOM = np.random.default_rng(3)


def test_log2_is_as_exact_as_it_says():
    values = np.concatenate(
        [np.linspace(0.5, 2.0, 300_001), 2.0 ** RANDOM.uniform(-120, 120, 300_000)]
    ).astype(np.float32)
    exact = np.log2(values.astype(np.float64))
    rounding = np.spacing(np.abs(exact).astype(np.float32))
    assert (np.abs(kernels.log2(values) - exact) <= 5e-7 + rounding).all()


def test_log2_of_powers_of_two_is_exact():
    exponents = np.arange(-120, 120, dtype=np.float32)
    assert np.array_equal(kernels.log2(np.exp2(exponents)), exponents)


@pytest.mark.parametrize("size", [1, 2, 1023, 1024, 1025, 5_000])
def test_sums_are_exact_to_a_few_roundings(size):
    a, b = RANDOM.standard_normal((2, size)).astype(np.float32)
    exact = np.square(a.astype(np.float64) - b).sum()
    assert kernels.squared_difference(a, b) == pytest.approx(exact, rel=1e-6)


@pytest.mark.parametrize("samples", [1, 7, 8, 9, 40])
def test_frames_are_centred_with_zeros_around(samples):
    sound = RANDOM.standard_normal(samples).astype(np.float32)
    window = RANDOM.standard_normal(8).astype(np.float32)
    frames = kernels.windowed_frames(sound, window, 2)
    padded = np.concatenate([np.zeros(4, np.float32), sound, np.zeros(8, np.float32)])
    wanted = [padded[2 * i : 2 * i + 8] * window for i in range(1 + samples // 2)]
    assert np.array_equal(frames, wanted)


@pytest.mark.parametrize("step", [1, 2, 3])
def test_decimation_is_a_convolution(step):
    sound = RANDOM.standard_normal(2_500).astype(np.float32)
    taps = RANDOM.standard_normal(11).astype(np.float32)
    taps = taps + taps[::-1]
    wanted = np.convolve(sound.astype(np.float64), taps, mode="same")[::step]
    assert kernels.decimate(sound, taps, step) == pytest.approx(wanted, abs=1e-4)


def test_one_row_gives_the_same_bits_whichever_loop_computes_it():
    """Vectorised bodies and their remainders must agree, or identical sounds would differ."""
    spectrum = RANDOM.standard_normal((1, 2 * 70)).astype(np.float32)
    floor = np.float32(1e-3)
    whole = kernels.magnitude_levels(spectrum, floor)[0]
    for bins in range(1, 70):
        part = kernels.magnitude_levels(np.ascontiguousarray(spectrum[:, : 2 * bins]), floor)[0]
        assert np.array_equal(part, whole[:bins])
    assert kernels.magnitude_level_differences(spectrum, floor, whole[None]) == 0
