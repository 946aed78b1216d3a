"""What a network hears of a sound, whatever its length: levels in bands and time, its pitch, beats.

Time counts from the onset, in steps that grow, as the knobs of envelopes do. Short frames give the
levels over time; frames of a quarter of a second, in 24 bands an octave, separate the partials of
low notes; the same bands again, counted from the fundamental frequency, look alike at every note.
"""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft

from fitness.f0 import f0_track, median_of
from networks.base import AudioFormat
from networks.ear_signals import (
    BANDS,
    LONG_HOP_S,
    LONGEST_S,
    SHORT_HOP_S,
    decibels,
    frame_powers,
    grid,
    interpolated,
    long_s,
    mel_bands,
    samples_in,
)

_STEPS = 40
_SPANS = np.array([0.0, 0.08, 0.2, 0.45, 1.0, 2.0, 4.0])
_PER_OCTAVE, _LOW_HZ, _OCTAVES = 24, 30.0, 8
_BELOW, _ABOVE = 1, 5
_FINE, _COARSE, _BEATS = 64, 24, 20
_STEP_S, _TRACKED_S, _WHOLE_S = 0.005, 2.0, 0.25
_ONSET_DB = -40.0
_BEAT_HZ = np.geomspace(1.0, 50.0, _BEATS + 1)
_TURNS = 2.0 ** np.arange(6)
_SCALARS = 8
_A4, _A4_HZ = 69.0, 440.0
_NOTES = 128.0

_PARTS = {
    "levels": (_STEPS, BANDS),
    "partials": (len(_SPANS) - 1, _PER_OCTAVE * (_OCTAVES + _BELOW + _ABOVE)),
    "loudness": (_FINE,),
    "pitch": (2, _COARSE),
    "beats": (2, _BEATS),
    "scalars": (_SCALARS,),
    "note": (1 + 2 * len(_TURNS),),
}


def _layout() -> dict[str, slice]:
    found, at = {}, 0
    for name, shape in _PARTS.items():
        size = int(np.prod(shape))
        found[name] = slice(at, at + size)
        at += size
    return found


LAYOUT: dict[str, slice] = _layout()
"""Where each part is in the numbers: ``levels``, ``partials``, ``loudness``, ``pitch``, ``beats``,
``scalars`` and ``note``, whose first number is the MIDI note, divided by 128."""
SHAPES: dict[str, tuple[int, ...]] = _PARTS
COUNT = max(part.stop for part in LAYOUT.values())


def ears(sounds: NDArray[np.float32], audio: AudioFormat) -> NDArray[np.float32]:
    """Return what is heard in sounds.

    What follows the last sample that is not zero counts as after the end.

    Args:
        sounds: shape (n, samples), finite; of them at most 4 s are heard.
        audio: their format.

    Returns:
        Shape (n, COUNT), about 0 to 1; ``LAYOUT`` and ``SHAPES`` tell what is where.
    """
    if not len(sounds):
        return np.empty((0, COUNT), dtype=np.float32)
    heard = _Heard(np.asarray(sounds, dtype=np.float32), audio.sample_rate)
    found = np.empty((len(sounds), COUNT), dtype=np.float32)
    for name, part in LAYOUT.items():
        found[:, part] = getattr(heard, name).reshape(len(sounds), -1)
    return found


