import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simd import BLOCK_SAMPLES, LANES
from simd.blocks import blocks_of, peaks, rows_of


@settings(max_examples=30, deadline=None)
@given(count=st.integers(1, LANES), samples=st.integers(1, 3 * BLOCK_SAMPLES))
def test_blocks_hold_the_sounds_side_by_side(count, samples):
    sounds = np.random.default_rng(samples).standard_normal((count, samples)).astype(np.float32)
    blocks = [block.copy() for block in blocks_of(sounds)]
    assert [len(block) for block in blocks[:-1]] == [BLOCK_SAMPLES] * (len(blocks) - 1)
    together = np.concatenate(blocks)
    np.testing.assert_array_equal(together[:, :count].T, sounds)
    assert not together[:, count:].any()
    rows = np.full_like(sounds, np.nan)
    rows_of(blocks_of(sounds), rows)
    np.testing.assert_array_equal(rows, sounds)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("at", [0, 17, 3 * LANES - 1])
def test_one_broken_sample_is_found_in_its_lane(value, at):
    block = np.full(3 * LANES, -3e38, dtype=np.float32)
    assert (peaks(block) == np.float32(3e38)).all()
    block[at] = value
    found = np.isnan(peaks(block))
    assert np.flatnonzero(found).tolist() == [at % LANES]


def test_peaks_are_those_of_each_lane():
    block = np.random.default_rng(7).standard_normal((50, LANES)).astype(np.float32)
    np.testing.assert_array_equal(peaks(block.reshape(-1)), np.abs(block).max(axis=0))


def test_blocks_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=f"{LANES + 1} sounds"):
        next(blocks_of(np.zeros((LANES + 1, 10), np.float32)))
    with pytest.raises(ValueError, match="20 samples"):
        rows_of([np.zeros((20, LANES), np.float32)], np.zeros((2, 19), np.float32))
    with pytest.raises(ValueError, match=f"{LANES + 1} sounds"):
        rows_of([], np.zeros((LANES + 1, 10), np.float32))
