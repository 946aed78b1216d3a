"""Crossover and mutation of a whole generation at once, on the unit cube.

The formulas, and what chance decides, are those of DEAP's ``cxSimulatedBinaryBounded`` and
``mutPolynomialBounded``, which go gene by gene through Python: from the same draws come the same
children, but for the last digits, in a tenth of the time.
"""

import numpy as np

from strategies.searches.base import Genomes

# DEAP's: what is nearer has no span to spread.
_ALIKE = 1e-14


def simulated_binary_crossover(
    ones: Genomes, others: Genomes, random: np.random.Generator, eta: float
) -> tuple[Genomes, Genomes]:
    """Cross pairs of parents: each gene with probability one half, the children as often swapped.

    Source: Deb & Agrawal (1995), its spread cut at the bounds as in Deb's NSGA-II.

    Args:
        ones: a parent of each pair, shape (n, genes), each gene in [0, 1].
        others: the other one, the same shape.
        random: gives a draw for each gene; then for the crossed ones, in the order of the array,
            all draws of the spread and all of the swap.
        eta: how near children stay to their parents; 0 far, 20 near.

    Returns:
        A child of each pair and the other one, shape (n, genes) each, each gene in [0, 1].
    """
    crossed = (random.random(ones.shape) <= 0.5) & (np.abs(ones - others) > _ALIKE)
    one, other = ones[crossed], others[crossed]
    low, high = np.minimum(one, other), np.maximum(one, other)
    span, middle = high - low, 0.5 * (low + high)
    spread, swap = random.random((2, len(one)))
    # Below and above there is room of its own, and so each child has a spread of its own.
    alpha = 2.0 - (1.0 + 2.0 * np.array([low, 1.0 - high]) / span) ** -(eta + 1.0)
    drawn = spread * alpha
    factor = np.where(drawn <= 1.0, drawn, 1.0 / (2.0 - drawn)) ** (1.0 / (eta + 1.0))
    reach = 0.5 * factor * span
    below, above = np.maximum(middle - reach[0], 0.0), np.minimum(middle + reach[1], 1.0)
    swapped = swap <= 0.5
    ones, others = ones.copy(), others.copy()
    ones[crossed] = np.where(swapped, above, below)
    others[crossed] = np.where(swapped, below, above)
    return ones, others


def polynomial_mutation(
    genomes: Genomes, random: np.random.Generator, eta: float, probability: float
) -> Genomes:
    """Move genes by steps that are mostly small and never leave the bounds.

    Source: Deb & Goyal (1996), its steps cut at the bounds as in Deb's NSGA-II.

    Args:
        genomes: shape (n, genes), each gene in [0, 1].
        random: gives a draw for each gene; then, in the order of the array, one for each that
            mutates.
        eta: how small the steps are; 5 wide, 50 fine.
        probability: that a gene mutates, 0 to 1.

    Returns:
        Shape (n, genes), each gene in [0, 1].
    """
    mutating = random.random(genomes.shape) <= probability
    before = genomes[mutating]
    drawn = random.random(len(before))
    down = drawn < 0.5
    # From 0, as far as there is room to that side, to 1, not at all.
    near = 2.0 * np.where(down, drawn, 1.0 - drawn)
    farthest = np.where(down, 1.0 - before, before) ** (eta + 1.0)
    step = 1.0 - (near + (1.0 - near) * farthest) ** (1.0 / (eta + 1.0))
    after = np.where(down, before - step, before + step)
    mutants = genomes.copy()
    mutants[mutating] = np.minimum(np.maximum(after, 0.0), 1.0)
    return mutants
