"""Hears a sound of any length through ``networks.ears``."""

from typing import Any, ClassVar

from networks.base import AudioFormat, Network
from networks.ears import LAYOUT, SHAPES

# About the mean of what is heard, and one by its standard deviation.
_USUAL, _SPREAD = 0.25, 4.0


class Listener(Network):
    """Convolutions over levels in time and over partials, joined by dense layers.

    Args:
        filters: of the convolutions.
        dense: units of the layers that join them.
    """

    ears: ClassVar[bool] = True

    def __init__(self, *, filters: int = 128, dense: int = 448) -> None:
        self._filters, self._dense = filters, dense

    def body(self, sound: Any, features: Any, audio: AudioFormat) -> Any:  # noqa: ARG002
        """Connect the layers to what is heard."""
        import keras

        layers, filters = keras.layers, self._filters

        def part(name: str) -> Any:
            taken = (features[:, LAYOUT[name]] - _USUAL) * _SPREAD
            return layers.Reshape(SHAPES[name])(taken) if len(SHAPES[name]) > 1 else taken

        levels = part("levels")
        for width in (filters, filters + filters // 4, filters + filters // 2):
            levels = layers.Conv1D(width, 3, 2, padding="same", activation="relu")(levels)
        partials = layers.Dense(filters + filters // 4, activation="relu")(part("partials"))
        partials = layers.Conv1D(filters, 3, padding="same", activation="relu")(partials)
        rest = [part("loudness"), layers.Flatten()(part("pitch")), layers.Flatten()(part("beats")),
                part("scalars"), part("note")]  # fmt: skip
        joined = layers.Concatenate()(
            [
                layers.Dense(3 * filters, activation="relu")(layers.Flatten()(levels)),
                layers.Dense(3 * filters, activation="relu")(layers.Flatten()(partials)),
                layers.Dense(filters, activation="relu")(layers.Concatenate()(rest)),
            ]
        )
        found = layers.Dense(self._dense, activation="relu")(layers.LayerNormalization()(joined))
        deeper = layers.Dense(self._dense, activation="relu")(found)
        return layers.LayerNormalization()(layers.Add()([found, deeper]))
