"""Convert sounds, one a row, to blocks with one sound a lane, and back."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from simd import BLOCK_SAMPLES, LANES
from simd.compiled import compiled
from simd.vector import fill, load, store, transpose, vabs, vmax

Block = NDArray[np.float32]


def blocks_of(sounds: NDArray[np.float32]) -> Iterator[Block]:
    """Cut up to sixteen sounds, shape (n, samples), into blocks.

    Every block except the last has BLOCK_SAMPLES samples, and is valid until the next one. Lanes
    from ``n`` on are silent.

    Raises:
        ValueError: for more than LANES sounds.
    """
    _check_lanes(sounds)
    block = np.zeros((BLOCK_SAMPLES, LANES), np.float32)
    for start in range(0, sounds.shape[1], BLOCK_SAMPLES):
        count = min(BLOCK_SAMPLES, sounds.shape[1] - start)
        _to_lanes(sounds, start, count, block.reshape(-1))
        yield block[:count]


def rows_of(blocks: Iterable[Block], sounds: NDArray[np.float32]) -> None:
    """Write blocks to up to sixteen rows, shape (n, samples); lanes from ``n`` on are dropped.

    Raises:
        ValueError: for more than LANES rows, or if the blocks are longer than the rows.
    """
    _check_lanes(sounds)
    start = 0
    for block in blocks:
        if start + len(block) > sounds.shape[1]:
            raise ValueError(f"blocks of {start + len(block)} samples; wanted: {sounds.shape[1]}")
        _to_rows(block.reshape(-1), len(block), sounds, start)
        start += len(block)


def _check_lanes(sounds: NDArray[np.float32]) -> None:
    # The compiled loops below check no index.
    if len(sounds) > LANES:
        raise ValueError(f"{len(sounds)} sounds; allowed: {LANES} at most")


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
def peaks(block):
    """Return the highest magnitude in each lane of a flattened block; NaN where one is not finite.

    Shape (LANES,), float32.
    """
    top, broken = fill(np.float32(0), LANES), fill(np.float32(0), LANES)
    for i in range(0, block.size, LANES):
        samples = load(block, i, LANES)
        top = vmax(top, vabs(samples))
        # A finite number times 0 is 0; NaN or infinity times 0 is NaN.
        broken += samples * np.float32(0)
    lanes = np.empty(LANES, np.float32)
    store(lanes, 0, top + broken)
    return lanes
