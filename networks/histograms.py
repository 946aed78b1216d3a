"""The last layer: a mixture for each gene, read off as the logits of a histogram."""

from typing import Any

import keras
import numpy as np


@keras.saving.register_keras_serializable("ga_synth")
class Mixture(keras.layers.Layer):
    """From numbers, shape (batch, genes · 3 · parts), to logits, shape (batch, genes, bins).

    Every gene has a mixture of logistic densities, each with a weight, a place and a width of its
    own, so that it can be sure, unsure, or torn between two; a circular gene's go round the end.
    Free logits for every bin would have seven times as many numbers to learn, none of which knows
    its neighbours. Source: Bishop (1994); logistic as in Salimans, Karpathy, Chen & Kingma (2017).

    Args:
        circular: which genes go round.
        bins: of the histograms.
        parts: of each mixture.
    """

    def __init__(self, circular: list[bool], bins: int, parts: int, **given: Any) -> None:
        super().__init__(**given)
        self.circular, self.bins, self.parts = list(circular), bins, parts

    @staticmethod
    def numbers(genes: int, parts: int) -> int:
        """How many numbers it is given."""
        return genes * parts * 3

    def call(self, numbers: Any) -> Any:
        """Read the mixtures off at the middle of every bin."""
        ops = keras.ops
        raw = ops.reshape(numbers, (-1, len(self.circular), 1, self.parts, 3))
        start = np.linspace(-1.5, 1.5, self.parts) if self.parts > 1 else np.zeros(1)
        # Stretched, so that an end of the range can be reached.
        places = ops.sigmoid(raw[..., 1] + start.astype("float32")) * 1.1 - 0.05
        widths = 1 / self.bins / 2 + ops.softplus(raw[..., 2]) * 0.25
        centres = (np.arange(self.bins, dtype="float32") + 0.5) / self.bins
        apart = ops.abs(centres[:, None] - places)
        circular = np.array(self.circular)[:, None, None]
        # Twice round: a place may lie a little outside.
        turned = ops.minimum(apart, ops.abs(1 - apart))
        z = ops.where(circular, turned, apart) / widths
        densities = -z - 2 * ops.softplus(-z) - ops.log(widths)
        weights = ops.log_softmax(raw[..., 0], axis=-1)
        return ops.logsumexp(weights + densities, axis=-1)

    def get_config(self) -> dict[str, Any]:
        """What it is made again from."""
        own = {"circular": self.circular, "bins": self.bins, "parts": self.parts}
        return {**super().get_config(), **own}
