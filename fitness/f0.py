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


_plan = lru_cache(maxsize=16)(_Plan)


def f0_track(sound: ArrayLike, sample_rate: int) -> F0Track:
    """Track the fundamental frequency of a sound from 25 Hz to 4 kHz.

    Frames of 0.1 s, about 0.05 s apart, cover the whole sound. A shorter sound is one frame, whose
    lowest frequency has two periods in it. A frame is unvoiced if its clarity is below 0.6, if it
    is 60 dB below the loudest frame, or if it has almost no energy below 5.5 kHz. On steady tones
    from 30 Hz to 2 kHz the error is below 5 cents at sample rates of 22 kHz and above.

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
    f0 = np.divide(plan.rate, period, out=np.zeros_like(period), where=period > 0)
    voiced = (
        (clarity >= _CLEAR)
        & (f0 <= plan.highest)
        & (f0 >= LOWEST)
        & (low_energy >= _HIGH_ONLY * energy)
        & (energy >= _QUIET * energy.max())
    )
    return F0Track(np.where(voiced, f0, 0.0), clarity, energy * scale**2)


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
