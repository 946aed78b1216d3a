"""The last layer: a mixture density for each gene, evaluated as the logits of a histogram."""

from typing import Any

import keras
import numpy as np


@keras.saving.register_keras_serializable("ga_synth")
class Mixture(keras.layers.Layer):
    """From numbers, shape (batch, genes · 3 · parts), to logits, shape (batch, genes, bins).

    Each gene has a mixture of logistic densities, each with its own weight, centre and width. It
    can be narrow, wide or have two peaks; those of a circular gene wrap round. Independent logits
    for every bin would need seven times as many outputs and ignore that bins are ordered. Source:
    Bishop (1994); logistic as in Salimans, Karpathy, Chen & Kingma (2017).

    Args:
        circular: which genes are circular.
        bins: of the histograms.
        parts: densities per mixture.
    """

    def __init__(self, circular: list[bool], bins: int, parts: int, **given: Any) -> None:
        super().__init__(**given)
        self.circular, self.bins, self.parts = list(circular), bins, parts

    @staticmethod
    def numbers(genes: int, parts: int) -> int:
        """Count the inputs of the layer."""
        return genes * parts * 3

    def call(self, numbers: Any) -> Any:
        """Evaluate the mixtures at the centre of every bin."""
        ops = keras.ops
        raw = ops.reshape(numbers, (-1, len(self.circular), 1, self.parts, 3))
        start = np.linspace(-1.5, 1.5, self.parts) if self.parts > 1 else np.zeros(1)
        # Stretched a little, so that a centre can reach the ends of the range.
        places = ops.sigmoid(raw[..., 1] + start.astype("float32")) * 1.1 - 0.05
        widths = 1 / self.bins / 2 + ops.softplus(raw[..., 2]) * 0.25
        centres = (np.arange(self.bins, dtype="float32") + 0.5) / self.bins
        apart = ops.abs(centres[:, None] - places)
        circular = np.array(self.circular)[:, None, None]
        # abs(1 - apart) also covers centres a little outside the range.
        turned = ops.minimum(apart, ops.abs(1 - apart))
        z = ops.where(circular, turned, apart) / widths
        densities = -z - 2 * ops.softplus(-z) - ops.log(widths)
        weights = ops.log_softmax(raw[..., 0], axis=-1)
        return ops.logsumexp(weights + densities, axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments to make the layer again."""
        own = {"circular": self.circular, "bins": self.bins, "parts": self.parts}
        return {**super().get_config(), **own}
