"""Spectrograms as grey PNG files, all on one scale; the page gives them their colours.

Low rows come from long frames, which tell low notes apart, and high rows from short ones, which
show when something begins.
"""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft

from fitness.frames import frame_of
from simd import Audio

LOWEST_HZ, HIGHEST_HZ = 30.0, 20_000.0
FLOOR_DB = -80.0
ROWS, COLUMNS = 192, 640

# Seconds of a frame, and the frequency around which it is used.
_FRAMES = ((0.19, 80.0), (0.093, 250.0), (0.046, 800.0), (0.023, 2500.0))
_PADDING = 2  # zeros, as multiples of a frame, make the low rows smooth
_GROUP = 256
_GREYS = 64  # steps of 1.25 dB, which compress well
_SILENT = 1e-30

Levels = NDArray[np.float64]


def highest(sample_rate: int) -> float:
    """The upper edge of the pictures, in hertz."""
    return min(HIGHEST_HZ, sample_rate / 2)


def levels_of(sound: Audio, sample_rate: int) -> Levels:
    """The levels of a spectrogram in dB; a sine with an amplitude of 1 has about 0.

    Frequency is logarithmic, from 30 Hz to 20 kHz or half the sample rate.

    Args:
        sound: shape (samples,), one or more, finite.
        sample_rate: in hertz.

    Returns:
        Shape (ROWS, columns), the highest frequency first; columns divide the time equally.
    """
    columns = min(COLUMNS, sound.size)
    edges = np.geomspace(LOWEST_HZ, highest(sample_rate), ROWS + 1)
    powers = np.zeros((columns, ROWS))
    for (seconds, _), weight in zip(_FRAMES, _weights(edges), strict=True):
        frame = frame_of(seconds, sample_rate)
        # In a long sound, several short frames share a column, so that nothing is skipped.
        each = max(1, -(-2 * sound.size // (columns * frame)))
        centres = (np.arange(columns * each) + 0.5) * sound.size / (columns * each)
        used = np.flatnonzero(weight)
        bins = edges[used[0] : used[-1] + 2] / sample_rate * frame * _PADDING
        rows = _rows(sound, frame, centres.astype(np.int64), bins)
        powers[:, used] += weight[used] * rows.reshape(columns, each, used.size).mean(axis=1)
    levels: Levels = 10 * np.log10(np.maximum(powers, _SILENT))
    return levels.T[::-1]


def _weights(edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of each frame length in each row, (frames, rows)."""
    hertz = np.sqrt(edges[1:] * edges[:-1])
    around = np.log([hertz for _, hertz in _FRAMES])
    at = np.interp(np.log(hertz), around, np.arange(len(_FRAMES)))
    return np.asarray(np.maximum(1 - np.abs(at - np.arange(len(_FRAMES))[:, None]), 0))


def _rows(
    sound: Audio, frame: int, centres: NDArray[np.int64], bins: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The mean power between each two of ``bins``, of the frames around ``centres``.

    Args:
        sound: shape (samples,).
        frame: samples.
        centres: samples, shape (columns,).
        bins: rising, of a spectrum that is padded with zeros, shape (rows + 1,).

    Returns:
        Shape (columns, rows).
    """
    window = np.blackman(frame + 1)[:-1].astype(np.float32)
    window *= 2 / window.sum()
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(sound, frame // 2), frame)
    most, found = int(bins[-1]) + 2, []
    for start in range(0, centres.size, _GROUP):
        group = frames[centres[start : start + _GROUP]] * window
        spectra = rfft(group, frame * _PADDING)[:, :most]
        power = spectra.real.astype(np.float64) ** 2 + spectra.imag.astype(np.float64) ** 2
        below = np.pad(np.cumsum(power, axis=1), ((0, 0), (1, 0)))
        # A bin's power is spread over the width of a bin around it.
        at = np.clip(bins + 0.5, 0, power.shape[1])
        low = np.minimum(at.astype(np.int64), power.shape[1] - 1)
        sums = below[:, low] + (at - low) * power[:, low]
        found.append(np.diff(sums, axis=1) / np.maximum(np.diff(at), 1e-9))
    return np.concatenate(found)


def grey_png(levels: Levels, top: float) -> bytes:
    """A picture of levels in dB as PNG: ``top`` and above is white, 80 dB below it is black."""
    share = np.clip(1 + (levels - top) / -FLOOR_DB, 0, 1)
    greys = np.rint(np.rint(share * (_GREYS - 1)) * (255 / (_GREYS - 1))).astype(np.uint8)
    height, width = greys.shape
    # Each line begins with its filter: none.
    lines = np.pad(greys, ((0, 0), (1, 0))).tobytes()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
