"""Two heads: one hears the raw buffer, one hears features."""

from typing import Any, ClassVar

from networks.base import Hearing, Network
from networks.layers import framed, normalised


class TwoHeads(Network):
    """Strided convolutions over the raw buffer, and a dense layer over librosa's features.

    Args:
        filters: of the convolutions over the raw buffer.
        dense: units of each head, and of the layer that joins them.
    """

    features: ClassVar[bool] = True

    def __init__(self, *, filters: int = 64, dense: int = 256) -> None:
        self._filters, self._dense = filters, dense

    def body(self, sound: Any, features: Any, hearing: Hearing) -> Any:
        """A head each, joined."""
        import keras

        layers = keras.layers
        raw = layers.Dense(self._filters, activation="relu")(framed(sound, hearing, 4))
        for _ in range(3):
            raw = layers.Conv1D(self._filters, 5, 3, padding="same", activation="relu")(raw)
        raw = layers.Dense(self._dense, activation="relu")(layers.Flatten()(raw))
        heard = layers.Dense(self._dense, activation="relu")(normalised(features))
        joined = layers.Concatenate()([raw, heard])
        return layers.Dense(self._dense, activation="relu")(joined)
