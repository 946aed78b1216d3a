"""Steps towards a target by damped Gauss-Newton, solved for many dampings and views at once.

Where a residual vector r with the Jacobian J is known, the step that would make r vanish is solved
for. Damping: Levenberg (1944), Marquardt (1963). Residuals are weighted by 1 / (|r| + c), so that
their absolute values are minimised, not their squares (iteratively reweighted least squares;
Holland & Welsch 1977).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

DAMPINGS = (1e-3, 1e-2, 1e-1, 1.0)

_SOFTNESS = 0.3  # of the weights, relative to the mean absolute residual
_SCALED = 0.3  # share of Marquardt's damping beside Levenberg's
_LONGEST = 0.35
_ROUNDS = 5
_WITHOUT_EFFECT = 1e-9

Matrix = NDArray[np.float64]


class Normal(NamedTuple):
    """Normal equations of several views.

    Attributes:
        curvatures: shape (views, genes, genes).
        slopes: shape (views, genes).
    """

    curvatures: Matrix
    slopes: Matrix


def normal_equations(
    jacobians: Sequence[NDArray[np.float32]], residuals: Sequence[NDArray[np.float32]]
) -> Normal:
    """Weight and multiply the Jacobian, (genes, size), and residual, (size,), of each view."""
    curvatures, slopes = [], []
    for jacobian, residual in zip(jacobians, residuals, strict=True):
        size = np.abs(residual)
        weighted = jacobian / (size + max(np.float32(1e-9), np.float32(_SOFTNESS) * size.mean()))
        curvatures.append(weighted @ jacobian.T)
        slopes.append(weighted @ residual)
    return Normal(np.asarray(curvatures, dtype=np.float64), np.asarray(slopes, dtype=np.float64))


def proposals(
    x: Matrix,
    normal: Normal,
    damping: float,
    circular: NDArray[np.bool_],
    dampings: Sequence[float] = DAMPINGS,
) -> NDArray[np.float64]:
    """Return where the genes should go by each view and each damping.

    Genes at a bound that would move beyond it stay there, and the others are solved for again.

    Args:
        x: the genes, shape (genes,).
        normal: the equations of each view.
        damping: a factor of all dampings.
        circular: which genes are circular, shape (genes,).
        dampings: how strongly steps are damped.

    Returns:
        Genomes, shape (views · dampings, genes), each gene in [0, 1]; all dampings of the first
        view, then of the second, and so on.
    """
    genes, factors = x.size, damping * np.array(dampings)
    diagonals = np.diagonal(normal.curvatures, axis1=1, axis2=2)
    scale = diagonals.mean(axis=1, keepdims=True) + 1e-30
    added = scale + _SCALED * diagonals
    damped = np.repeat(normal.curvatures[:, None], len(factors), axis=1)
    at = np.arange(genes)
    damped[..., at, at] += factors[:, None] * added[:, None, :]
    damped = damped.reshape(-1, genes, genes)
    slopes = np.repeat(normal.slopes, len(factors), axis=0)
    free = np.repeat(diagonals > _WITHOUT_EFFECT * scale, len(factors), axis=0)
    moves = np.zeros_like(slopes)
    for _ in range(_ROUNDS):
        moves = _solve(damped, slopes, free)
        outward = ((x <= 1e-9) & (moves < 0)) | ((x >= 1 - 1e-9) & (moves > 0))
        blocked = free & outward & ~circular
        if not blocked.any():
            break
        free &= ~blocked
    longest = np.abs(moves).max(axis=1, keepdims=True)
    moves *= np.minimum(1.0, _LONGEST / np.maximum(longest, 1e-12))
    wanted = x + moves
    wanted[:, circular] %= 1.0
    return np.clip(wanted, 0.0, 1.0)


def _solve(damped: Matrix, slopes: Matrix, free: NDArray[np.bool_]) -> Matrix:
    """Solve each system for its free genes; the others do not move."""
    both = free[:, :, None] & free[:, None, :]
    systems = np.where(both, damped, np.eye(slopes.shape[1]))
    return -np.linalg.solve(systems, np.where(free, slopes, 0.0)[..., None])[..., 0]
