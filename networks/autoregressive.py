"""The joint last layer: every gene's density depends on the sound and on the genes before it.

Knobs depend on each other: two oscillators may swap, and a cutoff that opens makes up for a sweep
that closes. Draws gene by gene mix halves of different answers. Here the density of a genome is
the product of its genes' densities, each given all genes before it. Masks keep the later ones out
(Germain, Gregor, Murray & Larochelle, MADE, 2015); each density is a mixture of logistics, as in
``networks.histograms``, cut off at the ends of the range, or wrapped round if the gene is circular.
"""

from typing import Any, NamedTuple

import keras
import numpy as np
from numpy.typing import NDArray

from networks.mixtures import NARROWEST, NOTES, REACH, TOLD, WIDTH, starts


class Arrays(NamedTuple):
    """The weights of the layer.

    Attributes:
        heard: from the context to both hidden layers and the numbers.
        biases: of the same.
        masked: from genes to the first hidden layer, to the second, to the numbers, and from genes
            straight to the numbers.
        degrees: before which gene in the order each hidden unit knows all, shape (units,), rising.
    """

    heard: list[NDArray[np.float32]]
    biases: list[NDArray[np.float32]]
    masked: list[NDArray[np.float32]]
    degrees: NDArray[np.int64]


@keras.saving.register_keras_serializable("ga_synth")
class Autoregressive(keras.layers.Layer):
    """From a context, genes and a note to the mixtures of each gene, given the genes before it.

    Args:
        circular: which genes are circular.
        parts: logistics of a mixture.
        units: of both hidden layers.
        note: the gene that is the note, with the MIDI notes at its ends; its mixture is placed
            around the note that is heard. None if there is no such gene.
    """

    def __init__(
        self,
        circular: list[bool],
        parts: int = 5,
        units: int = 512,
        note: list[float] | None = None,
        last: list[int] | None = None,
        **given: Any,
    ) -> None:
        super().__init__(**given)
        self.circular, self.parts, self.units, self.note = list(circular), parts, units, note
        self.last = list(last or [])
        genes = len(self.circular)
        self.order = np.argsort([i in self.last for i in range(genes)], kind="stable").tolist()
        ranks = np.argsort(self.order)
        told = np.repeat(ranks, TOLD)
        # A hidden unit of degree d knows the genes before number d.
        degrees = self._degrees = 1 + np.arange(units) * max(1, genes - 1) // units
        asked = np.repeat(ranks, 3 * parts)
        self._masks = [
            (told[:, None] < degrees).astype("float32"),
            (degrees[:, None] <= degrees).astype("float32"),
            (degrees[:, None] <= asked).astype("float32"),
            (told[:, None] < asked).astype("float32"),
        ]

    def build(self, context_shape: Any, genes_shape: Any, note_shape: Any) -> None:  # noqa: ARG002
        """Make the weights, given the shapes of what the layer is called with."""
        units = self.units
        out, told = (len(self.circular) * each for each in (3 * self.parts, TOLD))
        each = {"initializer": "he_normal", "trainable": True}
        small = {"initializer": keras.initializers.VarianceScaling(0.1), "trainable": True}
        self._first = self.add_weight(name="first", shape=(told, units), **each)
        self._second = self.add_weight(name="second", shape=(units, units), **each)
        self._last = self.add_weight(name="last", shape=(units, out), **small)
        self._straight = self.add_weight(name="straight", shape=(told, out), **small)
        self._heard = [
            self.add_weight(name=f"heard_{i}", shape=(context_shape[-1], width), **kind)
            for i, (width, kind) in enumerate(((units, each), (units, each), (out, small)))
        ]
        self._biases = [
            self.add_weight(name=f"bias_{i}", shape=(width,), initializer="zeros", trainable=True)
            for i, width in enumerate((units, units, out))
        ]

    def call(self, context: Any, genes: Any, note: Any) -> Any:
        """Return weight, centre and width of each part, shape (batch, genes, parts, 3).

        Args:
            context: what was heard, shape (batch, any).
            genes: in [0, 1], shape (batch, genes).
            note: the MIDI note that was heard, divided by 128, shape (batch, 1).
        """
        ops = keras.ops
        first, second, last, straight = self._masks
        x = self._told(genes)
        heard = [context @ one + bias for one, bias in zip(self._heard, self._biases, strict=True)]
        hidden = ops.relu(heard[0] + x @ (self._first * first))
        hidden = ops.relu(heard[1] + hidden @ (self._second * second))
        numbers = heard[2] + hidden @ (self._last * last) + x @ (self._straight * straight)
        raw = ops.reshape(numbers, (-1, len(self.circular), self.parts, 3))
        places = self._places(raw[..., 1], note)
        widths = NARROWEST + WIDTH * ops.softplus(raw[..., 2])
        weights = ops.log_softmax(raw[..., 0], axis=-1)
        return ops.stack([weights, places, widths], axis=-1)

    def arrays(self) -> Arrays:
        """Return the weights as NumPy arrays, without what masks keep out."""
        plain = [keras.ops.convert_to_numpy(one) for one in (*self._heard, *self._biases)]
        masked = [
            keras.ops.convert_to_numpy(weight) * mask
            for weight, mask in zip(self._masked, self._masks, strict=True)
        ]
        return Arrays(plain[:3], plain[3:], masked, self._degrees)

    def prune(self) -> None:
        """Set the weights that masks keep out to zero."""
        for weight, mask in zip(self._masked, self._masks, strict=True):
            weight.assign(weight * mask)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments to make the layer again."""
        own = {"circular": self.circular, "parts": self.parts, "units": self.units}
        return {**super().get_config(), **own, "note": self.note, "last": self.last}

    def _told(self, genes: Any) -> Any:
        ops = keras.ops
        turns = 2 * np.pi * genes
        parts = [2 * genes - 1]
        parts += [ops.sin(turns), ops.cos(turns), parts[0] * ops.abs(parts[0]), ops.cos(2 * turns)]
        return ops.reshape(ops.stack(parts, axis=-1), (-1, len(self.circular) * TOLD))

    @property
    def _masked(self) -> tuple[Any, ...]:
        return self._first, self._second, self._last, self._straight

    def _places(self, raw: Any, note: Any) -> Any:
        """Where the parts are: spread out at first, or around the note that is heard."""
        ops = keras.ops
        places = ops.sigmoid(raw + starts(self.parts))
        if self.note is None:
            return places
        gene, low, high = self.note
        heard = (NOTES * note - low) / (high - low)
        own = np.zeros((len(self.circular), 1), "float32")
        own[int(gene)] = 1.0
        around = ops.clip(heard[:, None] + REACH * raw, 0.0, 1.0)
        return places * (1 - own) + around * own
