"""Compiled distances of sixteen sounds at once, one sound a lane, from one target.

Lanes are independent and every sum has a fixed order, so that a distance does not depend on the
sounds in the other lanes, and is exactly 0 for the identical sound. Sums within a frame are
float32, those over frames float64. A *level* is a base-2 logarithm. *Powers* have the shape
(frames, bins, LANES), and ``first`` is the index of their first frame. No index depends on a
sample: any float, NaN and infinity included, gives some distance.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simd import LANES
from simd.compiled import compiled, inlined
from simd.vector import exponent_and_rest, fill, load, store, vabs, vmax, vmin, vsqrt

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Integers = NDArray[np.int64]

TINY_MAGNITUDE = 1e-18  # its square is still a float32
TINY_POWER = 1e-36
MAGNITUDE_DB = 20 * math.log10(2)  # decibels of a level of 1, for magnitudes
POWER_DB = 10 * math.log10(2)  # and for powers

_0, _1, _TINY = np.float32(0), np.float32(1), np.float32(TINY_MAGNITUDE)
# Minimax fit of log2(1 + f) / f for 1 + f between √½ and √2: log2(1 + f) within 3.1e-7.
_C0, _C1, _C2, _C3, _C4, _C5, _C6 = (
    np.float32(c)
    for c in (1.442699670791626, -0.7213758826255798, 0.4804648458957672, -0.3589622974395752,
              0.2972659170627594, -0.2726939022541046, 0.17061716318130493)
)  # fmt: skip


@inlined
def _log2(x):
    """Base-2 logarithm of normal positive numbers, within 5e-7 plus the rounding of the result."""
    exponent, f = exponent_and_rest(x)
    return exponent + f * (
        _C0 + f * (_C1 + f * (_C2 + f * (_C3 + f * (_C4 + f * (_C5 + f * _C6)))))
    )


@inlined
def _level(power, floor):
    """Level of a magnitude, after a floor is added to it."""
    return _log2(vsqrt(power) + floor)


@inlined
def _add(sums, row, lanes, scale):
    """Add the sums of one frame to those over frames, in float64."""
    held = np.empty(LANES, np.float32)
    store(held, 0, lanes)
    for lane in range(LANES):
        sums[row, lane] += scale * np.float64(held[lane])


@compiled
def log2(values: Floats) -> Floats:
    """Return base-2 logarithms of normal positive numbers, shape (n · LANES,)."""
    levels = np.empty_like(values)
    for i in range(0, values.size, LANES):
        store(levels, i, _log2(load(values, i, LANES)))
    return levels


def power_floor(peak: float | np.floating[Any], decibels: float) -> np.float32:
    """Return a floor, in (negative) decibels relative to a peak power; it never underflows."""
    return np.float32(max(float(peak) * 10 ** (decibels / 10), TINY_POWER))


def magnitude_floor(peak: float | np.floating[Any], decibels: float) -> np.float32:
    """Return a floor, in (negative) decibels relative to a peak; its square never underflows."""
    return np.float32(max(float(peak) * 10 ** (decibels / 20), TINY_MAGNITUDE))


@compiled
def magnitude_levels(powers: Floats, floor: np.float32) -> Floats:
    """Return the levels log2(magnitude + floor) of powers, shape (frames, bins)."""
    levels = np.empty_like(powers)
    lanes = np.empty(LANES, np.float32)
    for i in range(powers.shape[0]):
        for k in range(powers.shape[1]):
            store(lanes, 0, _level(fill(powers[i, k], LANES), floor))
            levels[i, k] = lanes[0]
    return levels


@compiled
def level_differences(powers, first, floor, target, sums):
    """Add to ``sums[0]`` the mean over bins of |level - target|, frame by frame."""
    bins = target.shape[1]
    for i in range(powers.shape[0]):
        total = fill(_0, LANES)
        for k in range(bins):
            level = _level(load(powers, (i * bins + k) * LANES, LANES), floor)
            total += vabs(level - target[first + i, k])
        _add(sums, 0, total, 1 / bins)


@compiled
def level_distances(powers, first, floor, target, sums):
    """Add to ``sums[0]`` the root mean square over bins of level - target, frame by frame."""
    bins = target.shape[1]
    for i in range(powers.shape[0]):
        total = fill(_0, LANES)
        for k in range(bins):
            level = _level(load(powers, (i * bins + k) * LANES, LANES), floor)
            difference = level - target[first + i, k]
            total += difference * difference
        _add(sums, 0, vsqrt(total * np.float32(1 / bins)), 1.0)


@compiled
def magnitude_and_level_differences(
    powers,
    first,
    floor,
    magnitudes,
    levels,
    sums,
    row,
):
    """Add the means over bins of two differences to two rows of ``sums``, frame by frame.

    The difference of magnitudes goes to ``row``, that of levels to the row after it.
    """
    bins = levels.shape[1]
    for i in range(powers.shape[0]):
        linear, octaves = fill(_0, LANES), fill(_0, LANES)
        for k in range(bins):
            magnitude = vsqrt(load(powers, (i * bins + k) * LANES, LANES))
            linear += vabs(magnitude - magnitudes[first + i, k])
            octaves += vabs(_log2(magnitude + floor) - levels[first + i, k])
        _add(sums, row, linear, 1 / bins)
        _add(sums, row + 1, octaves, 1 / bins)


@inlined
def _bands(powers, at, edges, rising, falling, bands):
    """Write the powers of one frame in half-overlapping triangular bands to ``bands``.

    Between the edges ``s`` and ``s + 1``, band ``s`` rises and band ``s - 1`` falls.
    """
    risen = fill(_0, LANES)
    for s in range(edges.size - 1):
        up, down = fill(_0, LANES), fill(_0, LANES)
        for k in range(edges[s], edges[s + 1]):
            power = load(powers, at + k * LANES, LANES)
            up += power * rising[k]
            down += power * falling[k]
        if s > 0:
            store(bands, (s - 1) * LANES, risen + down)
        risen = up


@compiled
def band_powers(powers, edges, rising, falling, bands):
    """Write the powers of frames in bands to ``bands``, flat: frame after frame, LANES each."""
    for i in range(powers.shape[0]):
        at, to = i * rising.size * LANES, i * (edges.size - 2) * LANES
        _bands(powers, at, edges, rising, falling, bands[to:])


@compiled
def power_levels(powers: Floats, floors: Floats) -> Floats:
    """Return the levels of powers, shape (frames, bands), none below the floor of its frame."""
    levels = np.empty_like(powers)
    lanes = np.empty(LANES, np.float32)
    for i in range(powers.shape[0]):
        for b in range(powers.shape[1]):
            store(lanes, 0, _log2(vmax(fill(powers[i, b], LANES), floors[i])))
            levels[i, b] = lanes[0]
    return levels


@compiled
def band_level_differences(
    powers,
    first,
    edges,
    rising,
    falling,
    floors,
    weights,
    target,
    sums,
):
    """Add to ``sums[0]`` the mean over bands of |level - target| times its frame's weight."""
    count_of_bands = edges.size - 2
    bands = np.empty(count_of_bands * LANES, np.float32)
    for i in range(powers.shape[0]):
        _bands(powers, i * rising.size * LANES, edges, rising, falling, bands)
        frame = first + i
        total = fill(_0, LANES)
        for b in range(count_of_bands):
            level = _log2(vmax(load(bands, b * LANES, LANES), floors[frame]))
            total += vabs(level - target[frame, b])
        _add(sums, 0, total, weights[frame] / count_of_bands)


