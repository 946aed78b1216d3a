"""Compiled inner loops of the f0 tracker, one sound at a time.

The arithmetic is plain IEEE: the compiler may neither fuse nor reorder it, so that a vectorised
loop and its scalar remainder give the same bits. A row is summed by folding it in halves, which is
fast, exact to a few roundings, and always uses the same order. No index and no loop bound depends
on the value of a float that may be NaN or infinite.
"""

import numpy as np
from numba import njit

from fitness.kernels import Doubles, Floats, Integers

_CHUNK = 1024

# Python's division raises at zero, and loops that may raise are not vectorised.
_KERNEL = {"cache": True, "error_model": "numpy"}
_INLINE = {"error_model": "numpy", "forceinline": True}


@njit(**_INLINE)
def _fold(row: Floats, size: int) -> float:
    """Sum the first ``size`` numbers, at least one, of a row, which is overwritten."""
    while size > 1:
        half = (size + 1) // 2
        for i in range(size - half):
            row[i] += row[i + half]
        size = half
    return np.float64(row[0])


@njit(**_KERNEL)
def frame_powers(sound: Floats, starts: Integers, size: int) -> Floats:
    """Return the mean square of the frame at each start, shape (starts, 1).

    The sound is padded with zeros. Every frame must overlap the sound.
    """
    powers = np.empty((starts.size, 1), dtype=np.float32)
    row = np.empty(size, dtype=np.float32)
    for i in range(starts.size):
        part = sound[max(0, starts[i]) : starts[i] + size]
        for j in range(part.size):
            row[j] = part[j] * part[j]
        powers[i, 0] = _fold(row, part.size) / size
    return powers


@njit(**_KERNEL)
def decimate(sound: Floats, taps: Floats, step: int) -> Floats:
    """Filter a sound with an odd number of symmetric taps and keep every ``step``-th sample."""
    size = -(-sound.size // step)
    reach = (taps.size - 1) // step + 1
    padded = np.zeros((size + reach) * step, dtype=np.float32)
    padded[taps.size // 2 : taps.size // 2 + sound.size] = sound
    phases = np.empty((step, size + reach), dtype=np.float32)
    for p in range(step):
        phases[p] = padded[p::step]
    out = np.zeros(size, dtype=np.float32)
    for start in range(0, size, _CHUNK):
        block = out[start : start + _CHUNK]
        for k in range(taps.size):
            tap, shifted = taps[k], phases[k % step, start + k // step :]
            for i in range(block.size):
                block[i] += tap * shifted[i]
    return out


@njit(**_KERNEL)
def cut_frames(sound: Floats, starts: Integers, size: int, padded: int) -> Floats:
    """Return frames of ``size`` samples, less their mean and zero-padded: (starts, padded)."""
    frames = np.zeros((starts.size, padded), dtype=np.float32)
    for i in range(starts.size):
        part = sound[starts[i] : starts[i] + size]
        frames[i, :size] = part
        mean = np.float32(_fold(frames[i], size) / size)
        for j in range(size):
            frames[i, j] = part[j] - mean
    return frames


@njit(**_INLINE)
def _summit(curve: Floats, at: int) -> tuple[float, float]:
    """Return place and height of a local maximum, by a parabola through three points of a curve.

    The points move apart until the parabola falls by more than the rounding error.
    """
    reach = 1
    while True:
        left, top, right = float(curve[at - reach]), float(curve[at]), float(curve[at + reach])
        fall = 2 * top - left - right
        wider = 2 * reach
        if fall > 4e-4 or wider * 8 > at or at + wider >= curve.size:
            break
        reach = wider
    if fall <= 0.0:
        return float(at), top
    shift = min(max(0.5 * (right - left) / fall, -1.0), 1.0)
    return at + reach * shift, top + 0.25 * (right - left) * shift


@njit(**_INLINE)
def _key_maxima(nsdf: Floats, places: Integers) -> int:
    """Find the maximum of each positive range except the first; return how many there are."""
    count, lag, size = 0, 1, nsdf.size
    while lag < size and nsdf[lag] > 0.0:
        lag += 1
    while lag < size:
        # Not `<= 0`: NaN is neither above nor below 0, and the search must move past it.
        while lag < size and not nsdf[lag] > 0.0:
            lag += 1
        top = lag
        while lag < size and nsdf[lag] > 0.0:
            if nsdf[lag] > nsdf[top]:
                top = lag
            lag += 1
        if top < size - 1:
            places[count] = top
            count += 1
    return count


@njit(**_INLINE)
def _sharpen(nsdf: Floats, period: float, share: float) -> float:
    """Refine a period by its highest power-of-two multiple after which the frame still repeats."""
    multiple = 2
    # A period below one sample would never end the loop, and NaN would index anything.
    while period >= 1.0 and multiple * period < nsdf.size - 4:
        middle = round(multiple * period)
        top = middle
        for lag in range(middle - 2, middle + 3):
            if nsdf[lag] > nsdf[top]:
                top = lag
        if abs(top - middle) == 2 or nsdf[top] < share:
            break
        place, _ = _summit(nsdf, top)
        period = place / multiple
        multiple *= 2
    return period


@njit(**_KERNEL)
def periods(
    frames: Floats, size: int, correlations: Floats, share: float
) -> tuple[Doubles, Doubles, Doubles]:
    """Estimate the periods of frames by McLeod & Wyvill's normalised square difference function.

    Args:
        frames: shape (n, padded), each less its mean.
        size: samples of a frame without the padding; at least twice the longest lag.
        correlations: autocorrelation of each frame, shape (n, lags).
        share: the first maximum that reaches this share of the highest one is chosen.

    Returns:
        Period in samples (0 or NaN for none), clarity from 0 to 1, and mean square; shape (n,)
        each.
    """
    count, lags = correlations.shape
    found, clarity, power = np.zeros(count), np.zeros(count), np.zeros(count)
    nsdf = np.empty(lags, dtype=np.float32)
    places = np.empty(lags, dtype=np.int64)
    for i in range(count):
        frame = frames[i]
        energy = 0.0
        for j in range(size):
            energy += float(frame[j]) * float(frame[j])
        power[i] = energy / size
        both = 2.0 * energy  # of both overlapping parts; at least `energy`, as lags <= size / 2
        if lags == 0 or not 0.0 < energy < np.inf:
            continue
        nsdf[0] = 1.0
        for lag in range(1, lags):
            both -= float(frame[lag - 1]) ** 2 + float(frame[size - lag]) ** 2
            nsdf[lag] = 2.0 * correlations[i, lag] / both
        keys = _key_maxima(nsdf, places)
        best = 0.0
        for k in range(keys):
            best = max(best, _summit(nsdf, places[k])[1])
        for k in range(keys):
            place, height = _summit(nsdf, places[k])
            if height >= share * best:
                found[i] = _sharpen(nsdf, place, share * best)
                clarity[i] = min(height, 1.0)
                break
    return found, clarity, power
