import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simd import BLOCK, LANES
from simd.blocks import blocks_of, finite, rows_of


@settings(max_examples=30, deadline=None)
@given(count=st.integers(1, LANES), samples=st.integers(1, 3 * BLOCK))
def test_blocks_hold_the_sounds_side_by_side(count, samples):
    sounds = np.random.default_rng(samples).standard_normal((count, samples)).astype(np.float32)
    blocks = [block.copy() for block in blocks_of(sounds)]
    assert [len(block) for block in blocks[:-1]] == [BLOCK] * (len(blocks) - 1)
    together = np.concatenate(blocks)
    np.testing.assert_array_equal(together[:, :count].T, sounds)
    assert not together[:, count:].any()
    rows = np.full_like(sounds, np.nan)
    rows_of(blocks_of(sounds), rows)
    np.testing.assert_array_equal(rows, sounds)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("at", [0, 17, 3 * LANES - 1])
def test_one_broken_sample_is_found(value, at):
    block = np.full(3 * LANES, 3e38, dtype=np.float32)
    assert finite(block)
    block[at] = value
    assert not finite(block)
