"""What roles mean in numbers: one unit for each, whatever a synth counts in.

Times are in seconds, frequencies in hertz, intervals in semitones, levels and shares as factors.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from strategies.searches.base import Genomes
from synth.space import Parameter, ParameterSpace, Role

A4_NOTE, A4_HZ = 69.0, 440.0
_FREQUENCIES: tuple[Role, ...] = ("f0", "cutoff")
_LEAST = 1e-9

Value = float | NDArray[np.float64]
_Change = Callable[[Any], Any]
# Unit to the functions into and out of the common one.
_UNITS: dict[str, tuple[_Change, _Change]] = {
    "ms": (lambda v: v / 1000, lambda v: v * 1000),
    "s^1/4": (lambda v: v**4, lambda v: np.maximum(v, 0.0) ** 0.25),
    "log2 Hz": (lambda v: 2.0**v, lambda v: np.log2(np.maximum(v, _LEAST))),
    "dB": (lambda v: 10 ** (v / 20), lambda v: 20 * np.log10(np.maximum(v, _LEAST))),
    "cents": (lambda v: v / 100, lambda v: v * 100),
    "of 128 semitones": (lambda v: v * 128, lambda v: v / 128),
}


def hertz_of(note: Value) -> Any:
    """Return the frequency of a MIDI number, or of several."""
    return A4_HZ * 2 ** ((np.asarray(note) - A4_NOTE) / 12)


def note_of(hertz: Value) -> Any:
    """Return the MIDI number of a frequency, or of several; those below 1e-9 Hz as of that."""
    return A4_NOTE + 12 * np.log2(np.maximum(hertz, _LEAST) / A4_HZ)


def meant(parameter: Parameter, value: Value) -> Any:
    """Return what values of a parameter mean, in the common unit of its role."""
    if parameter.unit == "semitones" and parameter.role in _FREQUENCIES:
        return hertz_of(value)
    into, _ = _UNITS.get(parameter.unit, (None, None))
    return value if into is None else into(value)


def in_unit(parameter: Parameter, meaning: Value) -> Any:
    """Return the values of a parameter, in its unit, that mean this; they may be out of range."""
    if parameter.unit == "semitones" and parameter.role in _FREQUENCIES:
        return note_of(meaning)
    _, out_of = _UNITS.get(parameter.unit, (None, None))
    return meaning if out_of is None else out_of(meaning)


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
    """Set the gene of a role, in genomes of shape (n, genes), if the space has one.

    Args:
        genomes: changed in place.
        space: the synth's parameters.
        role: what is set.
        meaning: in the common unit, one value or n.
        offset: added to the genes.
    """
    if (gene := space.roles.get(role)) is not None:
        genomes[:, gene] = np.clip(gene_meaning(space[gene], meaning) + offset, 0.0, 1.0)
