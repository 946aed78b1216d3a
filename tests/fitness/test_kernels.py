import numpy as np
import pytest

from fitness import kernels
from simd import LANES

RANDOM = np.random.default_rng(3)


def test_log2_is_as_exact_as_it_says():
    values = np.concatenate(
        [np.linspace(0.5, 2.0, 300_000), 2.0 ** RANDOM.uniform(-120, 120, 300_000)]
    ).astype(np.float32)
    exact = np.log2(values.astype(np.float64))
    rounding = np.spacing(np.abs(exact).astype(np.float32))
    assert (np.abs(kernels.log2(values) - exact) <= 5e-7 + rounding).all()


def test_log2_of_powers_of_two_is_exact():
    exponents = np.arange(-120, 120, dtype=np.float32)
    assert np.array_equal(kernels.log2(np.exp2(exponents)), exponents)


POWERS = RANDOM.uniform(0, 4, (3, 70, LANES)).astype(np.float32)
TARGET = RANDOM.uniform(-3, 1, (5, 70)).astype(np.float32)
FLOOR = np.float32(1e-3)
LEVELS = np.log2(np.sqrt(POWERS.astype(np.float64)) + FLOOR)
DIFFERENCES = LEVELS - TARGET[2:, :, None]


def test_level_differences_are_means_over_bins_added_up_over_frames():
    sums = np.zeros((1, LANES))
    kernels.level_differences(POWERS, 2, FLOOR, TARGET, sums)
    np.testing.assert_allclose(sums[0], np.abs(DIFFERENCES).mean(axis=1).sum(axis=0), rtol=1e-6)


def test_level_distances_are_root_mean_squares_added_up_over_frames():
    sums = np.zeros((1, LANES))
    kernels.level_distances(POWERS, 2, FLOOR, TARGET, sums)
    wanted = np.sqrt((DIFFERENCES**2).mean(axis=1)).sum(axis=0)
    np.testing.assert_allclose(sums[0], wanted, rtol=1e-6)


def test_both_differences_go_to_two_rows():
    sums = np.zeros((4, LANES))
    linear = np.abs(TARGET)
    kernels.magnitude_and_level_differences(POWERS, 2, FLOOR, linear, TARGET, sums, 1)
    magnitudes = np.abs(np.sqrt(POWERS.astype(np.float64)) - linear[2:, :, None])
    np.testing.assert_allclose(sums[1], magnitudes.mean(axis=1).sum(axis=0), rtol=1e-6)
    np.testing.assert_allclose(sums[2], np.abs(DIFFERENCES).mean(axis=1).sum(axis=0), rtol=1e-6)
    assert not sums[[0, 3]].any()


def test_levels_of_a_target_have_the_bits_of_a_sounds():
    """Or the identical sound would be at a distance."""
    for lane in (0, 7, 15):
        target = np.ascontiguousarray(POWERS[..., lane])
        sums = np.zeros((1, LANES))
        levels = kernels.magnitude_levels(target, FLOOR)
        kernels.level_differences(POWERS, 0, FLOOR, levels, sums)
        assert sums[0, lane] == 0
        assert (np.delete(sums[0], lane) > 0.1).all()


@pytest.mark.parametrize("samples", [1, 15, 16, 17, 2_000])
def test_squares_and_energies_of_a_block(samples):
    block = RANDOM.standard_normal((samples, LANES)).astype(np.float32)
    target = RANDOM.standard_normal(3_000).astype(np.float32)
    sums = np.zeros((1, LANES))
    kernels.squared_differences(block.reshape(-1), 100, target, sums)
    exact = np.square(block - target[100 : 100 + samples, None].astype(np.float64)).sum(axis=0)
    np.testing.assert_allclose(sums[0], exact, rtol=1e-6)
    rows = np.zeros((12, LANES))
    kernels.energies(block.reshape(-1), 256, 2, rows)
    for i in range(8):
        stretch = block[256 * i : 256 * (i + 1)].astype(np.float64)
        np.testing.assert_allclose(rows[2 + i], (stretch**2).sum(axis=0), rtol=1e-6)
    assert not rows[:2].any()
