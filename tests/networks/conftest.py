"""A small audio format, and a synth with two genes that can be read off its sound."""

import numpy as np
import pytest

from fitness.spectrogram import Spectrogram
from networks.base import AudioFormat, Network
from networks.batches import BatchFormat, RenderedBatches
from networks.inputs import NOTHING
from networks.model import build, prepare
from networks.sound_distance import SoundDistance
from synth.base import Synth
from synth.space import Parameter, ParameterSpace

AUDIO = AudioFormat(8_000, 1_024)


class Tone(Synth):
    """A sine with a pitch and a level."""

    space = ParameterSpace(
        [
            Parameter("pitch", "pitch", "Hz", 200.0, 2_000.0, "log"),
            Parameter("level", "envelope", "", 0.1, 1.0),
        ]
    )

    def render_block(self, genomes):
        hz, level = self.space.to_values(genomes).T
        phase = 2 * np.pi * hz[:, None] * np.arange(self.samples) / self.sample_rate
        return (level[:, None] * np.sin(phase)).astype(np.float32)


class Small(Network):
    """One layer over the spectrum of the whole sound, with a dropout that draws at random."""

    def __init__(self, *, dropout: float = 0.0) -> None:
        self._dropout = dropout

    def body(self, sound, features, audio):
        import keras

        spectrum = keras.layers.STFTSpectrogram(
            mode="log", frame_length=64, frame_step=32, fft_length=512
        )(keras.layers.Reshape((audio.samples, 1))(sound))
        mean = keras.layers.GlobalAveragePooling1D()(spectrum)
        dense = keras.layers.Dense(64, activation="relu")(keras.layers.Rescaling(0.2, 1.0)(mean))
        return keras.layers.Dropout(self._dropout)(dense) if self._dropout else dense


@pytest.fixture(scope="session")
def tensorflow():
    """TensorFlow with one thread."""
    prepare(1, 0)
    import tensorflow as tf

    return tf


@pytest.fixture
def tone():
    return Tone(AUDIO.sample_rate, AUDIO.samples)


@pytest.fixture
def stream(tone):
    return RenderedBatches(tone, BatchFormat(AUDIO, 32, NOTHING), 5)


@pytest.fixture
def distance(tone):
    return SoundDistance(tone, lambda sound: Spectrogram(sound, AUDIO.sample_rate))


@pytest.fixture
def small(tensorflow):
    """Make the same small model every time."""

    def make(**options):
        prepare(1, 3)
        return build(Small(**options), AUDIO, [False, False], bins=16)

    return make
