"""A patch of one synth as a genome of another: what both can do is carried over, by role and unit.

Synths differ in what they have and in how they sound with the same values, so the result is a
place to search from.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from strategies.informed import louder
from strategies.roles import gene_meaning, meant
from strategies.searches.base import Genomes
from synth.space import Parameter, ParameterSpace, Role

# Roles whose values are named positions.
_MARKED: tuple[Role, ...] = ("shape", "shape2", "mode")
# What to take for a mark that a synth does not have.
_LIKE = {
    "triangle": ("sine",),
    "square": ("pulse",),
    "pulse": ("square",),
    "sine": ("triangle",),
    "saw": ("pulse", "square"),
}
_SPREAD, _FREE_SPREAD = 0.03, 0.12
_LOUDER_DB = (0.0, 0.0, -6.0, 6.0, -12.0, 12.0)


class Carried(NamedTuple):
    """A genome of another synth.

    Attributes:
        genome: shape (genes,).
        names: of the parameters that were carried over; the others are at rest, or in the middle.
    """

    genome: NDArray[np.float64]
    names: tuple[str, ...]


def carried(values: Mapping[str, float], source: ParameterSpace, space: ParameterSpace) -> Carried:
    """Return the genome of another synth that is most like a patch.

    Args:
        values: of the patch, in the units of ``source``, by parameter.
        source: the parameters of the patch's synth.
        space: those of the other synth.
    """
    genome = np.array([0.5 if p.rest is None else float(p.to_gene(p.rest)) for p in space])
    known = _known(values, source)
    names = []
    for role, gene in space.roles.items():
        parameter = space[gene]
        if role in _MARKED:
            named = _named(values, source, role)
            found = None if named is None else _position(named, parameter.marks)
        else:
            found = float(gene_meaning(parameter, known[role])) if role in known else None
        if found is not None:
            breakpoints = space.breakpoints(gene)
            genome[breakpoints] = found
            names += [space.names[i] for i in breakpoints]
    return Carried(genome, tuple(names))


def around(
    start: Carried, space: ParameterSpace, count: int, random: np.random.Generator
) -> Genomes:
    """Return genomes near one that was carried over, itself the first.

    What was carried over stays near, the rest less so. Since synths differ in loudness, some are
    softer or louder.

    Returns:
        Shape (count, genes).
    """
    genomes = np.tile(start.genome, (count, 1))
    kept = np.isin(space.names, start.names)
    spread = np.where(kept, _SPREAD, _FREE_SPREAD)
    if (note := space.roles.get("f0")) is not None:
        spread[space.breakpoints(note)] = 0.0
    genomes[1:] += spread * random.standard_normal((max(0, count - 1), len(space)))
    decibels = np.resize(_LOUDER_DB, count)
    return louder(np.clip(genomes, 0.0, 1.0), decibels, space)


def _known(values: Mapping[str, float], source: ParameterSpace) -> dict[Role, float]:
    """What the patch means, by role; balance and loudness follow from each other."""
    known: dict[Role, float] = {
        role: float(meant(source[gene], values[source.names[gene]]))
        for role, gene in source.roles.items()
        if role not in _MARKED
    }
    if "balance" in known and "loudness" not in known:
        known["loudness"] = 1 - known["balance"]
        known["loudness2"] = known["balance"]
    elif "loudness" in known and "balance" not in known:
        second = known.get("loudness2", 0.0)
        known["balance"] = second / max(known["loudness"] + second, 1e-9)
    return known


def _named(
    values: Mapping[str, float], source: ParameterSpace, role: Role
) -> dict[str, float] | None:
    """How much of each mark a patch has; None if the synth has none of this role."""
    if role not in source.roles:
        return None
    parameter: Parameter = source[source.roles[role]]
    if not parameter.marks:
        return None
    place = float(parameter.to_gene(values[parameter.name])) * (len(parameter.marks) - 1)
    below = min(int(place), len(parameter.marks) - 2)
    share = place - below
    return {parameter.marks[below]: 1 - share, parameter.marks[below + 1]: share}


def _position(named: Mapping[str, float], marks: Sequence[str]) -> float | None:
    """The gene that has as much of each mark; None if a mark is missing and nothing is like it."""
    gene = 0.0
    for mark, share in named.items():
        known = [one for one in (mark, *_LIKE.get(mark, ())) if one in marks]
        if not known:
            return None
        gene += share * marks.index(known[0]) / (len(marks) - 1)
    return gene
