"""Converts genes of the built-in synth to the constants of the compiled voice."""

from collections.abc import Callable, Collection, Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from simd import LANES
from synth.subtractive.parameters import SPACE

_OCTAVE = 12.0
_A4_NOTE, _A4_HZ = 69.0, 440.0
_MIDDLE_C = 60.0
# Cutoff of dark noise, and the factor that makes it about as loud as white noise.
_DARK_HZ, _DARK_LOUDNESS = 1_000.0, 0.8
_ENVELOPES = ("pitch", "filter", "amp")
_CURVES = tuple(f"{name}_curve" for name in _ENVELOPES)
_NORMS = tuple(f"{name}_norm" for name in _ENVELOPES)


Values = NDArray[np.float64]
Formula = Callable[..., Values]


def _alike(change: Formula, **fields: str) -> tuple[tuple[str, ...], list[int], Formula]:
    """Return names, genes and formula of kernel fields that come from one gene each."""
    return tuple(fields), [SPACE.index(gene) for gene in fields.values()], change


_ALIKE = (
    _alike(
        lambda values: values,
        width1="osc1_width", width2="osc2_width", fm="osc_fm", drive="drive", level="level",
        onset="onset", length="length", vibrato_hz="vibrato_rate", vibrato_width="vibrato_width",
        tremolo_hz="tremolo_rate", tremolo_amp="tremolo_amp",
        **{f"{name}_sustain": f"{name}_sustain" for name in _ENVELOPES},
    ),
    _alike(
        lambda semitones: semitones / _OCTAVE,
        bend="bend", sweep="sweep", vibrato_pitch="vibrato_pitch", tremolo_cutoff="tremolo_cutoff",
    ),
    _alike(
        lambda seconds: 1 / np.maximum(seconds, 1e-3),
        vibrato_delay="vibrato_delay", tremolo_delay="tremolo_delay",
        **{f"{name}_{stage}": f"{name}_{stage}" for name in _ENVELOPES
           for stage in ("attack", "decay", "release")},
    ),
    # Curves become exponents of 2. Curve 0, a straight line, is approximated because its formula
    # divides by 0.
    _alike(
        lambda curve: np.where(np.abs(curve) < 0.02, 0.02, curve) / np.log(2),
        **{name: name for name in _CURVES},
    ),
)  # fmt: skip


def _hertz(note: Values) -> Values:
    return np.asarray(_A4_HZ * 2 ** ((note - _A4_NOTE) / _OCTAVE))


def _ratio(interval: Values, detune: Values) -> Values:
    return np.asarray(2 ** ((interval + detune / 100) / _OCTAVE))


def _log2_cutoff(cutoff: Values, key_tracking: Values, note: Values) -> Values:
    tracked = key_tracking * (note - _MIDDLE_C) / _OCTAVE
    return np.asarray(np.log2(cutoff) + tracked)


# Fields that the kernel reads once a control block, and that come from other formulas: their genes.
_MIXED: dict[str, tuple[Formula, tuple[str, ...]]] = {
    "log2_hz": (lambda note: np.log2(_hertz(note)), ("note",)),
    "ratio": (_ratio, ("osc2_interval", "osc2_detune")),
    "log2_cutoff": (_log2_cutoff, ("cutoff", "key_tracking", "note")),
}


def dimming(sample_rate: int) -> float:
    """Return the coefficient of the low-pass filter of dark noise."""
    return float(1 - np.exp(-2 * np.pi * _DARK_HZ / sample_rate))