class _Heard:
    """Everything that is heard in some sounds; each part is an attribute of the name it has."""

    def __init__(self, sounds: NDArray[np.float32], rate: int) -> None:
        sounds = sounds[:, : round(LONGEST_S * rate)]
        loud = sounds != 0
        ends = np.where(loud.any(axis=1), sounds.shape[1] - loud[:, ::-1].argmax(axis=1), 1)
        self._rate, self._ends = rate, ends / rate
        # Whole steps: few different lengths, since the tracker prepares for each.
        self._whole = -(-ends // samples_in(_WHOLE_S, rate)) * samples_in(_WHOLE_S, rate)
        size = int(self._whole.max())
        kept = sounds[:, :size]
        if kept.shape[1] < size:
            kept = np.pad(kept, ((0, 0), (0, size - kept.shape[1])))
        self._peaks = np.maximum(np.abs(kept).max(axis=1), 1e-9)
        self._sounds = kept / self._peaks[:, None]
        hop = max(1, round(_STEP_S * rate))
        count = size // hop
        steps = self._sounds[:, : count * hop].reshape(len(kept), count, hop)
        self._power = np.square(steps).mean(axis=2, dtype=np.float64)
        loudest = np.maximum(self._power.max(axis=1, keepdims=True), 1e-12)
        levels = 10 * np.log10(self._power / loudest + 1e-12)
        self._step = hop / rate
        self._onsets = (levels > _ONSET_DB).argmax(axis=1) * self._step
        tracked = np.minimum(self._whole, samples_in(_TRACKED_S, rate))
        self._tracked = tracked / rate
        self._tracks = [
            f0_track(one[:count], rate) for one, count in zip(self._sounds, tracked, strict=True)
        ]
        self._short, self._long = frame_powers(self._sounds, rate)
        pitch = [median_of(track) or 0.0 for track in self._tracks]
        self._voiced = np.array(pitch) > 0
        self._f0 = np.where(self._voiced, pitch, self._strongest)

    @cached_property
    def levels(self) -> NDArray[np.float64]:
        """Shape (n, steps, bands)."""
        heard = self._over(self._short, SHORT_HOP_S, grid(_STEPS))
        # Bands have unit area in hertz; a tone should be as loud in each.
        return decibels(heard * mel_bands(self._rate).widths)

    @cached_property
    def partials(self) -> NDArray[np.float64]:
        """Shape (n, spans, bands from 30 Hz and bands from an octave below the pitch)."""
        power = self._spans
        absolute = _LOW_HZ * 2.0 ** (np.arange(_PER_OCTAVE * _OCTAVES + 1) / _PER_OCTAVE)
        steps = np.arange(-_PER_OCTAVE * _BELOW, _PER_OCTAVE * _ABOVE + 1) / _PER_OCTAVE
        own = self._f0[:, None] * 2.0**steps
        width = 1 / long_s(self._rate)
        sums = np.concatenate([np.zeros((*power.shape[:2], 1)), power.cumsum(axis=2)], axis=2)
        found = [
            np.stack(
                [
                    np.diff(interpolated(one, edges / width + 0.5))
                    for one, edges in zip(sums, all_edges, strict=True)
                ]
            )
            for all_edges in (np.broadcast_to(absolute, (len(sums), absolute.size)), own)
        ]
        return decibels(np.concatenate(found, axis=2))

    @cached_property
    def loudness(self) -> NDArray[np.float64]:
        """Shape (n, points)."""
        sums = np.pad(self._power.cumsum(axis=1), ((0, 0), (1, 0)))
        times = np.minimum(self._onsets[:, None] + grid(_FINE), self._ends[:, None]) / self._step
        found = np.stack(
            [np.diff(interpolated(one, at)) for one, at in zip(sums, times, strict=True)]
        )
        return decibels(found / np.maximum(np.diff(times, axis=1), 1e-3))

    @cached_property
    def pitch(self) -> NDArray[np.float64]:
        """Shape (n, 2, points): octaves above the median pitch, and clarity."""
        found = np.zeros((len(self._sounds), 2, _COARSE))
        for i, track in enumerate(self._tracks):
            centres = np.linspace(0.05, self._tracked[i] - 0.05, track.f0.size)
            times = self._onsets[i] + grid(_COARSE)[:-1]
            octaves = np.log2(np.where(track.f0 > 0, track.f0, self._f0[i]) / self._f0[i])
            inside = times <= self._ends[i]
            found[i, 0] = np.interp(times, centres, np.clip(octaves, -3, 3)) * inside
            found[i, 1] = np.interp(times, centres, np.nan_to_num(track.clarity)) * inside
        return found

    @cached_property
    def beats(self) -> NDArray[np.float64]:
        """Shape (n, 2, bands of 1 to 50 Hz): how loudness and brightness go up and down."""
        loud = 10 * np.log10(self._power + 1e-8)
        bright = self._short @ np.arange(BANDS) / (self._short.sum(axis=2) + 1e-12)
        return np.stack(
            [
                self._modulation(curve, step)
                for curve, step in ((loud, self._step), (bright, SHORT_HOP_S))
            ],
            axis=1,
        )

    @cached_property
    def scalars(self) -> NDArray[np.float64]:
        """Shape (n, numbers): peak, level, onset, end, whether it has a pitch, how clear it is."""
        loudest = 10 * np.log10(self._power.max(axis=1) + 1e-12)
        steps = np.maximum(self._ends / self._step, 1)
        mean = 10 * np.log10(self._power.sum(axis=1) / steps + 1e-12)
        clear = [float(np.mean(track.clarity >= 0.8)) for track in self._tracks]
        voiced = [float(np.mean(track.f0 > 0)) for track in self._tracks]
        return np.stack(
            [
                np.log10(self._peaks) / 3 + 1,
                loudest / 40 + 1,
                mean / 40 + 1,
                np.sqrt(2 * self._onsets),
                np.log2(np.maximum(self._ends, 0.02)) / 8 + 0.7,
                self._voiced,
                np.array(clear),
                np.array(voiced),
            ],
            axis=1,
        )

    @cached_property
    def note(self) -> NDArray[np.float64]:
        """Shape (n, numbers): the note, and where it is on circles of ever fewer semitones."""
        note = (_A4 + 12 * np.log2(self._f0 / _A4_HZ)) / _NOTES
        turns = 2 * np.pi * note[:, None] * _TURNS
        return np.concatenate([note[:, None], np.sin(turns), np.cos(turns)], axis=1)

    @cached_property
    def _spans(self) -> NDArray[np.float32]:
        """Powers of long frames, shape (n, spans, bins)."""
        return self._over(self._long, LONG_HOP_S, _SPANS)

    @cached_property
    def _strongest(self) -> NDArray[np.float64]:
        """The frequency of the strongest bin, shape (n,)."""
        bins = self._long.sum(axis=1)[:, 1:].argmax(axis=1) + 1
        return np.asarray(np.maximum(bins / long_s(self._rate), _LOW_HZ))

    def _over(
        self, power: NDArray[np.floating], hop_s: float, edges: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        """Mean powers between edges in seconds after the onset, shape (n, edges - 1, columns)."""
        times = np.minimum(self._onsets[:, None] + edges, self._ends[:, None])
        # A step that the sound does not reach is silent; the last one counts as far as it goes.
        at = np.minimum(times / hop_s, power.shape[1])[:, :, None]
        frames = np.arange(power.shape[1])
        share = np.minimum(at[:, 1:], frames + 1) - np.maximum(at[:, :-1], frames)
        long = np.maximum(np.diff(at, axis=1), 1e-3)
        weights = (np.maximum(share, 0) / long).astype(np.float32)
        return np.asarray(np.matmul(weights, power.astype(np.float32, copy=False)))

    def _modulation(self, curve: NDArray[np.float64], step: float) -> NDArray[np.float64]:
        """The spectrum of a curve, from 1 to 50 Hz, over the second after the onset."""
        size = round(1.28 / step)
        lasts = np.minimum(self._ends / step, curve.shape[1]).astype(int) - 1
        at = (self._onsets / step).astype(int)[:, None] + np.arange(size)
        kept = np.take_along_axis(curve, np.minimum(at, np.maximum(lasts, 0)[:, None]), axis=1)
        trend = np.linalg.qr(np.vander(np.linspace(-1, 1, size), 3))[0]
        flat = (kept - (kept @ trend) @ trend.T) * np.hanning(size)
        spectrum = np.abs(rfft(flat, 2 * size, axis=1)) / size
        centres = np.sqrt(_BEAT_HZ[1:] * _BEAT_HZ[:-1])
        return np.log1p(interpolated(spectrum, centres * 2 * size * step)) / 2
