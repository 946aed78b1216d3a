"""The compiled fast Fourier transform: power spectra of sixteen sounds at once, one sound a lane.

A frame of N real samples is transformed as N/2 complex ones, with even samples as real and odd
samples as imaginary parts; ``_unravel`` turns the result into the spectrum of the real frame. The
algorithm is decimation in frequency, in place, in radix 4 and 8: the first pass reads and windows
the sound, and the last leaves the frequencies in digit-reversed order. Eight lanes are transformed
at a time, so that a frame fits into the first-level cache and a radix-8 butterfly into registers.

Sources: Gentleman & Sande, "Fast Fourier transforms: for fun and profit" (1966); Cooley, Lewis &
Welch, "The fast Fourier transform algorithm: programming considerations" (1970) for real input.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simd import LANES
from simd.compiled import compiled, inlined
from simd.vector import load, store

SIZES = (64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768)

_WIDTH = 8
_PAIR = 2 * _WIDTH  # a complex number of eight lanes: real parts, imaginary parts
_f = np.float32
_HALF_ROOT = _f(np.sqrt(0.5))


class Plan(NamedTuple):
    """The tables for one frame size; arrays are flat, tables float32.

    Attributes:
        radices: of each pass except the last, whose radix is 8.
        twiddles: pass after pass, the factors of each butterfly's outputs except the first.
        order: the position of each of the N/2 frequencies after the last pass.
        turns: exp(-2πik/N) for k up to N/4, real and imaginary parts alternating.
    """

    radices: NDArray[np.int64]
    twiddles: NDArray[np.float32]
    order: NDArray[np.int64]
    turns: NDArray[np.float32]


@lru_cache(maxsize=len(SIZES))
def plan(frame: int) -> Plan:
    """Return the plan for real frames of a size in ``SIZES``."""
    points = frame // 2
    radices: list[int] = []
    while (span := points // int(np.prod([1, *radices]))) > 8:
        # Sizes are powers of two: radix 4 until the rest is a power of eight.
        radices.append(8 if span in (64, 512) else 4)
    twiddles, span, order = [], points, np.zeros(1, dtype=np.int64)
    for radix in [*radices, 8]:
        part = span // radix
        if part > 1:
            factors = np.outer(np.arange(part), np.arange(1, radix)) / span
            twiddles.append(np.exp(-2j * np.pi * factors).ravel())
        # The digit of this pass is the next higher one in frequency, the next lower one in
        # position.
        order = np.concatenate([order + digit * part for digit in range(radix)])
        span = part
    table = np.concatenate(twiddles)
    turns = np.exp(-2j * np.pi * np.arange(points // 2 + 1) / frame)
    parts = (np.stack([t.real, t.imag], axis=1).ravel().astype(np.float32) for t in (table, turns))
    return Plan(np.array(radices, dtype=np.int64), next(parts), order, next(parts))


@inlined
def _dft4(a0, b0, a1, b1, a2, b2, a3, b3):
    """Transform four complex numbers; real and imaginary parts alternate."""
    s0, t0, s1, t1 = a0 + a2, b0 + b2, a0 - a2, b0 - b2
    s2, t2, s3, t3 = a1 + a3, b1 + b3, a1 - a3, b1 - b3
    return s0 + s2, t0 + t2, s1 + t3, t1 - s3, s0 - s2, t0 - t2, s1 - t3, t1 + s3


@inlined
def _dft8(z):
    """Transform eight complex numbers; real and imaginary parts alternate."""
    e = _dft4(z[0], z[1], z[4], z[5], z[8], z[9], z[12], z[13])
    o = _dft4(z[2], z[3], z[6], z[7], z[10], z[11], z[14], z[15])
    # Rotate the odd ones by one, two and three eighths of a turn.
    a1, b1 = (o[2] + o[3]) * _HALF_ROOT, (o[3] - o[2]) * _HALF_ROOT
    a2, b2 = o[5], -o[4]
    a3, b3 = (o[7] - o[6]) * _HALF_ROOT, (-o[6] - o[7]) * _HALF_ROOT
    return (
        e[0] + o[0], e[1] + o[1], e[2] + a1, e[3] + b1, e[4] + a2, e[5] + b2, e[6] + a3, e[7] + b3,
        e[0] - o[0], e[1] - o[1], e[2] - a1, e[3] - b1, e[4] - a2, e[5] - b2, e[6] - a3, e[7] - b3,
    )  # fmt: skip


@inlined
def _put(work, at, a, b):
    store(work, at, a)
    store(work, at + _WIDTH, b)


@inlined
def _put_turned(work, at, a, b, twiddles, k):
    """Store a complex number, multiplied by the twiddle factor at ``k``."""
    c, s = twiddles[k], twiddles[k + 1]
    store(work, at, a * c - b * s)
    store(work, at + _WIDTH, a * s + b * c)


@inlined
def _put4(work, at, apart, z, twiddles, k):
    _put(work, at, z[0], z[1])
    _put_turned(work, at + apart, z[2], z[3], twiddles, k)
    _put_turned(work, at + 2 * apart, z[4], z[5], twiddles, k + 2)
    _put_turned(work, at + 3 * apart, z[6], z[7], twiddles, k + 4)


@inlined
def _put8(work, at, apart, z, twiddles, k):
    _put4(work, at, apart, z, twiddles, k)
    _put_turned(work, at + 4 * apart, z[8], z[9], twiddles, k + 6)
    _put_turned(work, at + 5 * apart, z[10], z[11], twiddles, k + 8)
    _put_turned(work, at + 6 * apart, z[12], z[13], twiddles, k + 10)
    _put_turned(work, at + 7 * apart, z[14], z[15], twiddles, k + 12)


@inlined
def _loaded(work, at):
    return load(work, at, _WIDTH), load(work, at + _WIDTH, _WIDTH)


@inlined
def _loaded4(work, at, apart):
    return (
        *_loaded(work, at),
        *_loaded(work, at + apart),
        *_loaded(work, at + 2 * apart),
        *_loaded(work, at + 3 * apart),
    )


@inlined
def _loaded8(work, at, apart):
    return _loaded4(work, at, apart) + _loaded4(work, at + 4 * apart, apart)


@inlined
def _windowed(sound, window, first, at):
    """Return the complex number ``at``: an even and an odd sample, both windowed."""
    place = first + 2 * at * LANES
    even, odd = load(sound, place, _WIDTH), load(sound, place + LANES, _WIDTH)
    return even * window[2 * at], odd * window[2 * at + 1]


@inlined
def _windowed4(sound, window, first, at, apart):
    return (
        *_windowed(sound, window, first, at),
        *_windowed(sound, window, first, at + apart),
        *_windowed(sound, window, first, at + 2 * apart),
        *_windowed(sound, window, first, at + 3 * apart),
    )


@inlined
def _first_pass(sound, first, window, radix, twiddles, work, points):
    part = points // radix
    for j in range(part):
        at, k = j * _PAIR, 2 * (radix - 1) * j
        if radix == 4:
            z = _windowed4(sound, window, first, j, part)
            _put4(work, at, part * _PAIR, _dft4(*z), twiddles, k)
        else:
            y = _windowed4(sound, window, first, j, part)
            y8 = y + _windowed4(sound, window, first, j + 4 * part, part)
            _put8(work, at, part * _PAIR, _dft8(y8), twiddles, k)


@inlined
def _last_passes(work, radices, twiddles, k, points):
    """Do all passes except the first, block by block, so that small blocks stay in the cache."""
    span = points // radices[0]
    for p in range(1, radices.size):
        part = span // radices[p]
        for block in range(0, points * _PAIR, span * _PAIR):
            for j in range(part):
                at, apart = block + j * _PAIR, part * _PAIR
                if radices[p] == 4:
                    _put4(work, at, apart, _dft4(*_loaded4(work, at, apart)), twiddles, k + 6 * j)
                else:
                    _put8(work, at, apart, _dft8(_loaded8(work, at, apart)), twiddles, k + 14 * j)
            if part == 8:
                _eighths(work, block, span)
        k += 2 * (radices[p] - 1) * part
        span = part
    if radices.size == 1:
        _eighths(work, 0, points)


@inlined
def _eighths(work, block, span):
    """Do the last pass: eight neighbours at a time, without twiddle factors."""
    for at in range(block, block + span * _PAIR, 8 * _PAIR):
        z = _dft8(_loaded8(work, at, _PAIR))
        for i in range(8):
            _put(work, at + i * _PAIR, z[2 * i], z[2 * i + 1])


@inlined
def _unravel(work, order, turns, powers, to):
    """Store the powers of the real frame, LANES a bin; this is what the window was halved for."""
    points = order.size
    a, b = _loaded(work, 0)
    even, odd = a + b, a - b
    store(powers, to, _f(4) * (even * even))
    store(powers, to + points * LANES, _f(4) * (odd * odd))
    for k in range(1, points // 2 + 1):
        a, b = _loaded(work, order[k] * _PAIR)
        c, d = _loaded(work, order[points - k] * _PAIR)
        even_a, even_b, odd_a, odd_b = a + c, b - d, b + d, c - a
        cosine, sine = turns[2 * k], turns[2 * k + 1]
        turned_a, turned_b = odd_a * cosine - odd_b * sine, odd_a * sine + odd_b * cosine
        x, y = even_a + turned_a, even_b + turned_b
        u, v = even_a - turned_a, even_b - turned_b
        store(powers, to + k * LANES, x * x + y * y)
        store(powers, to + (points - k) * LANES, u * u + v * v)


@compiled
def frame_powers(sound, lanes, window, hop, frames, radices, twiddles, order, turns, work, powers):
    """Compute the power spectra of frames of sixteen sounds.

    Args:
        sound: at least (frames - 1) · hop + frame samples, flat, LANES each.
        lanes: how many lanes are used; vectors without a used lane are left unchanged.
        window: the halved window, shape (frame,).
        hop: samples from one frame to the next.
        frames: how many frames to transform.
        radices: see ``Plan``.
        twiddles: see ``Plan``.
        order: see ``Plan``.
        turns: see ``Plan``.
        work: scratch space of frame · 8 numbers.
        powers: the result, flat: frame after frame, bin after bin, LANES each.
    """
    points = order.size
    bins = points + 1
    for i in range(frames):
        for half in range(0, lanes, _WIDTH):
            first = i * hop * LANES + half
            if radices[0] == 4:
                _first_pass(sound, first, window, 4, twiddles, work, points)
            else:
                _first_pass(sound, first, window, 8, twiddles, work, points)
            k = 2 * (radices[0] - 1) * (points // radices[0])
            _last_passes(work, radices, twiddles, k, points)
            _unravel(work, order, turns, powers, i * bins * LANES + half)
