"""Frames, bands and steps of time: the signal processing under ``networks.ears``."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitness.mel import Bands, hz_to_mel, mel_to_hz
from fitness.stft import Stft
from simd import LANES
from simd.blocks import blocks_of

BANDS = 64
LONGEST_S = 4.0
# Frames and hops in seconds; rounded to samples.
SHORT_S, SHORT_HOP_S, LONG_S, LONG_HOP_S = 0.032, 0.01, 0.256, 0.128
_FRAMES = (SHORT_S, SHORT_HOP_S), (LONG_S, LONG_HOP_S)
_FIRST_S, _FLOOR_DB = 0.005, -80.0


@lru_cache(maxsize=8)
def grid(points: int) -> NDArray[np.float64]:
    """Times in seconds, shape (points + 1,): the first step is 5 ms, the last ends at 4 s."""
    low, high = 1e-6, 1.0
    for _ in range(60):
        rate = (low + high) / 2
        end = _FIRST_S * np.expm1(rate * points) / np.expm1(rate)
        low, high = (rate, high) if end < LONGEST_S else (low, rate)
    return np.asarray(_FIRST_S * np.expm1(low * np.arange(points + 1)) / np.expm1(low))


def frame_powers(
    sounds: NDArray[np.float32], rate: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the powers of short frames in mel bands, and of long frames.

    Args:
        sounds: shape (n, samples), float32.
        rate: in hertz.

    Returns:
        Shapes (n, frames, BANDS) and (n, frames, bins); a sine of amplitude 1 has power 1/4.
    """
    bands = mel_bands(rate)
    found: tuple[list[Any], list[Any]] = [], []
    for first in range(0, len(sounds), LANES):
        some = sounds[first : first + LANES]
        for powers, (seconds, hop), of_bands in zip(found, _FRAMES, (True, False), strict=True):
            stft = Stft(frame_size(seconds, rate), max(1, round(hop * rate)))
            stft.begin(len(some))
            # Powers are valid until the next block.
            keep = bands if of_bands else np.copy
            parts = [keep(stft.push(block).powers) for block in blocks_of(some)]
            parts.append(keep(stft.end().powers))
            whole = np.concatenate(parts) * np.float32(4 / stft.frame**2)
            powers.append(whole.transpose(2, 0, 1)[: len(some)])
    return np.concatenate(found[0]), np.concatenate(found[1])


def long_s(rate: int) -> float:
    """Return how long a long frame is, in seconds: bins are its inverse apart."""
    return frame_size(LONG_S, rate) / rate


def samples_in(seconds: float, rate: int) -> int:
    """Return how many samples a time has, at least 1."""
    return max(1, round(seconds * rate))


def frame_size(seconds: float, rate: int) -> int:
    """The size of a frame of about that length: a power of two."""
    return int(2 ** round(np.log2(seconds * rate)))


@lru_cache(maxsize=8)
def mel_bands(rate: int) -> Bands:
    """Bands evenly spaced in mels, but at least a bin apart."""
    frame = frame_size(SHORT_S, rate)
    hz = np.linspace(0.0, rate / 2, frame // 2 + 1)
    wanted = np.linspace(0.0, hz_to_mel(rate / 2), BANDS + 2)
    bins = [0]
    for mels in wanted[1:-1]:
        bins.append(max(bins[-1] + 1, int(np.searchsorted(hz, mel_to_hz(np.array([mels]))[0]))))
    edges = np.array([*bins, hz.size - 1], dtype=np.int64)
    centres = hz[edges]
    edges[-1] = hz.size
    return Bands(hz, centres, edges)


def interpolated(sums: NDArray[np.floating], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Linear interpolation along the last axis of sums, shape (..., k), at shape (m,): (..., m)."""
    at = np.clip(at, 0, sums.shape[-1] - 1)
    low = np.minimum(at.astype(np.int64), sums.shape[-1] - 2)
    share = at - low
    return np.asarray(sums[..., low] * (1 - share) + sums[..., low + 1] * share)


def decibels(power: NDArray[np.floating]) -> NDArray[np.float64]:
    """Levels of powers: 0 at -80 dB and below, 1 at 0 dB."""
    kept = np.maximum(power, 10 ** (_FLOOR_DB / 10))
    return np.asarray(1 - 10 * np.log10(kept) / _FLOOR_DB)
