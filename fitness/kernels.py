"""Compiled inner loops: levels and their differences, without temporaries as large as a batch.

All arithmetic is plain IEEE, one element at a time, never fused nor reassociated by the compiler: a
vectorised loop, its remainder and another loop give the same bits, which is what makes the distance
of identical sounds exactly 0 and any distance the same whatever else is in its batch. A row is
summed by folding it in halves, which is fast, exact to a few roundings, and has one order; rows are
summed in float64. A *level* is a base-2 logarithm. A *spectrum* is complex64 seen as float32: each
row holds real and imaginary parts in turn.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Integers = NDArray[np.int64]

BLOCK = 1024
TINY_MAGNITUDE = 1e-18  # whose square float32 still holds
TINY_POWER = 1e-36
MAGNITUDE_DB = 20 * math.log10(2)  # decibels in a level of 1, of a magnitude
POWER_DB = 10 * math.log10(2)  # and of a power

# Python's division raises at zero, and a loop that may raise is never vectorised.
_KERNEL = {"cache": True, "error_model": "numpy"}
_INLINE = {"error_model": "numpy", "forceinline": True}

_SQRT_HALF_BITS = np.int32(0x3F3504F3)
_MANTISSA_BITS = np.int32(23)
_ONE = np.float32(1.0)
# Least-maximum fit of log2(1 + f) / f for 1 + f between √½ and √2: log2(1 + f) within 3.1e-7.
_C0 = np.float32(1.442699670791626)
_C1 = np.float32(-0.7213758826255798)
_C2 = np.float32(0.4804648458957672)
_C3 = np.float32(-0.3589622974395752)
_C4 = np.float32(0.2972659170627594)
_C5 = np.float32(-0.2726939022541046)
_C6 = np.float32(0.17061716318130493)


@njit(**_INLINE)
def _log2(x: np.float32) -> np.float32:
    """Logarithm of a normal positive number, within 5e-7 plus the rounding of the result."""
    bits = np.float32(x).view(np.int32)
    exponent = np.int32(np.int32(bits - _SQRT_HALF_BITS) >> _MANTISSA_BITS)
    f = np.int32(bits - np.int32(exponent << _MANTISSA_BITS)).view(np.float32) - _ONE
    p = _C5 + f * _C6
    p = _C4 + f * p
    p = _C3 + f * p
    p = _C2 + f * p
    p = _C1 + f * p
    p = _C0 + f * p
    return np.float32(exponent) + f * p


@njit(**_KERNEL)
def log2(values: Floats) -> Floats:
    """Logarithms to base 2 of normal positive numbers, shape (n,), within 5e-7 plus rounding."""
    out = np.empty_like(values)
    for i in range(values.size):
        out[i] = _log2(values[i])
    return out


@njit(**_INLINE)
def _fold(row: Floats, size: int) -> float:
    """Sum the first ``size`` numbers of a row, at least one, which it overwrites."""
    while size > 1:
        half = (size + 1) // 2
        for i in range(size - half):
            row[i] += row[i + half]
        size = half
    return np.float64(row[0])


@njit(**_KERNEL)
def windowed_frames(sound: Floats, window: Floats, hop: int) -> Floats:
    """Cut centred frames, zeros around the sound, and multiply each by the window.

    Frame ``i`` is centred on sample ``i * hop``: shape (1 + samples // hop, window).
    """
    size = window.size
    count = 1 + sound.size // hop
    frames = np.empty((count, size), dtype=np.float32)
    for i in range(count):
        start = i * hop - size // 2
        heard = sound[max(0, start) : start + size]
        before = max(0, -start)
        frame, weights = frames[i, before:], window[before:]
        frames[i, :before] = np.float32(0.0)
        for j in range(heard.size):
            frame[j] = heard[j] * weights[j]
        frame[heard.size :] = np.float32(0.0)
    return frames


@njit(**_KERNEL)
def frame_powers(sound: Floats, starts: Integers, size: int) -> Floats:
    """Mean square of the frame at each start, zeros around the sound: shape (starts, 1).

    Every frame must overlap the sound.
    """
    powers = np.empty((starts.size, 1), dtype=np.float32)
    row = np.empty(size, dtype=np.float32)
    for i in range(starts.size):
        heard = sound[max(0, starts[i]) : starts[i] + size]
        for j in range(heard.size):
            row[j] = heard[j] * heard[j]
        powers[i, 0] = _fold(row, heard.size) / size
    return powers


@njit(**_KERNEL)
def squared_difference(a: Floats, b: Floats) -> float:
    """Sum of (a - b)² over two sounds of one length."""
    total = 0.0
    row = np.empty(BLOCK, dtype=np.float32)
    for start in range(0, a.size, BLOCK):
        x, y = a[start : start + BLOCK], b[start : start + BLOCK]
        for i in range(x.size):
            difference = x[i] - y[i]
            row[i] = difference * difference
        total += _fold(row, x.size)
    return total


def power_floor(peak: np.float32, decibels: float) -> np.float32:
    """Place a floor so many decibels (negative) re a peak power; it never underflows."""
    return np.float32(max(float(peak) * 10 ** (decibels / 10), TINY_POWER))


def magnitude_floor(peak: np.float32, decibels: float) -> np.float32:
    """Place a floor so many decibels (negative) re a peak magnitude; no square underflows."""
    return np.float32(max(float(peak) * 10 ** (decibels / 20), TINY_MAGNITUDE))


@njit(**_INLINE)
def _magnitude(spectrum: Floats, bin_: int) -> np.float32:
    real, imaginary = spectrum[2 * bin_], spectrum[2 * bin_ + 1]
    return np.float32(np.sqrt(real * real + imaginary * imaginary))


@njit(**_KERNEL)
def magnitudes(spectrum: Floats) -> Floats:
    """Magnitudes of a spectrum, shape (frames, bins)."""
    frames, bins = spectrum.shape[0], spectrum.shape[1] // 2
    out = np.empty((frames, bins), dtype=np.float32)
    for i in range(frames):
        for k in range(bins):
            out[i, k] = _magnitude(spectrum[i], k)
    return out


@njit(**_KERNEL)
def magnitude_levels(spectrum: Floats, floor: np.float32) -> Floats:
    """Levels log2(magnitude + floor) of a spectrum, shape (frames, bins)."""
    frames, bins = spectrum.shape[0], spectrum.shape[1] // 2
    out = np.empty((frames, bins), dtype=np.float32)
    for i in range(frames):
        for k in range(bins):
            out[i, k] = _log2(_magnitude(spectrum[i], k) + floor)
    return out


@njit(**_KERNEL)
def magnitude_level_differences(spectrum: Floats, floor: np.float32, target: Floats) -> Doubles:
    """Mean over the bins of |log2(magnitude + floor) - target|, one a frame."""
    frames, bins = target.shape
    out = np.empty(frames, dtype=np.float64)
    row = np.empty(bins, dtype=np.float32)
    for i in range(frames):
        for k in range(bins):
            row[k] = abs(_log2(_magnitude(spectrum[i], k) + floor) - target[i, k])
        out[i] = _fold(row, bins) / bins
    return out


@njit(**_KERNEL)
def magnitude_level_squares(spectrum: Floats, floor: np.float32, target: Floats) -> Doubles:
    """Mean over the bins of (log2(magnitude + floor) - target)², one a frame."""
    frames, bins = target.shape
    out = np.empty(frames, dtype=np.float64)
    row = np.empty(bins, dtype=np.float32)
    for i in range(frames):
        for k in range(bins):
            difference = _log2(_magnitude(spectrum[i], k) + floor) - target[i, k]
            row[k] = difference * difference
        out[i] = _fold(row, bins) / bins
    return out


@njit(**_KERNEL)
def magnitude_differences(spectrum: Floats, target: Floats) -> Doubles:
    """Mean over the bins of |magnitude - target|, one a frame."""
    frames, bins = target.shape
    out = np.empty(frames, dtype=np.float64)
    row = np.empty(bins, dtype=np.float32)
    for i in range(frames):
        for k in range(bins):
            row[k] = abs(_magnitude(spectrum[i], k) - target[i, k])
        out[i] = _fold(row, bins) / bins
    return out


@njit(**_KERNEL)
def band_powers(spectrum: Floats, edges: Integers, rising: Floats, falling: Floats) -> Floats:
    """Powers of a spectrum in triangular bands that overlap by half, shape (frames, bands).

    Between the edges ``s`` and ``s + 1`` band ``s`` rises and band ``s - 1`` falls.
    """
    frames, bands = spectrum.shape[0], edges.size - 2
    out = np.empty((frames, bands), dtype=np.float32)
    power = np.empty(rising.size, dtype=np.float32)
    for i in range(frames):
        for k in range(rising.size):
            real, imaginary = spectrum[i, 2 * k], spectrum[i, 2 * k + 1]
            power[k] = real * real + imaginary * imaginary
        risen = np.float32(0.0)
        for s in range(bands + 1):
            up, down = np.float32(0.0), np.float32(0.0)
            for k in range(edges[s], edges[s + 1]):
                up += power[k] * rising[k]
                down += power[k] * falling[k]
            if s > 0:
                out[i, s - 1] = risen + down
            risen = up
    return out


@njit(**_KERNEL)
def power_levels(powers: Floats, floors: Floats) -> Floats:
    """Levels of powers, shape (frames, bands), none below the floor of its frame."""
    out = np.empty_like(powers)
    for i in range(powers.shape[0]):
        floor = floors[i]
        for b in range(powers.shape[1]):
            power = powers[i, b]
            out[i, b] = _log2(max(floor, power))
    return out


@njit(**_KERNEL)
def power_level_differences(powers: Floats, floors: Floats, target: Floats) -> Doubles:
    """Mean over the bands of |level - target|, one a frame, no level below its frame's floor."""
    frames, bands = target.shape
    out = np.empty(frames, dtype=np.float64)
    row = np.empty(bands, dtype=np.float32)
    for i in range(frames):
        floor = floors[i]
        for b in range(bands):
            power = powers[i, b]
            row[b] = abs(_log2(max(floor, power)) - target[i, b])
        out[i] = _fold(row, bands) / bands
    return out


@njit(**_KERNEL)
def decimate(sound: Floats, taps: Floats, step: int) -> Floats:
    """Filter a sound by an odd number of symmetric taps and keep one sample in ``step``."""
    size = -(-sound.size // step)
    reach = (taps.size - 1) // step + 1
    padded = np.zeros((size + reach) * step, dtype=np.float32)
    padded[taps.size // 2 : taps.size // 2 + sound.size] = sound
    phases = np.empty((step, size + reach), dtype=np.float32)
    for p in range(step):
        phases[p] = padded[p::step]
    out = np.zeros(size, dtype=np.float32)
    for start in range(0, size, BLOCK):
        block = out[start : start + BLOCK]
        for k in range(taps.size):
            tap, shifted = taps[k], phases[k % step, start + k // step :]
            for i in range(block.size):
                block[i] += tap * shifted[i]
    return out


@njit(**_KERNEL)
def cut_frames(sound: Floats, starts: Integers, size: int, padded: int) -> Floats:
    """Cut frames of ``size`` samples without their mean, zeros behind: shape (starts, padded)."""
    frames = np.zeros((starts.size, padded), dtype=np.float32)
    for i in range(starts.size):
        heard = sound[starts[i] : starts[i] + size]
        frames[i, :size] = heard
        mean = np.float32(_fold(frames[i], size) / size)
        for j in range(size):
            frames[i, j] = heard[j] - mean
    return frames


@njit(**_INLINE)
def _summit(curve: Floats, at: int) -> tuple[float, float]:
    """Place and height of a local maximum of a curve, by the parabola through three of its points.

    The points lie apart until the parabola falls by more than rounding makes up.
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
    """Find the highest point of each positive stretch but the first; return how many."""
    count, lag, size = 0, 1, nsdf.size
    while lag < size and nsdf[lag] > 0.0:
        lag += 1
    while lag < size:
        while lag < size and nsdf[lag] <= 0.0:
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
    """Measure a period by its highest power-of-two multiple that still looks like a repetition."""
    multiple = 2
    while multiple * period < nsdf.size - 4:
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
    """Estimate the period of frames by McLeod & Wyvill's normalised square difference function.

    Args:
        frames: shape (n, padded), without their mean.
        size: samples of a frame that are not padding; at least twice the longest lag.
        correlations: autocorrelation of each frame, shape (n, lags).
        share: of the highest key maximum that the first must reach to be chosen.

    Returns:
        Period in samples (0 where there is none), clarity from 0 to 1, mean square; shape (n,)
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
        both = 2.0 * energy  # of the two overlapping parts; at least `energy`, as lags <= size / 2
        if energy == 0.0:
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
