"""First populations from what is heard in the target, and from a bank of known sounds.

Half of a first population comes from the bank: the nearest genomes as they are, and as many with
the note set to the target's. Four tenths are drawn from what is heard: pitch (with the octaves and
twelfths that are mistaken for it), onset, length, attack, level and brightness; their other genes
are drawn uniformly. The last tenth is uniform in all genes. Which gene means what, the synth says
by the roles of its parameters.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from common.heard import Heard
from strategies.hints import Hints
from strategies.roles import gene_meaning, meant, set_role
from strategies.searches.base import Genomes
from synth.space import ParameterSpace, Role

Start = Literal["uniform", "heard", "bank", "informed"]
FROM_BANK: tuple[Start, ...] = ("bank", "informed")

_UNIFORM, _BANK = 0.1, 0.5
# How far knobs move where they are calm, as a share of what was drawn.
_CALM = 0.25
# Octaves and twelfths are mistaken for each other, more so where the pitch is not clear.
_CLEAR_ERRORS = [0] * 8 + [-12, 12, -19, 19]
_UNCLEAR_ERRORS = [0] * 5 + [-12, 12, -19, 19, 7, -24]
_INTERVALS = np.array([0.0, 12.0, -12.0, 7.0, 19.0, 24.0, -24.0])


def first_population(
    start: Start, genomes: Genomes, hints: Hints, space: ParameterSpace, random: np.random.Generator
) -> Genomes:
    """Return a first population.

    Args:
        start: ``uniform`` (as it is), ``heard``, ``bank``, or ``informed``, which is both.
        genomes: the first population that all strategies share, shape (n, genes), uniform.
        hints: what is known of the target.
        space: the synth's parameters.
        random: a generator for this trial only.

    Returns:
        Shape (n, genes); uniform as far as there are no hints.
    """
    if start == "uniform":
        return genomes
    count, parts = len(genomes), []
    neighbours = hints.neighbours if start != "heard" else hints.neighbours[:0]
    if len(neighbours):
        share = _BANK if start == "informed" else 1 - _UNIFORM
        parts += _from_bank(neighbours, int(share * count), hints.heard, space)
    left = count - sum(map(len, parts)) - round(_UNIFORM * count)
    if start != "bank" and hints.heard is not None and left > 0:
        parts.append(_from_heard(genomes[:left], hints.heard, space, random))
    rest = genomes[sum(map(len, parts)) :]
    return np.concatenate([*parts, rest])[:count]


def _from_bank(
    neighbours: Genomes, count: int, heard: Heard | None, space: ParameterSpace
) -> list[Genomes]:
    """Return the nearest genomes as they are, and the same at the target's note if it has one."""
    if heard is None or not heard.f0 or "f0" not in space.roles:
        return [neighbours[:count]]
    tuned = neighbours[: count // 2].copy()
    set_role(tuned, space, "f0", heard.f0)
    set_role(tuned, space, "bend", 0.0)
    if (gene := space.roles.get("vibrato")) is not None:
        tuned[:, space.breakpoints(gene)] *= 0.3
    if (gene := space.roles.get("interval")) is not None:
        octaves = np.round(meant(space[gene], space[gene].to_value(tuned[:, gene])) / 12) * 12
        set_role(tuned, space, "interval", octaves)
    return [neighbours[: count - count // 2], tuned]


def _from_heard(
    uniform: Genomes, heard: Heard, space: ParameterSpace, random: np.random.Generator
) -> Genomes:
    """Set the genes with a role to what is heard, with some spread; the others stay."""
    genomes, count = uniform.copy(), len(uniform)
    chance = random.random
    normal = random.standard_normal

    def spread(role: Role, value: float | NDArray[np.float64], width: float) -> None:
        set_role(genomes, space, role, value, width * normal(count))

    spread("onset", heard.onset, 0.02)
    spread("attack", max(heard.attack, 0.001), 0.08)
    spread("level", heard.peak, 0.08)
    gene = space.roles.get("length")
    if gene is not None and heard.ends:
        set_role(genomes, space, "length", heard.length, -0.15 * chance(count))
    elif gene is not None:
        # It sounds until the recording ends: at least as long.
        least = float(gene_meaning(space[gene], heard.length))
        genomes[:, gene] = least + chance(count) * (1 - least)
    if (gene := space.roles.get("noise")) is not None:
        genomes[:, gene] *= np.where(chance(count) < 0.7, 0.4 * chance(count), 1.0)
    if (gene := space.roles.get("cutoff")) is not None:
        bright = gene_meaning(space[gene], heard.roll_off)
        near = bright + 0.1 * normal(count)
        genomes[:, gene] = np.where(chance(count) < 0.7, near, genomes[:, gene])
    if heard.f0 and "f0" in space.roles:
        _tune(genomes, heard, space, random)
    _calm(genomes, space)
    return np.clip(genomes, 0.0, 1.0)


def _tune(
    genomes: Genomes, heard: Heard, space: ParameterSpace, random: np.random.Generator
) -> None:
    """Set the pitch, with the errors that its estimate may have, and keep most of it steady."""
    count, chance = len(genomes), random.random
    errors = random.choice(_CLEAR_ERRORS if heard.clear else _UNCLEAR_ERRORS, count)
    semitones = errors + 0.05 * random.standard_normal(count)
    set_role(genomes, space, "f0", heard.f0 * 2 ** (semitones / 12))
    steady = chance(count) < 0.8
    if (gene := space.roles.get("bend")) is not None:
        middle = float(gene_meaning(space[gene], 0.0))
        genomes[steady, gene] = middle + 0.03 * random.standard_normal(steady.sum())
    if (gene := space.roles.get("vibrato")) is not None:
        genomes[:, gene] *= 0.5 * chance(count)
    if (gene := space.roles.get("fm")) is not None:
        genomes[:, gene] *= np.where(chance(count) < 0.6, 0.5 * chance(count), 1.0)
    if (gene := space.roles.get("interval")) is not None:
        tuned = gene_meaning(space[gene], random.choice(_INTERVALS, count))
        near = tuned + 0.002 * random.standard_normal(count)
        genomes[:, gene] = np.where(chance(count) < 0.7, near, genomes[:, gene])


def _calm(genomes: Genomes, space: ParameterSpace) -> None:
    """Let knobs that move stay near their first breakpoint, at which what is heard was set."""
    for first, breakpoints in space.moving.items():
        begin = genomes[:, [first]]
        genomes[:, breakpoints] = begin + _CALM * (genomes[:, breakpoints] - begin)


def known_genomes(count: int, space: ParameterSpace, random: np.random.Generator) -> Genomes:
    """Draw genomes for a bank: half uniform, half tame.

    A tame genome bends, wobbles, hisses and moves less, starts early, and is loud and long: sounds
    that people record are more often like that than sounds of uniform genomes.

    Returns:
        Shape (count, genes).
    """
    genomes = random.random((count, len(space)))
    tame, chance = genomes[count // 2 :], random.random
    number = len(tame)

    def mostly(role: Role, share: float, change: NDArray[np.float64]) -> None:
        if (gene := space.roles.get(role)) is not None:
            tame[:, gene] = np.where(chance(number) < share, change, tame[:, gene])

    def gene_of(role: Role) -> NDArray[np.float64]:
        return tame[:, space.roles[role]] if role in space.roles else np.zeros(number)

    middle = gene_meaning(space[space.roles["bend"]], 0.0) if "bend" in space.roles else 0.5
    mostly("bend", 0.7, middle + 0.06 * random.standard_normal(number))
    mostly("noise", 0.7, gene_of("noise") * chance(number) * 0.5)
    mostly("fm", 0.6, gene_of("fm") * chance(number) * 0.6)
    mostly("vibrato", 1.0, gene_of("vibrato") * chance(number) * 0.6)
    mostly("onset", 0.8, 0.15 * chance(number))
    mostly("level", 1.0, 0.6 + 0.4 * gene_of("level"))
    mostly("length", 1.0, 0.3 + 0.7 * gene_of("length"))
    _calm(tame, space)
    return np.clip(genomes, 0.0, 1.0)


def louder(genomes: Genomes, decibels: NDArray[np.float64], space: ParameterSpace) -> Genomes:
    """Return genomes, shape (n, genes), louder by some decibels, shape (n,), as far as they go."""
    changed = genomes.copy()
    if (gene := space.roles.get("level")) is not None:
        level = meant(space[gene], space[gene].to_value(changed[:, gene]))
        set_role(changed, space, "level", level * 10 ** (decibels / 20))
    return changed
