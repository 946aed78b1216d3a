"""Two heads: one for raw audio, one for features."""

from typing import Any, ClassVar

from networks.base import AudioFormat, Network
from networks.layers import framed, normalised


class TwoHeads(Network):
    """Strided convolutions over raw audio, and a dense layer over librosa's features.

    Args:
        filters: filters of each convolution.
        dense: units of each head and of the layer that joins them.
    """

    features: ClassVar[bool] = True

    def __init__(self, *, filters: int = 64, dense: int = 256) -> None:
        self._filters, self._dense = filters, dense

    def body(self, sound: Any, features: Any, audio: AudioFormat) -> Any:
        """Connect both heads and join them."""
        import keras

        layers = keras.layers
        raw = layers.Dense(self._filters, activation="relu")(framed(sound, audio, 4))
        for _ in range(3):
            raw = layers.Conv1D(self._filters, 5, 3, padding="same", activation="relu")(raw)
        raw = layers.Dense(self._dense, activation="relu")(layers.Flatten()(raw))
        found = layers.Dense(self._dense, activation="relu")(normalised(features))
        joined = layers.Concatenate()([raw, found])
        return layers.Dense(self._dense, activation="relu")(joined)
