"""Sounds in rows to blocks of lanes, and back."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from simd import BLOCK, LANES
from simd.compiled import compiled
from simd.vector import fill, load, store, transpose

Block = NDArray[np.float32]


def blocks_of(sounds: NDArray[np.float32]) -> Iterator[Block]:
    """Cut up to sixteen sounds, shape (n, samples), into blocks, which are valid one at a time.

    Every block but the last holds BLOCK samples; lanes beyond ``n`` are silent.
    """
    block = np.zeros((BLOCK, LANES), np.float32)
    for start in range(0, sounds.shape[1], BLOCK):
        count = min(BLOCK, sounds.shape[1] - start)
        _to_lanes(sounds, start, count, block.reshape(-1))
        yield block[:count]


def rows_of(blocks: Iterable[Block], sounds: NDArray[np.float32]) -> None:
    """Write blocks to up to sixteen rows, shape (n, samples); lanes beyond ``n`` are left out."""
    start = 0
    for block in blocks:
        _to_rows(block.reshape(-1), len(block), sounds, start)
        start += len(block)


@compiled
def _to_lanes(sounds, start, count, block):
    whole = count // LANES * LANES if sounds.shape[0] == LANES else 0
    flat, samples = sounds.ravel(), sounds.shape[1]
    for i in range(0, whole, LANES):
        transpose(flat, start + i, samples, block, i * LANES, LANES)
    for lane in range(sounds.shape[0]):
        for i in range(whole, count):
            block[i * LANES + lane] = sounds[lane, start + i]


@compiled
def _to_rows(block, count, sounds, start):
    whole = count // LANES * LANES if sounds.shape[0] == LANES else 0
    flat, samples = sounds.ravel(), sounds.shape[1]
    for i in range(0, whole, LANES):
        transpose(block, i * LANES, LANES, flat, start + i, samples)
    for lane in range(sounds.shape[0]):
        for i in range(whole, count):
            sounds[lane, start + i] = block[i * LANES + lane]


@compiled
def finite(block):
    """Whether no sample of a flat block, of whole moments, is infinite or NaN."""
    total = fill(np.float32(0), LANES)
    for i in range(0, block.size, LANES):
        # Times 0 is 0 for every number, and NaN for what is none.
        total += load(block, i, LANES) * np.float32(0)
    lanes = np.empty(LANES, np.float32)
    store(lanes, 0, total)
    return (lanes == 0).all()