@compiled
def transported(powers, first, gaps, magnitudes, shares, totals, sums):
    """Add what magnitudes common to both frames are moved, and what is in one only, to ``sums``.

    Frame by frame, ``sums[0]`` receives the smaller total times the transport distance of the
    magnitudes as shares of their totals, and ``sums[1]`` the difference of the totals. ``gaps``
    holds the distance of each bin from the next, ``shares`` the cumulative target magnitudes as
    shares of ``totals``.
    """
    bins = magnitudes.shape[1]
    for i in range(powers.shape[0]):
        frame = first + i
        excess, carried, moved = fill(_0, LANES), fill(_0, LANES), fill(_0, LANES)
        for k in range(bins):
            excess += vsqrt(load(powers, (i * bins + k) * LANES, LANES)) - magnitudes[frame, k]
        # With S and T the sums up to a bin and over all, S/s - T/t is (S - T - (s - t) T/t) / s:
        # written so, it is exactly 0 for the identical sound.
        for k in range(bins):
            carried += vsqrt(load(powers, (i * bins + k) * LANES, LANES)) - magnitudes[frame, k]
            moved += vabs(carried - excess * shares[frame, k]) * gaps[k]
        total = vmax(excess + totals[frame], fill(_TINY, LANES))
        _add(sums, 0, moved * vmin(totals[frame] / total, fill(_1, LANES)), 1.0)
        _add(sums, 1, vabs(excess), 1.0)


@compiled
def squared_differences(block, start, target, sums):
    """Add to ``sums[0]`` the squared differences of a flat block and the target from ``start``."""
    for i in range(0, block.size // LANES, LANES):
        total = fill(_0, LANES)
        for j in range(i, min(i + LANES, block.size // LANES)):
            difference = load(block, j * LANES, LANES) - target[start + j]
            total += difference * difference
        _add(sums, 0, total, 1.0)


@compiled
def energies(block, length, first, sums):
    """Write the energies of segments of ``length`` samples of a flat block to rows of ``sums``."""
    samples = block.size // LANES
    for i in range(0, samples, length):
        total = fill(_0, LANES)
        for j in range(i, min(i + length, samples)):
            x = load(block, j * LANES, LANES)
            total += x * x
        _add(sums, first + i // length, total, 1.0)
