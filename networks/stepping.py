"""The joint last layer gene by gene, in NumPy: draws without a call of the whole layer for each.

A hidden unit that knows the genes before some gene is computed once they are drawn, and never
again. All genes together then take about as long as one call.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.mixtures import NARROWEST, NOTES, REACH, TOLD, WIDTH, starts

Rows = NDArray[np.float32]


class Stepping:
    """Genes of some rows, drawn one after the other.

    Args:
        layer: a ``networks.autoregressive.Autoregressive`` with weights.
        context: what was heard, shape (rows, any).
        note: the MIDI note that was heard, divided by 128, shape (rows, 1).
    """

    def __init__(self, layer: Any, context: Rows, note: Rows) -> None:
        self._layer, self._note = layer, note
        weights = layer.arrays()
        self._degrees = weights.degrees
        self._first, self._second, self._last, self._straight = weights.masked
        self._heard = [
            context @ one + bias for one, bias in zip(weights.heard, weights.biases, strict=True)
        ]
        self._one, self._two = (np.zeros_like(part) for part in self._heard[:2])
        self._told = np.zeros((len(context), len(self._first)), np.float32)

    def mixture(self, rank: int, gene: int) -> Rows:
        """Return the mixtures of a gene, once all before it were told.

        Args:
            rank: its place in the order, from 0.
            gene: which it is.

        Returns:
            Log weight, centre and width of each part, shape (rows, parts, 3).
        """
        # Units stand in the order of their degrees.
        first, end = np.searchsorted(self._degrees, [rank, rank + 1])
        new, known = slice(first, end), slice(0, end)
        below = self._heard[0][:, new] + self._told @ self._first[:, new]
        self._one[:, new] = np.maximum(below, 0)
        below = self._heard[1][:, new] + self._one[:, known] @ self._second[known, new]
        self._two[:, new] = np.maximum(below, 0)
        parts = self._layer.parts
        own = slice(3 * parts * gene, 3 * parts * (gene + 1))
        numbers = self._heard[2][:, own] + self._two[:, known] @ self._last[known, own]
        raw = (numbers + self._told @ self._straight[:, own]).reshape(-1, parts, 3)
        weights = raw[..., 0] - np.logaddexp.reduce(raw[..., 0], axis=-1, keepdims=True)
        widths = NARROWEST + WIDTH * np.logaddexp(0, raw[..., 2])
        return np.stack([weights, self._places(raw[..., 1], gene), widths], axis=-1)

    def tell(self, gene: int, drawn: NDArray[np.floating]) -> None:
        """Take what was drawn, shape (rows,)."""
        x = drawn.astype(np.float32)
        turns, signed = 2 * np.pi * x, 2 * x - 1
        told = [signed, np.sin(turns), np.cos(turns), signed * np.abs(signed), np.cos(2 * turns)]
        self._told[:, TOLD * gene : TOLD * (gene + 1)] = np.stack(told, axis=-1)

    def _places(self, raw: Rows, gene: int) -> Rows:
        if self._layer.note is not None and int(self._layer.note[0]) == gene:
            _, low, high = self._layer.note
            heard = (NOTES * self._note - low) / (high - low)
            return np.asarray(np.clip(heard + REACH * raw, 0, 1))
        return np.asarray(0.5 * (1 + np.tanh((raw + starts(self._layer.parts)) / 2)))
