"""Stacked GRUs on raw audio."""

from typing import Any, ClassVar

from networks.base import AudioFormat, Network
from networks.layers import framed


class GruRaw(Network):
    """Two GRU layers over frames of raw audio.

    Source: Cho et al. (2014).

    Args:
        frame: length of a frame in milliseconds.
        units: units of each recurrent layer.
        dense: units of the last layer.
    """

    cell: ClassVar[str] = "GRU"

    def __init__(self, *, frame: float = 10.0, units: int = 96, dense: int = 256) -> None:
        self._frame, self._units, self._dense = frame, units, dense

    def body(self, sound: Any, features: Any, audio: AudioFormat) -> Any:  # noqa: ARG002
        """Connect frames, a dense layer per frame, two recurrent layers and a dense layer."""
        import keras

        layer = getattr(keras.layers, self.cell)
        frames = keras.layers.Dense(128, activation="relu")(framed(sound, audio, self._frame))
        found = layer(self._units, return_sequences=True)(frames)
        return keras.layers.Dense(self._dense, activation="relu")(layer(self._units)(found))
