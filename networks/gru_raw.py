"""Stacked GRUs on the raw buffer."""

from typing import Any, ClassVar

from networks.base import Hearing, Network
from networks.layers import framed


class GruRaw(Network):
    """Two GRU layers over frames of the raw buffer.

    Source: Cho et al. (2014); on raw frames as the notes' first model.

    Args:
        frame: milliseconds of a frame.
        units: of each recurrent layer.
        dense: units of the last layer.
    """

    cell: ClassVar[str] = "GRU"

    def __init__(self, *, frame: float = 10.0, units: int = 96, dense: int = 256) -> None:
        self._frame, self._units, self._dense = frame, units, dense

    def body(self, sound: Any, features: Any, hearing: Hearing) -> Any:  # noqa: ARG002
        """Frames, what is in each, two recurrent layers, dense."""
        import keras

        layer = getattr(keras.layers, self.cell)
        frames = keras.layers.Dense(128, activation="relu")(framed(sound, hearing, self._frame))
        found = layer(self._units, return_sequences=True)(frames)
        return keras.layers.Dense(self._dense, activation="relu")(layer(self._units)(found))
