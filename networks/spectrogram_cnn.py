"""Convolutions over a spectrogram."""

from typing import Any

from networks.base import AudioFormat, Network
from networks.layers import convolutions, mel_image


class SpectrogramCnn(Network):
    """Blocks of convolutions over a mel spectrogram, then a dense layer.

    The frequency axis is not pooled away: the frequency of a partial matters. Source: Barkan,
    Tsiris, Katz & Koenigstein (2019), with fewer layers.

    Args:
        bands: mel bands of the spectrogram.
        filters: filters of each block; 16, 32, 64, 64 if not given.
        dense: units of the last layer.
    """

    def __init__(
        self, *, bands: int = 96, filters: list[int] | None = None, dense: int = 384
    ) -> None:
        self._bands, self._dense = bands, dense
        self._filters = tuple(filters or (16, 32, 64, 64))

    def body(self, sound: Any, features: Any, audio: AudioFormat) -> Any:  # noqa: ARG002
        """Connect spectrogram, convolutions and a dense layer."""
        import keras

        hop = max(1, audio.samples // 64)
        image = mel_image(sound, audio, self._bands, 2048, hop)
        found = keras.layers.Flatten()(convolutions(image, self._filters))
        return keras.layers.Dense(self._dense, activation="relu")(found)
