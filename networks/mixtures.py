"""Mixtures of logistic densities of a gene: how likely a gene is, draws, and histograms.

A density is cut off at the ends of the range, or wrapped round if the gene is circular. Source:
Bishop (1994); logistic as in Salimans, Karpathy, Chen & Kingma (2017).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_EDGE = 1e-4
_FINE, _HALVINGS = 256, 14
# The width of a part, from a number that a layer gives.
NARROWEST, WIDTH = 1e-3, 0.25
# How far the note may be from the one that is heard, and what ears divide a MIDI note by.
REACH, NOTES = 0.5, 128.0
# What a gene is told to the layers after it: itself, and waves of it, as finer scales.
TOLD = 5


def starts(parts: int) -> NDArray[np.float32]:
    """Return where parts are before anything is learnt, before a sigmoid, shape (parts,)."""
    return (np.linspace(-1.5, 1.5, parts) if parts > 1 else np.zeros(1)).astype(np.float32)


def bits(mixtures: Any, genes: Any, circular: list[bool]) -> Any:
    """Compute minus log2 of the density of each gene, shape (batch, genes); 0 if it is flat.

    Args:
        mixtures: what the layer returned, a tensor.
        genes: in [0, 1], shape (batch, genes).
        circular: which genes are circular.
    """
    from keras import ops

    weights, places, widths = mixtures[..., 0], mixtures[..., 1], mixtures[..., 2]
    x = ops.clip(ops.cast(genes, "float32"), _EDGE, 1 - _EDGE)[..., None]
    turning = np.array(circular)[:, None]
    apart = ops.abs(x - places)
    apart = ops.where(turning, ops.minimum(apart, 1 - apart), apart)
    z = apart / widths
    density = -z - 2 * ops.softplus(-z) - ops.log(widths)
    inside = ops.sigmoid((1 - places) / widths) - ops.sigmoid(-places / widths)
    # A circular density is that of the nearer way round; half a turn away both ways meet.
    half = 2 * ops.sigmoid(0.5 / widths) - 1
    density = density - ops.log(ops.where(turning, half, inside))
    return -ops.logsumexp(weights + density, axis=-1) / np.log(2)


def drawn(
    mixture: NDArray[np.floating], shares: NDArray[np.float64], circular: bool
) -> NDArray[np.float64]:
    """Draw a gene of each mixture.

    Args:
        mixture: log weight, centre and width of each part, shape (n, parts, 3).
        shares: uniform in [0, 1), shape (n, 2): one chooses the part, one the place in it.
        circular: whether the gene is circular.

    Returns:
        Shape (n,), in [0, 1].
    """
    mixture = np.asarray(mixture, dtype=np.float64)
    ends = np.exp(mixture[..., 0]).cumsum(axis=1)
    part = (shares[:, :1] * ends[:, -1:] >= ends[:, :-1]).sum(axis=1)
    _, place, width = np.moveaxis(mixture[np.arange(len(mixture)), part], -1, 0)
    low, high = (
        (place - 0.5, place + 0.5) if circular else (np.zeros_like(place), np.ones_like(place))
    )
    below, above = (_logistic((end - place) / width) for end in (low, high))
    share = np.clip(below + shares[:, 1] * (above - below), 1e-12, 1 - 1e-12)
    found = place + width * np.log(share / (1 - share))
    return np.asarray(found % 1 if circular else np.clip(found, 0, 1))


def masses(mixture: NDArray[np.float32], bins: int, circular: bool) -> NDArray[np.float64]:
    """Compute the probability of each bin, shape (n, bins), of mixtures, shape (n, parts, 3).

    Args:
        mixture: log weight, centre and width of each part.
        bins: of equal width.
        circular: whether the gene is circular.
    """
    weights, places, widths = np.moveaxis(np.asarray(mixture, dtype=np.float64), -1, 0)[..., None]
    edges = np.arange(bins + 1) / bins
    turns = (-1, 0, 1) if circular else (0,)
    below = sum(_logistic((edges + turn - places) / widths) for turn in turns)
    found = np.diff(below, axis=-1)
    found /= np.maximum(found.sum(axis=-1, keepdims=True), 1e-12)
    return np.asarray((np.exp(weights) * found).sum(axis=1))


def middle(mixture: NDArray[np.float32], circular: bool) -> NDArray[np.float64]:
    """Compute medians, or mean directions if the gene is circular, shape (n,), of mixtures.

    Args:
        mixture: log weight, centre and width of each part, shape (n, parts, 3).
        circular: whether the gene is circular.
    """
    if circular:
        chances = masses(mixture, _FINE, circular)
        turns = np.exp(2j * np.pi * (np.arange(_FINE) + 0.5) / _FINE)
        return np.asarray(np.angle(chances @ turns) / (2 * np.pi) % 1)
    weights, places, widths = np.moveaxis(np.asarray(mixture, dtype=np.float64), -1, 0)
    first, last = (_logistic((end - places) / widths) for end in (0.0, 1.0))
    shares = np.exp(weights) / np.maximum(last - first, 1e-12)
    low, high = np.zeros(len(mixture)), np.ones(len(mixture))
    for _ in range(_HALVINGS):
        at = (low + high) / 2
        below = (shares * (_logistic((at[:, None] - places) / widths) - first)).sum(axis=1)
        low, high = np.where(below < 0.5, at, low), np.where(below < 0.5, high, at)
    return np.asarray((low + high) / 2)


def sharpened(mixture: NDArray[np.float32], temperature: float) -> NDArray[np.float64]:
    """Return mixtures whose likely genes are likelier: below 1 narrower, at 1 as they are."""
    found = np.array(mixture, dtype=np.float64)
    weights = found[..., 0] / temperature
    found[..., 0] = weights - np.log(np.exp(weights).sum(axis=-1, keepdims=True))
    found[..., 2] *= temperature
    return found


def _logistic(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(0.5 * (1 + np.tanh(x / 2)))
