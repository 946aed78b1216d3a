"""First layers that several architectures share."""

from typing import Any

from networks.base import AudioFormat

# Keras's default of 0.99 is too slow for short training: predictions would still use the moments of
# the first batches.
_MOMENTUM = 0.9


def mel_image(sound: Any, audio: AudioFormat, bands: int, frame: int, hop: int) -> Any:
    """Compute a mel spectrogram, shape (batch, bands, frames, 1): 0 at −20 dB, 1 at +20 dB.

    Keras limits levels to ``top_db`` below the loudest in the batch, so that a sound would depend
    on its neighbours. The large value switches that off.
    """
    import keras

    levels = keras.layers.MelSpectrogram(
        fft_length=frame,
        sequence_stride=hop,
        sampling_rate=audio.sample_rate,
        num_mel_bins=bands,
        min_freq=20.0,
        max_freq=audio.sample_rate / 2,
        mag_exp=2.0,
        min_power=1e-8,
        top_db=1000.0,
    )(sound)
    image = keras.layers.Rescaling(1 / 40, offset=0.5)(levels)
    return keras.layers.Reshape((*image.shape[1:], 1))(image)


def framed(sound: Any, audio: AudioFormat, milliseconds: float) -> Any:
    """Cut raw audio into frames, shape (batch, frames, samples per frame).

    A recurrent layer over single samples would be forty times slower and forget much more.
    """
    import keras

    size = max(1, round(audio.sample_rate * milliseconds / 1000))
    frames = audio.samples // size
    cut = keras.layers.Cropping1D((0, audio.samples - frames * size))(
        keras.layers.Reshape((audio.samples, 1))(sound)
    )
    return keras.layers.Reshape((frames, size))(cut)


def convolutions(image: Any, filters: tuple[int, ...]) -> Any:
    """Apply blocks of strided convolution, normalisation and ReLU; each halves both axes."""
    import keras

    for count in filters:
        image = keras.layers.Conv2D(count, 3, 2, padding="same", use_bias=False)(image)
        image = keras.layers.BatchNormalization(momentum=_MOMENTUM)(image)
        image = keras.layers.ReLU()(image)
    return image


def normalised(features: Any) -> Any:
    """Normalise features to about the same spread."""
    import keras

    return keras.layers.BatchNormalization(momentum=_MOMENTUM)(features)
