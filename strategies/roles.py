"""What roles mean in numbers: one unit for each, whatever a synth counts in.

Times are in seconds, frequencies in hertz, intervals in semitones, levels and shares as factors.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from strategies.searches.base import Genomes
from synth.space import Parameter, ParameterSpace, Role

_A4_NOTE, _A4_HZ = 69.0, 440.0
_FREQUENCIES: tuple[Role, ...] = ("f0", "cutoff")
_LEAST = 1e-9

Value = float | NDArray[np.float64]
_Change = Callable[[Any], Any]


class _Unit(NamedTuple):
    """A unit: the common one that it is converted to, and the functions into it and back."""

    common: str
    into: _Change
    back: _Change


_UNITS = {
    "ms": _Unit("s", lambda v: v / 1000, lambda v: v * 1000),
    "s^1/4": _Unit("s", lambda v: v**4, lambda v: np.maximum(v, 0.0) ** 0.25),
    "log2 Hz": _Unit("Hz", lambda v: 2.0**v, lambda v: np.log2(np.maximum(v, _LEAST))),
    "dB": _Unit("", lambda v: 10 ** (v / 20), lambda v: 20 * np.log10(np.maximum(v, _LEAST))),
    "cents": _Unit("semitones", lambda v: v / 100, lambda v: v * 100),
    "of 128 semitones": _Unit("semitones", lambda v: v * 128, lambda v: v / 128),
}


def hertz_of(note: Value) -> Any:
    """Return the frequency of a MIDI number, or of several."""
    return _A4_HZ * 2 ** ((np.asarray(note) - _A4_NOTE) / 12)


def note_of(hertz: Value) -> Any:
    """Return the MIDI number of a frequency, or of several; those below 1e-9 Hz as of that."""
    return _A4_NOTE + 12 * np.log2(np.maximum(hertz, _LEAST) / _A4_HZ)


def in_common_unit(value: Value, unit: str) -> tuple[Any, str]:
    """Return values in the common unit of theirs, and that unit; as they are if it is its own."""
    found = _UNITS.get(unit)
    return (value, unit) if found is None else (found.into(value), found.common)


def meant(parameter: Parameter, value: Value) -> Any:
    """Return what values of a parameter mean, in the common unit of its role."""
    if parameter.unit == "semitones" and parameter.role in _FREQUENCIES:
        return hertz_of(value)
    return in_common_unit(value, parameter.unit)[0]


def in_unit(parameter: Parameter, meaning: Value) -> Any:
    """Return the values of a parameter, in its unit, that mean this; they may be out of range."""
    if parameter.unit == "semitones" and parameter.role in _FREQUENCIES:
        return note_of(meaning)
    unit = _UNITS.get(parameter.unit)
    return meaning if unit is None else unit.back(meaning)


def gene_meaning(parameter: Parameter, meaning: Value) -> NDArray[np.float64]:
    """Return the genes, in [0, 1], of the nearest values that mean this."""
    inside = np.clip(in_unit(parameter, meaning), parameter.low, parameter.high)
    return np.clip(parameter.to_gene(inside), 0.0, 1.0)


def set_role(
    genomes: Genomes,
    space: ParameterSpace,
    role: Role,
    meaning: Value,
    offset: Value = 0.0,
) -> None:
    """Turn the knob of a role, in genomes of shape (n, genes), if the space has one.

    Args:
        genomes: changed in place.
        space: the synth's parameters.
        role: what is set.
        meaning: in the common unit, one value or n.
        offset: added to the genes.
    """
    if (gene := space.roles.get(role)) is not None:
        turn(genomes, space, gene, np.clip(gene_meaning(space[gene], meaning) + offset, 0.0, 1.0))


def turn(genomes: Genomes, space: ParameterSpace, gene: int, to: Value) -> None:
    """Turn a knob of genomes, shape (n, genes), to genes: one value or n.

    A knob that moves is turned as a whole: all its breakpoints are shifted by as much as the first
    one, as far as they go.

    Args:
        genomes: changed in place.
        space: the synth's parameters.
        gene: the position of the knob, or of its first breakpoint.
        to: in [0, 1].
    """
    if later := space.breakpoints(gene)[1:]:
        shift = np.asarray(to - genomes[:, gene])[:, None]
        genomes[:, later] = np.clip(genomes[:, later] + shift, 0.0, 1.0)
    genomes[:, gene] = to
