"""Hops: mutants from which a new climb may end in a better place (Wales & Doye 1997).

Each kind changes what one climb cannot: genes that compensate each other, a wrong octave, swapped
oscillators, an envelope of another shape. Which kind helps depends on the target and on how far the
search has come, so a kind is drawn by how much it has gained lately.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from strategies.searches.base import Genomes
from strategies.searches.gene_map import GeneMap

Genome = NDArray[np.float64]

_INTERVALS = np.array([-24, -19, -12, -7, -5, 5, 7, 12, 19, 24, 0.1, -0.1])
_REDRAWN = 4
_NOISE = 0.15


@dataclass(frozen=True)
class Origin:
    """From where to hop.

    Attributes:
        x: the best genome, shape (genes,).
        others: other good genomes, shape (n, genes), n 1 or more.
        curvature: of the levels at ``x``, shape (genes, genes); empty if it is unknown.
        error: the mean absolute residual that is left there, in the unit of the curvature.
    """

    x: Genome
    others: Genomes
    curvature: NDArray[np.float64]
    error: float


Hop = Callable[[Origin, GeneMap, np.random.Generator], Genome]


def hops(gene_map: GeneMap) -> dict[str, Hop]:
    """Return the kinds of hops that these genes allow, by name."""
    found: dict[str, Hop] = {
        "three": _three, "section": _section, "redraw": _redraw, "cross": _cross, "noise": _noise,
        "valley": _valley,
    }  # fmt: skip
    if gene_map.groups:
        found["group"] = _group
    if gene_map.twins:
        found["swap"] = _swap
    if gene_map.semitones("f0"):
        found["pitch"] = _pitch
    return found


def mutants(
    origin: Origin, hop: Hop, count: int, gene_map: GeneMap, random: np.random.Generator
) -> Genomes:
    """Return ``count`` mutants of one kind, shape (count, genes), each gene in [0, 1]."""
    found = np.array([hop(origin, gene_map, random) for _ in range(count)])
    found[:, gene_map.circular] %= 1.0
    return np.asarray(np.clip(found, 0.0, 1.0))


def _three(origin: Origin, gene_map: GeneMap, random: np.random.Generator) -> Genome:
    genes = random.permutation(gene_map.dims)[:3]
    return _drawn(origin.x, genes, random)


def _redraw(origin: Origin, gene_map: GeneMap, random: np.random.Generator) -> Genome:
    """Redraw a few genes of one section."""
    section = gene_map.sections[random.integers(len(gene_map.sections))]
    return _drawn(origin.x, random.permutation(section)[:_REDRAWN], random)


def _group(origin: Origin, gene_map: GeneMap, random: np.random.Generator) -> Genome:
    """Redraw an envelope, an oscillator, or whatever its genes are called together."""
    return _drawn(origin.x, gene_map.groups[random.integers(len(gene_map.groups))], random)


def _section(origin: Origin, gene_map: GeneMap, random: np.random.Generator) -> Genome:
    """Take a section from another good genome."""
    section = gene_map.sections[random.integers(len(gene_map.sections))]
    genome = origin.x.copy()
    genome[section] = _other(origin, random)[section]
    return genome


def _cross(origin: Origin, gene_map: GeneMap, random: np.random.Generator) -> Genome:
    """Mix with another good genome, gene by gene or along the line between both."""
    other = _other(origin, random)
    if random.random() < 0.5:
        return np.where(random.random(gene_map.dims) < 0.5, origin.x, other)
    return np.asarray(origin.x + (other - origin.x) * random.random())


def _noise(origin: Origin, gene_map: GeneMap, random: np.random.Generator) -> Genome:
    """Move half of the genes a little, but not the pitch."""
    moved = random.random(gene_map.dims) < 0.5
    moved[gene_map.breakpoints("f0")] = False
    return np.asarray(origin.x + _NOISE * random.standard_normal(gene_map.dims) * moved)


def _valley(origin: Origin, gene_map: GeneMap, random: np.random.Generator) -> Genome:
    """Move far in directions that hardly change the sound, and little in the others."""
    if not origin.curvature.size:
        return _noise(origin, gene_map, random)
    values, vectors = np.linalg.eigh(origin.curvature)
    reach = 0.5 * origin.error / np.sqrt(np.maximum(values, 1e-9) * gene_map.dims)
    move = vectors @ (random.standard_normal(gene_map.dims) * np.minimum(0.25, reach))
    moved = origin.x + move * random.choice([0.5, 1.0, 2.0])
    # Reflected at the bounds: most genes would otherwise end there.
    folded = 1 - np.abs(1 - np.mod(moved, 2.0))
    return np.asarray(np.where(gene_map.circular, moved, folded))


def _swap(origin: Origin, gene_map: GeneMap, random: np.random.Generator) -> Genome:
    """Exchange two like parts, so that each plays what the other did."""
    genome, roles = origin.x.copy(), gene_map.roles
    for one, other in gene_map.twins:
        genome[one], genome[other] = origin.x[other], origin.x[one]
    if "balance" in roles:
        genome[roles["balance"]] = 1 - genome[roles["balance"]]
    if "interval" in roles and gene_map.semitones("f0"):
        intervals = gene_map.breakpoints("interval")
        semitones = (2 * origin.x[intervals[0]] - 1) * gene_map.semitones("interval") / 2
        genome[gene_map.breakpoints("f0")] += semitones / gene_map.semitones("f0")
        genome[intervals] = 1 - genome[intervals]
    if random.random() < 0.5:
        genome = _drawn(genome, random.permutation(gene_map.dims)[:2], random)
    return genome


def _pitch(origin: Origin, gene_map: GeneMap, random: np.random.Generator) -> Genome:
    """Move the note by an interval that harmonics mistake for each other."""
    genome = origin.x.copy()
    moved = random.choice(_INTERVALS) / gene_map.semitones("f0")
    genome[gene_map.breakpoints("f0")] += moved
    return genome


def _drawn(genome: Genome, genes: NDArray[np.int64], random: np.random.Generator) -> Genome:
    changed = genome.copy()
    changed[genes] = random.random(len(genes))
    return changed


def _other(origin: Origin, random: np.random.Generator) -> Genome:
    return np.asarray(origin.others[random.integers(len(origin.others))])
