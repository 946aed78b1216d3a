"""What is heard in a sound at once: its pitch, when it sounds, how loud and how bright it is."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from common.heard import Heard
from fitness.f0 import f0_track, median_of

_STEPS_PER_SECOND = 200
_ONSET_DB, _PEAK_DB, _END_DB = -40.0, -2.0, -30.0
_CLEAR, _MOSTLY = 0.8, 0.7
_MOST_OF_IT = 80  # per cent of the voiced steps
_ROLL_OFF = 0.97  # share of the energy below it


def analyse(sound: ArrayLike, sample_rate: int) -> Heard:
    """Analyse a sound.

    Args:
        sound: one channel, shape (samples,), one or more, finite.
        sample_rate: in hertz.

    Raises:
        ValueError: if the sound has another shape, is empty, or holds NaN or infinity.
    """
    samples = np.asarray(sound, dtype=np.float64)
    track = f0_track(samples, sample_rate)
    peak = float(np.abs(samples).max())
    if not peak:
        return Heard(
            onset=0.0, attack=0.0, length=0.0, ends=False, peak=0.0, f0=0.0, clear=False,
            drift=0.0, roll_off=0.0,
        )  # fmt: skip
    loud = track.energy >= 1e-3 * track.energy.max()
    clear = loud & (track.f0 > 0) & (track.clarity >= _CLEAR)
    levels, step = _levels(samples / peak, sample_rate)
    first, top = int(np.argmax(levels > _ONSET_DB)), int(np.argmax(levels > _PEAK_DB))
    last = len(levels) - int(np.argmax(levels[::-1] > _END_DB))
    return Heard(
        onset=first * step,
        attack=max(0.0, (top - first) * step),
        length=(last - first) * step,
        ends=last < len(levels) - 1,
        peak=peak,
        f0=median_of(track) or 0.0,
        clear=bool(clear.sum() >= _MOSTLY * loud.sum()),
        drift=_drift(track.f0[loud & (track.f0 > 0)]),
        roll_off=_roll_off(samples / peak, sample_rate),
    )


def _drift(voiced: NDArray[np.float64]) -> float:
    """Return how far most of the pitch is from its median, in semitones."""
    if not voiced.size:
        return 0.0
    semitones = 12 * np.log2(voiced)
    return float(np.percentile(np.abs(semitones - np.median(semitones)), _MOST_OF_IT))


def _levels(samples: NDArray[np.float64], sample_rate: int) -> tuple[NDArray[np.float64], float]:
    """Return levels in dB below the loudest step, and the length of a step in seconds."""
    hop = max(1, sample_rate // _STEPS_PER_SECOND)
    count = max(1, samples.size // hop)
    steps = np.array_split(samples[: count * hop] ** 2, count)
    power = np.array([step.mean() for step in steps]) + 1e-20
    smooth = np.convolve(np.pad(power, 2, mode="edge"), np.ones(5) / 5, "valid")
    return 10 * np.log10(smooth / smooth.max()), hop / sample_rate


def _roll_off(samples: NDArray[np.float64], sample_rate: int) -> float:
    power = np.abs(np.fft.rfft(samples * np.hanning(samples.size + 2)[1:-1])) ** 2
    below = np.cumsum(power)
    at = int(np.searchsorted(below, _ROLL_OFF * below[-1]))
    return at * sample_rate / samples.size