def constants(genomes: Values, sample_rate: int) -> NDArray[np.float32]:
    """Convert genomes to the constants of the kernel.

    Args:
        genomes: shape (n, genes).
        sample_rate: in hertz.

    Returns:
        Shape (groups, len(CONSTANTS) · LANES): in each group field after field, lane after lane;
        lanes left over in the last group hold a genome of zeros.
    """
    from synth.subtractive.kernel import CONSTANTS

    groups = -(-len(genomes) // LANES)
    padded = np.zeros((groups * LANES, len(SPACE)))
    padded[: len(genomes)] = genomes
    values = SPACE.to_values(padded).T
    v = dict(zip(SPACE.names, values, strict=True))
    fields = np.empty((len(CONSTANTS), groups * LANES))
    for names, genes, change in _ALIKE:
        fields[_rows(names)] = change(values[genes])

    hz1, hz2 = frequencies(v, sample_rate)
    damping = 2 - 1.96 * v["resonance"]
    low, band, high = _morph(v["filter_mode"], 3)
    bright = v["noise_colour"]
    louder = _DARK_LOUDNESS * np.sqrt(2 / dimming(sample_rate) - 1)
    special = {
        **{name: change(*(v[gene] for gene in genes)) for name, (change, genes) in _MIXED.items()},
        # The oscillators have their start phases at the onset, not at the first sample.
        "phase1": (v["osc1_phase"] - hz1 * v["onset"]) % 1,
        "phase2": (v["osc2_phase"] - hz2 * v["onset"]) % 1,
        "fm_limit": 1 / (2 * np.pi),
        "noise": v["noise_level"] * (1 + np.minimum(bright, 0)),
        "dark": v["noise_level"] * (louder * np.maximum(-bright, 0) - np.maximum(bright, 0)),
        "damping": damping,
        "low": low - high,
        "band": (band - high) * damping,
        "high": high,
        "undrive": 1 / np.tanh(v["drive"]),
    }
    for name, value in special.items():
        fields[CONSTANTS.index(name)] = value
    for name, share in (("1", 1 - v["osc_mix"]), ("2", v["osc_mix"])):
        weights = share * _morph(v[f"osc{name}_shape"], 4)
        # A pulse is one saw minus the same saw, a pulse width later.
        weights[2] += weights[3]
        first = CONSTANTS.index(f"sine{name}")
        fields[first : first + 4] = weights
    fields[_rows(_NORMS)] = 1 / (1 - 2.0 ** -fields[_rows(_CURVES)])
    grouped = fields.astype(np.float32).reshape(len(CONSTANTS), -1, LANES).transpose(1, 0, 2)
    return np.ascontiguousarray(grouped).reshape(-1, len(CONSTANTS) * LANES)


def frequencies(values: Mapping[str, Values], sample_rate: int) -> tuple[Values, Values]:
    """Return the frequencies in hertz of both oscillators, without bend and vibrato.

    Args:
        values: those of the knobs of pitch, by name, of one shape.
        sample_rate: in hertz; no oscillator is above 0.45 of it.
    """
    top = 0.45 * sample_rate
    hertz = np.minimum(_hertz(values["note"]), top)
    ratio = _ratio(values["osc2_interval"], values["osc2_detune"])
    return hertz, np.minimum(hertz * ratio, top)


def following(moving: Collection[str]) -> list[tuple[str, Formula, tuple[str, ...]]]:
    """Return the kernel's fields that follow moving knobs: name, formula, and its knobs.

    Args:
        moving: names of knobs.
    """
    alike = (
        (field, change, (SPACE.names[gene],))
        for fields, genes, change in _ALIKE
        for field, gene in zip(fields, genes, strict=True)
    )
    mixed = ((field, change, genes) for field, (change, genes) in _MIXED.items())
    return [found for found in (*alike, *mixed) if not set(moving).isdisjoint(found[2])]


@cache
def _rows(names: tuple[str, ...]) -> list[int]:
    """Return the positions of fields in the constants."""
    from synth.subtractive.kernel import CONSTANTS

    return [CONSTANTS.index(name) for name in names]


def _morph(position: Values, stops: int) -> Values:
    """Return the weights, (stops, n), of shapes at ``position``, 0 to stops − 1."""
    return np.asarray(np.maximum(1 - np.abs(position - np.arange(stops)[:, None]), 0))
