"""Loudness and pitch over time, as paths of an SVG that is ``WIDTH`` wide and ``HEIGHT`` high."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite

import numpy as np
from numpy.typing import NDArray

from fitness.f0 import FRAME, HOP, f0_track, median_f0
from fitness.frames import frame_of
from fitness.loudness import FLOOR, FRAME_SECONDS
from harness.match.page.axes import Tick, spaced
from harness.match.page.wording import hertz_text, note_name, note_text
from simd import Audio
from strategies.roles import hertz_of, note_of

WIDTH, HEIGHT = 1000, 100

_POINTS = 400
_HEADROOM = 3.0  # dB
_ALIKE = 0.05  # dB
# f0 is tracked from several starts, because a kick falls faster than a track has frames.
_STARTS = 4
_LEAP = 12.0  # semitones, which no line joins
_ROOM = 2.0  # semitones, above and below
_LEAST = 12.0  # semitones, that an axis spans
_LABELS = 6

Curve = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True)
class Curves:
    """One kind of curve of all sounds on one scale.

    Attributes:
        paths: for each sound, the data of an SVG path; empty if there is nothing to draw.
        ticks: of the vertical axis, the lowest first.
        summaries: what to say of each sound, such as its median pitch.
    """

    paths: list[str]
    ticks: list[Tick]
    summaries: list[str]


def loudness_curves(sounds: Sequence[Audio], sample_rate: int) -> Curves:
    """The level of each sound over time, in dB below the loudest moment of the first.

    Args:
        sounds: of one length, shape (samples,) each.
        sample_rate: in hertz.
    """
    curves = [_levels(sound, sample_rate) for sound in sounds]
    tops = [float(levels.max()) for _, levels in curves]
    reference = tops[0] if isfinite(tops[0]) else 0.0
    # A version may be louder than the target.
    highest = max(0.0, *(top - reference for top in tops)) + _HEADROOM
    span = highest - FLOOR
    paths = []
    for times, levels in curves:
        heights = np.clip((levels - reference - FLOOR) / span, 0, 1)
        paths.append(_path(times, heights, sounds[0].size))
    ticks = [Tick((at - FLOOR) / span, f"{at:g} dB".replace("-", "−"))
             for at in spaced(FLOOR, highest, _LABELS)]  # fmt: skip
    return Curves(paths, ticks, [_louder(top, tops[0]) for top in tops])


def _levels(sound: Audio, sample_rate: int) -> Curve:
    """Times in samples, and levels in dB, −inf for silence.

    Each is of two frames of the fitness ``loudness``, which count most where they meet: a single
    frame of a low note would go up and down with every period.
    """
    frame = min(frame_of(FRAME_SECONDS, sample_rate), sound.size)
    times = np.linspace(0, sound.size - 1, min(_POINTS, sound.size)).astype(np.int64)
    power = np.pad(np.asarray(sound, dtype=np.float64) ** 2, frame)
    total = power.sum()
    for _ in range(2):
        sums = np.concatenate([[0.0], np.cumsum(power)])
        power = (sums[frame:] - sums[:-frame]) / frame
    heard = power[times + 1]
    with np.errstate(divide="ignore"):
        # Rounding of the sums must not become a level.
        return times.astype(np.float64), 10 * np.log10(np.where(heard > 1e-15 * total, heard, 0.0))


def _louder(top: float, target: float) -> str:
    """How the loudest moment compares with the target's, both in dB."""
    if not isfinite(top):
        return "silent"
    if not isfinite(target):
        return ""
    if abs(top - target) < _ALIKE:
        return "as loud at its loudest"
    return f"{abs(top - target):.1f} dB {'louder' if top > target else 'softer'} at its loudest"


def pitch_curves(sounds: Sequence[Audio], sample_rate: int) -> Curves | None:
    """The f0 of each sound on a logarithmic scale; None if no sound has a pitch anywhere.

    Args:
        sounds: of one length, shape (samples,) each.
        sample_rate: in hertz.
    """
    curves = [_notes(sound, sample_rate) for sound in sounds]
    found = np.concatenate([notes[np.isfinite(notes)] for _, notes in curves])
    if not found.size:
        return None
    low, high = float(found.min()) - _ROOM, float(found.max()) + _ROOM
    more = max(0.0, _LEAST - (high - low)) / 2
    low, high = low - more, high + more
    leap = _LEAP / (high - low)
    paths = [
        _path(times, (notes - low) / (high - low), sounds[0].size, leap) for times, notes in curves
    ]
    step = next((s for s in (1, 2, 3, 4, 6, 12, 24) if (high - low) / s <= _LABELS), 36)
    ticks = [
        Tick((note - low) / (high - low), hertz_text(float(hertz_of(note))), note_name(note))
        for note in range(ceil(low / step) * step, floor(high) + 1, step)
    ]
    medians = [median_f0(sound, sample_rate) for sound in sounds]
    return Curves(paths, ticks, [_tuned(median, medians[0]) for median in medians])


def _notes(sound: Audio, sample_rate: int) -> Curve:
    """Times in samples, rising, and MIDI note numbers with fractions, NaN where unvoiced."""
    step, frame = HOP * sample_rate / _STARTS, FRAME * sample_rate
    if sound.size <= frame:
        # One frame, drawn as long as it is.
        return np.array([0.0, sound.size]), np.repeat(_voiced(f0_track(sound, sample_rate).f0), 2)
    times: list[NDArray[np.float64]] = []
    found: list[NDArray[np.float64]] = []
    for i in range(_STARTS):
        rest = sound[round(i * step) :]
        if i and rest.size < frame:
            break
        f0 = f0_track(rest, sample_rate).f0
        times.append(round(i * step) + frame / 2 + np.linspace(0, rest.size - frame, f0.size))
        found.append(_voiced(f0))
    order = np.argsort(np.concatenate(times), kind="stable")
    return np.concatenate(times)[order], np.concatenate(found)[order]


def _voiced(f0: NDArray[np.float64]) -> NDArray[np.float64]:
    """MIDI note numbers of frequencies in hertz, NaN for 0."""
    return np.array([note_of(hertz) if hertz > 0 else np.nan for hertz in f0.tolist()])


def _tuned(median: float | None, target: float | None) -> str:
    """The median pitch, and how far it is from the target's."""
    if not median:
        return "no clear pitch"
    text = f"{hertz_text(median)}, {note_text(note_of(median))}"
    if not target or median is target:
        return text
    cents = round(100 * (note_of(median) - note_of(target)))
    if not cents:
        return f"{text}, in tune"
    off = f"{abs(cents)} cents" if abs(cents) < 200 else f"{abs(cents) / 100:.1f} semitones"
    return f"{text}, {off} {'above' if cents > 0 else 'below'} the target"


def _path(
    times: NDArray[np.float64], heights: NDArray[np.float64], length: int, leap: float = np.inf
) -> str:
    """A path through points; NaN and leaps leave gaps.

    Args:
        times: in samples, rising.
        heights: 0 to 1, NaN where there is no point.
        length: of the sound, in samples.
        leap: the height from which two points are not joined.
    """
    x = np.round(times / length * WIDTH, 1)
    y = np.round((1 - heights) * HEIGHT, 2)
    joined = np.abs(np.diff(heights, prepend=np.nan)) < leap
    return "".join(
        # A point alone is drawn by the round ends of a line without length.
        f"L{across:g} {down:g}" if on else f"M{across:g} {down:g}h0"
        for across, down, on in zip(x.tolist(), y.tolist(), joined.tolist(), strict=True)
        if np.isfinite(down)
    )
