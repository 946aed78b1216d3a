"""A simple baseline: dense layers on audio features."""

from typing import Any, ClassVar

from networks.base import AudioFormat, Network
from networks.layers import normalised


class FeaturesMlp(Network):
    """Two dense layers on librosa's features; a baseline that ignores the raw audio.

    Args:
        dense: units of each layer.
    """

    features: ClassVar[bool] = True

    def __init__(self, *, dense: int = 256) -> None:
        self._dense = dense

    def body(self, sound: Any, features: Any, audio: AudioFormat) -> Any:  # noqa: ARG002
        """Connect two dense layers."""
        import keras

        found = normalised(features)
        for _ in range(2):
            found = keras.layers.Dense(self._dense, activation="relu")(found)
        return found
