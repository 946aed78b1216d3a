"""Whether a sound is more than one note: a patch plays one."""

import numpy as np

from fitness.f0 import f0_track
from simd import Audio

_STEP_S = 0.01
# A note begins where the level is this far above all that was before for so long, and near the
# loudest moment. Tremolo and beats come back to the same level, and begin nothing.
_RISE_DB, _BEFORE_S, _NEAR_DB, _APART_S = 6.0, 0.25, -20.0, 0.12
# How long a rise takes at the most, and how deep a gap between two notes is.
_STEEP_S, _GAP_DB = 0.04, 20.0
# A pitch that holds this long, and then another that does.
_HELD_S, _CLEAR, _SEMITONES = 0.12, 0.85, 1.0


def several_notes(sound: Audio, sample_rate: int) -> str:
    """Say why a sound is heard as several notes; empty if it is heard as one.

    Args:
        sound: shape (samples,).
        sample_rate: in hertz.
    """
    count = len(beginnings(sound, sample_rate))
    if count > 1:
        return f"{count} notes begin in it"
    pitches = _held_pitches(sound, sample_rate)
    return f"it holds {pitches} different pitches" if pitches > 1 else ""


def beginnings(sound: Audio, sample_rate: int) -> list[float]:
    """Return when notes begin in a sound, in seconds, at least one.

    Args:
        sound: shape (samples,).
        sample_rate: in hertz.
    """
    step = max(1, round(_STEP_S * sample_rate))
    count = len(sound) // step
    if count < 8 or not sound.any():
        return [0.0]
    power = (sound[: count * step].astype(np.float64).reshape(count, step) ** 2).mean(axis=1)
    smooth = np.convolve(power, np.ones(3) / 3, "same")
    levels = 10 * np.log10(np.maximum(smooth, smooth.max() * 1e-6 + 1e-30) / smooth.max())
    steep, before, apart = (round(time / _STEP_S) for time in (_STEEP_S, _BEFORE_S, _APART_S))
    starts = [0] if levels[:steep].max() > _NEAR_DB else []
    for at in range(steep, count):
        rise = levels[at] - levels[max(0, at - before) : at - steep + 1].max()
        gap = levels[at] - levels[at - steep : at].min()
        rises = rise >= _RISE_DB or gap >= _GAP_DB
        apart_enough = not starts or at - starts[-1] > apart
        if rises and levels[at] > _NEAR_DB and apart_enough:
            starts.append(at)
    # Smoothing shows a rise a step early; one step more keeps its beginning.
    times = [max(0, at - 1) * step / sample_rate for at in starts]
    return times or [0.0]


def _held_pitches(sound: Audio, sample_rate: int) -> int:
    track = f0_track(np.asarray(sound, dtype=np.float64), sample_rate)
    clear = (track.f0 > 0) & (track.clarity >= _CLEAR)
    clear &= track.energy >= 1e-2 * (track.energy.max() or 1.0)
    if not clear.any():
        return 1
    notes = np.where(clear, 69 + 12 * np.log2(np.maximum(track.f0, 1.0) / 440), np.nan)
    frames = max(2, round(_HELD_S * len(notes) / (len(sound) / sample_rate)))
    held: list[float] = []
    for start in range(len(notes) - frames + 1):
        part = notes[start : start + frames]
        steady = not np.isnan(part).any() and np.ptp(part) < _SEMITONES / 2
        if steady and all(_differ(float(np.median(part)), other) for other in held):
            held.append(float(np.median(part)))
    return len(held)


def _differ(one: float, other: float) -> bool:
    """Whether two notes differ by a semitone or more, and not by an error of octaves."""
    apart = abs(one - other)
    return apart >= _SEMITONES and min(apart % 12, 12 - apart % 12) > 0.3
