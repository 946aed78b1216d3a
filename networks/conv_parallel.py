"""Convolutions over a spectrogram, then a dense and a recurrent layer in parallel."""

from typing import Any

from networks.base import AudioFormat, Network
from networks.layers import convolutions, mel_image


class ConvParallel(Network):
    """Convolutions over a mel spectrogram, then a dense and a recurrent layer in parallel.

    Args:
        bands: mel bands of the spectrogram.
        units: units of the recurrent layer.
        dense: units of the dense layer.
    """

    def __init__(self, *, bands: int = 96, units: int = 96, dense: int = 256) -> None:
        self._bands, self._units, self._dense = bands, units, dense

    def body(self, sound: Any, features: Any, audio: AudioFormat) -> Any:  # noqa: ARG002
        """Connect spectrogram, convolutions and both branches."""
        import keras

        layers = keras.layers
        hop = max(1, audio.samples // 64)
        image = convolutions(mel_image(sound, audio, self._bands, 2048, hop), (16, 32, 64))
        at_once = layers.Dense(self._dense, activation="relu")(layers.Flatten()(image))
        # Time first: (bands, frames, filters) becomes (frames, bands · filters).
        turned = layers.Permute((2, 1, 3))(image)
        bands, filters = turned.shape[2:]
        in_time = layers.GRU(self._units)(layers.Reshape((-1, bands * filters))(turned))
        return layers.Concatenate()([at_once, in_time])
