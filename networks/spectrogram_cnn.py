"""Convolutions over a spectrogram image."""

from typing import Any

from networks.base import Hearing, Network
from networks.layers import convolutions, mel_image


class SpectrogramCnn(Network):
    """A mel spectrogram as an image, four blocks of convolutions, a dense layer.

    The image keeps its frequency axis to the end: where a partial lies matters as much as that it
    is there. Source: Barkan, Tsiris, Katz & Koenigstein (2019), smaller.

    Args:
        bands: mel bands of the image.
        filters: of the blocks.
        dense: units of the last layer.
    """

    def __init__(
        self, *, bands: int = 96, filters: list[int] | None = None, dense: int = 384
    ) -> None:
        self._bands, self._dense = bands, dense
        self._filters = tuple(filters or (16, 32, 64, 64))

    def body(self, sound: Any, features: Any, hearing: Hearing) -> Any:  # noqa: ARG002
        """Image, convolutions, dense."""
        import keras

        hop = max(1, hearing.samples // 64)
        image = mel_image(sound, hearing, self._bands, 2048, hop)
        found = keras.layers.Flatten()(convolutions(image, self._filters))
        return keras.layers.Dense(self._dense, activation="relu")(found)
