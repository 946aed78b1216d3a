"""Track the fundamental frequency (f0) of a sound, frame by frame.

McLeod & Wyvill, "A smarter way to find pitch" (2005): the normalised square difference function is
1 at lags after which a frame repeats itself exactly. The period is its first maximum that comes
near the highest one. Two additions keep it accurate at both ends of the range: the sound is
low-passed at 5.5 kHz and decimated, which makes maxima smooth enough for a parabola, and the period
is measured over as many repetitions as the frame holds.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.fft import irfft, next_fast_len, rfft

from fitness.f0_kernels import cut_frames, decimate, frame_powers, periods
from fitness.kernels import TINY_POWER
from simd import Audio

LOWEST = 25.0
HIGHEST = 4000.0
FRAME = 0.1
HOP = 0.05

_CUTOFF = 5500.0
_CLEAR = 0.6  # white noise stays below 0.3; a tone at 0 dB signal-to-noise ratio reaches 0.5
_SHARE = 0.9  # of the highest maximum; McLeod & Wyvill advise 0.8 to 1
_QUIET = 1e-6  # 60 dB below the loudest frame
_LOUD = 2.0**30  # louder sounds are scaled down, so that float32 spectra do not overflow
_HIGH_ONLY = 1e-4  # -40 dB: what is left below the cutoff is leakage of the filter
_TOO_HIGH = 0.05  # of the energy; with less below the highest pitch the sound itself is higher
_ENDS = 2.0 ** (10 / 1200)  # an estimate at either end of the range may be 10 cents beyond it
_COARSE = 20_000.0  # below this rate so few samples make a short period that its maximum is missed
_MOST_PARTS = 6


class F0Track(NamedTuple):
    """The pitch of each frame; arrays of shape (frames,), float64.

    Attributes:
        f0: fundamental frequency in hertz, 0 where the frame is unvoiced.
        clarity: how well the frame repeats itself, 0 to 1; at least 0.6 in voiced frames.
        energy: mean square of the frame, over the full band.
    """

    f0: NDArray[np.float64]
    clarity: NDArray[np.float64]
    energy: NDArray[np.float64]


def low_pass(taps: int, cutoff: float) -> Audio:
    """Design a low-pass filter by the window method: Hamming window, gain 1 at 0 Hz.

    Args:
        taps: number of taps, odd.
        cutoff: frequency at which the gain is one half, in cycles a sample.

    Returns:
        The taps, symmetric, shape (taps,).
    """
    at = np.arange(taps) - taps // 2
    weights = np.sinc(2 * cutoff * at) * np.hamming(taps)
    return np.asarray(weights / weights.sum(), dtype=np.float32)


class _Plan:
    """Everything that depends only on the length and sample rate of a sound."""

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
        bins = np.arange(self.padded // 2 + 1)
        self.turns = 2 * np.pi / self.padded * bins
        # A spectrum of real samples has each bin twice, but for the first and, if even, the last.
        self.twice = np.where((bins > 0) & (2 * bins < self.padded), 2.0, 1.0)
        self.top_bin = int(_ENDS * self.highest / self.rate * self.padded) + 2


_plan = lru_cache(maxsize=16)(_Plan)


def f0_track(sound: ArrayLike, sample_rate: int) -> F0Track:
    """Track the fundamental frequency of a sound from 25 Hz to 4 kHz.

    Frames of 0.1 s, about 0.05 s apart, cover the whole sound. A shorter sound is one frame, whose
    lowest frequency has two periods in it. A frame is unvoiced if its clarity is below 0.6, if it
    is 60 dB below the loudest frame, if it has almost no energy below 5.5 kHz, or if its energy is
    above the highest frequency, where the octave is not known. On steady tones from 30 Hz to 2 kHz
    the error is below 5 cents at sample rates of 22 kHz and above.

    Args:
        sound: shape (samples,), one or more.
        sample_rate: in hertz; below 20 kHz the highest frequency is a fifth of it.

    Raises:
        ValueError: if the sound has another shape, is empty, or holds NaN or infinity.
    """
    samples: Audio = np.ascontiguousarray(sound, dtype=np.float32)
    if samples.ndim != 1 or samples.size == 0:
        raise ValueError(f"sound of shape {samples.shape}; wanted: (samples,), one or more")
    peak = float(np.abs(samples).max())
    if not np.isfinite(peak):
        raise ValueError("the sound holds NaN or infinity; allowed: finite samples")
    # A power of two, which changes no digit of the samples.
    scale = 2.0 ** np.ceil(np.log2(peak / _LOUD)) if peak > _LOUD else 1.0
    if scale != 1.0:
        samples = samples / np.float32(scale)
    plan = _plan(samples.size, sample_rate)
    energy = frame_powers(samples, plan.starts * plan.step, plan.frame * plan.step)
    energy = energy[:, 0].astype(np.float64)
    low = decimate(samples, plan.taps, plan.step)
    frames = cut_frames(low, plan.starts, plan.frame, plan.padded)
    spectrum = rfft(frames)
    power = spectrum.real**2 + spectrum.imag**2
    correlations = np.ascontiguousarray(irfft(power, plan.padded)[:, : plan.lags])
    period, clarity, low_energy = periods(frames, plan.frame, correlations, _SHARE)
    if plan.rate < _COARSE:
        for i in np.flatnonzero(clarity >= _CLEAR):
            period[i] /= _parts(frames[i, : plan.frame], power[i], period[i], plan)
    f0 = np.divide(plan.rate, period, out=np.zeros_like(period), where=period > 0)
    share = power[:, : plan.top_bin].sum(axis=1) / np.maximum(power.sum(axis=1), TINY_POWER)
    voiced = (
        (clarity >= _CLEAR)
        & (f0 <= plan.highest * _ENDS)
        & (f0 >= LOWEST / _ENDS)
        & (share >= _TOO_HIGH)
        & (share * low_energy >= _HIGH_ONLY * energy)
        & (energy >= _QUIET * energy.max())
    )
    return F0Track(np.where(voiced, f0, 0.0), clarity, energy * scale**2)


def _parts(frame: Audio, power: Audio, period: float, plan: _Plan) -> int:
    """Return into how many parts a period falls after each of which the frame repeats itself.

    Between two samples the correlation is known from the spectrum.

    Args:
        frame: without its mean, shape (samples,).
        power: its power spectrum, zero-padded.
        period: in samples, 1 or more.
        plan: of the sound.
    """
    squares = frame.astype(np.float64) ** 2
    gone = np.concatenate([[0.0], np.cumsum(squares + squares[::-1])])
    weights = 2 / plan.padded * power * plan.twice

    def alike(lags: NDArray[np.float64]) -> NDArray[np.float64]:
        both = gone[-1] - np.interp(lags, np.arange(gone.size), gone)
        found = np.cos(lags[:, None] * plan.turns) @ weights
        return np.asarray(found / np.maximum(both, TINY_POWER), dtype=np.float64)

    parts = np.arange(1, _MOST_PARTS + 1)
    after = alike(period / parts)
    likely = (after >= _SHARE * after[0]) & (parts > 1)
    if not likely.any():
        return 1
    between = alike(period / parts[likely] / 2)
    return int(parts[likely][between < _SHARE * after[likely] / 2].max(initial=1))


def median_f0(sound: ArrayLike, sample_rate: int) -> float | None:
    """Return one fundamental frequency for a sound: the energy-weighted median of voiced frames.

    Args:
        sound: shape (samples,), one or more.
        sample_rate: in hertz.

    Returns:
        Hertz, or None if no frame is voiced.

    Raises:
        ValueError: if the sound has another shape, is empty, or holds NaN or infinity.
    """
    return median_of(f0_track(sound, sample_rate))


def median_of(track: F0Track) -> float | None:
    """Return the energy-weighted median of the voiced frames, in hertz; None if there are none."""
    order = np.argsort(track.f0, kind="stable")
    cumulated = np.cumsum(np.where(track.f0 > 0, track.energy, 0.0)[order])
    if cumulated[-1] == 0:
        return None
    return float(track.f0[order][np.searchsorted(cumulated, cumulated[-1] / 2)])
