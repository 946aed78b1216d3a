"""Layers that several architectures begin with."""

from typing import Any

from networks.base import Hearing

# What normalisation remembers of the batches before: Keras's 0.99 still remembers the first one
# after a short training, and predicts as if its layers were those of the beginning.
_MOMENTUM = 0.9


def mel_image(sound: Any, hearing: Hearing, bands: int, frame: int, hop: int) -> Any:
    """A spectrogram image, shape (batch, bands, frames, 1): levels, 0 at −20 dB, 1 at +20 dB.

    Keras limits levels to ``top_db`` below the loudest of a whole batch, which would let a sound
    depend on its neighbours: that is switched off.
    """
    import keras

    levels = keras.layers.MelSpectrogram(
        fft_length=frame,
        sequence_stride=hop,
        sampling_rate=hearing.sample_rate,
        num_mel_bins=bands,
        min_freq=20.0,
        max_freq=hearing.sample_rate / 2,
        mag_exp=2.0,
        min_power=1e-8,
        top_db=1000.0,
    )(sound)
    image = keras.layers.Rescaling(1 / 40, offset=0.5)(levels)
    return keras.layers.Reshape((*image.shape[1:], 1))(image)


def framed(sound: Any, hearing: Hearing, milliseconds: float) -> Any:
    """The raw buffer cut into frames, shape (batch, frames, samples a frame).

    Sample by sample a recurrent layer would take forty times as long and forget as much.
    """
    import keras

    size = max(1, round(hearing.sample_rate * milliseconds / 1000))
    frames = hearing.samples // size
    cut = keras.layers.Cropping1D((0, hearing.samples - frames * size))(
        keras.layers.Reshape((hearing.samples, 1))(sound)
    )
    return keras.layers.Reshape((frames, size))(cut)


def convolutions(image: Any, filters: tuple[int, ...]) -> Any:
    """Blocks of strided convolution, normalisation, ReLU; each halves the image both ways."""
    import keras

    for count in filters:
        image = keras.layers.Conv2D(count, 3, 2, padding="same", use_bias=False)(image)
        image = keras.layers.BatchNormalization(momentum=_MOMENTUM)(image)
        image = keras.layers.ReLU()(image)
    return image


def normalised(features: Any) -> Any:
    """Features, each with about the same spread."""
    import keras

    return keras.layers.BatchNormalization(momentum=_MOMENTUM)(features)
