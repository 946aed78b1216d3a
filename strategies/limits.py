"""Limits of genes that are known before a search begins: the note, where the pitch is clear.

Searches otherwise end an octave off where that is a little closer, and spend renders on it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from common.heard import Heard
from strategies.roles import gene_meaning, in_unit
from strategies.searches.base import Genomes
from synth.space import ParameterSpace

# Semitones to both sides of the median pitch: as far as the pitch moves, within these.
_LEAST, _MOST = 0.3, 1.0


@dataclass(frozen=True)
class Limits:
    """The lowest and highest value of each gene.

    Attributes:
        low: shape (genes,), in [0, 1].
        high: above ``low``, shape (genes,), in [0, 1].
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]

    def problem(self, genes: int) -> str:
        """Say what is wrong with them for a synth of so many genes; empty if nothing."""
        low, high = np.asarray(self.low), np.asarray(self.high)
        if not low.shape == high.shape == (genes,):
            return f"limits() gave shapes {low.shape} and {high.shape}; wanted ({genes},)"
        if not ((low >= 0) & (low < high) & (high <= 1)).all():
            return "limits() gave limits that are not low < high within [0, 1]"
        return ""

    def of(self, genes: tuple[int, ...]) -> "Limits":
        """Return the limits of some genes, by position."""
        return Limits(self.low[list(genes)], self.high[list(genes)])

    def inside(self, genomes: Genomes) -> Genomes:
        """Return genomes, shape (..., genes), with each gene that is outside squeezed in."""
        outside = (genomes < self.low) | (genomes > self.high)
        return np.where(outside, self.spread(genomes), genomes)

    def spread(self, genomes: Genomes) -> Genomes:
        """Return genomes whose genes lie between the limits as these, (..., genes), in [0, 1]."""
        return np.clip(self.low + genomes * (self.high - self.low), self.low, self.high)

    def spanned(self, genomes: Genomes) -> Genomes:
        """Return what ``spread`` would have to be given for these genomes, (..., genes)."""
        return np.clip((genomes - self.low) / (self.high - self.low), 0.0, 1.0)


def note_limits(space: ParameterSpace, heard: Heard | None) -> Limits | None:
    """Return limits that keep the note where it is heard.

    Args:
        space: the synth's parameters.
        heard: what is heard in the target.

    Returns:
        The limits; None where no pitch is clear, the synth cannot play it, the note moves, or no
        parameter has the role ``f0``.
    """
    gene = space.roles.get("f0")
    if gene is None or gene in space.moving or heard is None or not (heard.clear and heard.f0):
        return None
    width = min(max(heard.drift, _LEAST), _MOST)
    parameter = space[gene]
    if parameter.steps or not parameter.low < float(in_unit(parameter, heard.f0)) < parameter.high:
        return None
    low, high = np.zeros(len(space)), np.ones(len(space))
    ends = heard.f0 * 2 ** (np.array([-width, width]) / 12)
    low[gene], high[gene] = gene_meaning(parameter, ends)
    return Limits(low, high)
