"""Crossover and mutation of a whole generation at once, on the unit cube.

Formulas and random decisions are those of DEAP's ``cxSimulatedBinaryBounded`` and
``mutPolynomialBounded``, which loop over genes in Python. The same draws give the same children, up
to rounding, in a tenth of the time.
"""

import numpy as np

from strategies.searches.base import Genomes

# Of DEAP: genes that are closer than this are not crossed.
_ALIKE = 1e-14


def simulated_binary_crossover(
    ones: Genomes, others: Genomes, random: np.random.Generator, eta: float
) -> tuple[Genomes, Genomes]:
    """Cross pairs of parents; each gene is crossed, and then swapped, with probability one half.

    Source: Deb & Agrawal (1995), with the spread limited to the bounds as in Deb's NSGA-II.

    Args:
        ones: one parent of each pair, shape (n, genes), each gene in [0, 1].
        others: the other parents, of the same shape.
        random: makes one draw for each gene; then, for all crossed genes in the order of the array,
            the draws of the spread, and after these the draws of the swap.
        eta: how close children stay to their parents; 0 is far, 20 close.

    Returns:
        The two children of each pair, shape (n, genes) each, each gene in [0, 1].
    """
    crossed = (random.random(ones.shape) <= 0.5) & (np.abs(ones - others) > _ALIKE)
    one, other = ones[crossed], others[crossed]
    low, high = np.minimum(one, other), np.maximum(one, other)
    span, middle = high - low, 0.5 * (low + high)
    spread, swap = random.random((2, len(one)))
    # The room below and above the parents differs, so each child has its own spread.
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
    """Move genes by mostly small steps that never leave the bounds.

    Source: Deb & Goyal (1996), with steps limited to the bounds as in Deb's NSGA-II.

    Args:
        genomes: shape (n, genes), each gene in [0, 1].
        random: makes one draw for each gene; then one for each mutating gene, in the order of the
            array.
        eta: how small the steps are; 5 is coarse, 50 fine.
        probability: the probability that a gene mutates, 0 to 1.

    Returns:
        The mutants, shape (n, genes), each gene in [0, 1].
    """
    mutating = random.random(genomes.shape) <= probability
    before = genomes[mutating]
    drawn = random.random(len(before))
    down = drawn < 0.5
    # 0 moves to the bound on that side, 1 does not move.
    near = 2.0 * np.where(down, drawn, 1.0 - drawn)
    farthest = np.where(down, 1.0 - before, before) ** (eta + 1.0)
    step = 1.0 - (near + (1.0 - near) * farthest) ** (1.0 / (eta + 1.0))
    after = np.where(down, before - step, before + step)
    mutants = genomes.copy()
    mutants[mutating] = np.minimum(np.maximum(after, 0.0), 1.0)
    return mutants
