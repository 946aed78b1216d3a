"""Fundamental frequency of a sound, frame by frame.

McLeod & Wyvill, "A smarter way to find pitch" (2005): the normalised square difference function is
1 where a frame repeats itself exactly, however long the overlap; the first maximum that comes near
the highest is the period. Two additions keep it accurate at both ends: the sound is first filtered
to 5.5 kHz and decimated (maxima become smooth enough for a parabola), and the period is measured
over as many repetitions as the frame holds.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.fft import irfft, next_fast_len, rfft

from fitness.base import Sound
from fitness.f0_kernels import cut_frames, decimate, frame_powers, periods

LOWEST = 25.0
HIGHEST = 4000.0
FRAME = 0.1
HOP = 0.05

_CUTOFF = 5500.0
_CLEAR = 0.6  # white noise stays below 0.3, a tone as loud as the noise around it reaches 0.5
_SHARE = 0.9  # of the highest maximum; McLeod & Wyvill advise 0.8 to 1
_QUIET = 1e-6  # 60 dB below the loudest frame
_HIGH_ONLY = 1e-4  # 40 dB: what remains under the cutoff is the filter's leak


class F0Track(NamedTuple):
    """What is known of the pitch of each frame; arrays of shape (frames,), float64.

    Attributes:
        f0: fundamental frequency in hertz, 0 where the frame is unvoiced.
        clarity: how well the frame repeats itself, from 0 to 1; voiced frames have at least 0.6.
        energy: mean square of the frame, full band.
    """

    f0: NDArray[np.float64]
    clarity: NDArray[np.float64]
    energy: NDArray[np.float64]


def low_pass(taps: int, cutoff: float) -> Sound:
    """Design a filter by the window method, with a Hamming window and a gain of 1 at 0 Hz.

    Args:
        taps: how many, odd.
        cutoff: in cycles a sample, where the gain is one half.

    Returns:
        The taps, symmetric, shape (taps,).
    """
    at = np.arange(taps) - taps // 2
    weights = np.sinc(2 * cutoff * at) * np.hamming(taps)
    return np.asarray(weights / weights.sum(), dtype=np.float32)


class _Plan:
    """What depends on the length and the rate of a sound only."""

    def __init__(self, samples: int, sample_rate: int) -> None:
        self.step = max(1, sample_rate // 20_000)
        self.rate = sample_rate / self.step
        self.taps = np.ones(1, dtype=np.float32)
        if sample_rate > 2.5 * _CUTOFF:
            taps = 2 * round(sample_rate * 4e-4) + 1
            self.taps = low_pass(taps, _CUTOFF / sample_rate)
        size = -(-samples // self.step)
        self.frame = min(round(FRAME * self.rate), size)
        self.lags = min(int(self.rate / LOWEST) + 3, self.frame // 2)
        self.padded = int(next_fast_len(self.frame + self.lags, real=True))
        count = 1 + round((size - self.frame) / (HOP * self.rate))
        self.starts = np.linspace(0, size - self.frame, count).round().astype(np.int64)
        self.highest = min(HIGHEST, self.rate / 5)


_plan = lru_cache(maxsize=16)(_Plan)


def f0_track(sound: ArrayLike, sample_rate: int) -> F0Track:
    """Follow the fundamental frequency of a sound from 25 Hz to 4 kHz.

    Frames of 0.1 s, about 0.05 s apart, cover the sound from its first to its last sample. A
    shorter sound is one frame, in which the lowest frequency is two periods a frame. A frame is
    unvoiced where its clarity is below 0.6, where it is 60 dB below the loudest, or where it has
    next to nothing under 5.5 kHz. On steady tones from 30 Hz to 2 kHz, at 22 kHz and above, the
    error is below 5 cents.

    Args:
        sound: shape (samples,), one or more.
        sample_rate: in hertz; below 20 kHz the highest frequency is a fifth of it.

    Raises:
        ValueError: if the sound has another shape or is empty.
    """
    samples: Sound = np.ascontiguousarray(sound, dtype=np.float32)
    if samples.ndim != 1 or samples.size == 0:
        raise ValueError(f"sound of shape {samples.shape}; wanted: (samples,), one or more")
    plan = _plan(samples.size, sample_rate)
    energy = frame_powers(samples, plan.starts * plan.step, plan.frame * plan.step)
    energy = energy[:, 0].astype(np.float64)
    low = decimate(samples, plan.taps, plan.step)
    frames = cut_frames(low, plan.starts, plan.frame, plan.padded)
    spectrum = rfft(frames)
    power = spectrum.real**2 + spectrum.imag**2
    correlations = np.ascontiguousarray(irfft(power, plan.padded)[:, : plan.lags])
    period, clarity, low_energy = periods(frames, plan.frame, correlations, _SHARE)
    f0 = np.divide(plan.rate, period, out=np.zeros_like(period), where=period > 0)
    voiced = (
        (clarity >= _CLEAR)
        & (f0 <= plan.highest)
        & (f0 >= LOWEST)
        & (low_energy >= _HIGH_ONLY * energy)
        & (energy >= _QUIET * energy.max())
    )
    return F0Track(np.where(voiced, f0, 0.0), clarity, energy)


def median_f0(sound: ArrayLike, sample_rate: int) -> float | None:
    """Name one fundamental frequency for a sound: the median of its voiced frames, by energy.

    Args:
        sound: shape (samples,), one or more.
        sample_rate: in hertz.

    Returns:
        Hertz, or None where no frame is voiced.

    Raises:
        ValueError: if the sound has another shape or is empty.
    """
    track = f0_track(sound, sample_rate)
    order = np.argsort(track.f0, kind="stable")
    heard = np.cumsum(np.where(track.f0 > 0, track.energy, 0.0)[order])
    if heard[-1] == 0:
        return None
    return float(track.f0[order][np.searchsorted(heard, heard[-1] / 2)])
