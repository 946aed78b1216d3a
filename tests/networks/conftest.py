"""A small hearing, and a synth of two genes whose sound says what they are."""

import numpy as np
import pytest

from fitness.spectrogram import Spectrogram
from networks.base import Hearing, Network
from networks.feed import Stream
from networks.model import build, prepare
from networks.sounding import Sounding
from synth.base import Synth
from synth.space import Parameter, ParameterSpace

HEARING = Hearing(8_000, 1_024)


class Tone(Synth):
    """A sine of some pitch and loudness."""

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
    """One layer over the spectrum of the whole sound."""

    def body(self, sound, features, hearing):
        import keras

        spectrum = keras.layers.STFTSpectrogram(
            mode="log", frame_length=64, frame_step=32, fft_length=512
        )(keras.layers.Reshape((hearing.samples, 1))(sound))
        mean = keras.layers.GlobalAveragePooling1D()(spectrum)
        return keras.layers.Dense(64, activation="relu")(keras.layers.Rescaling(0.2, 1.0)(mean))


@pytest.fixture(scope="session")
def tensorflow():
    """TensorFlow, set up for one thread."""
    prepare(1, 0)
    import tensorflow as tf

    return tf


@pytest.fixture
def tone():
    return Tone(HEARING.sample_rate, HEARING.samples)


@pytest.fixture
def stream(tone):
    return Stream(tone, HEARING, 32, 5, with_features=False)


@pytest.fixture
def sounding(tone):
    return Sounding(tone, lambda sound: Spectrogram(sound, HEARING.sample_rate))


@pytest.fixture
def small(tensorflow):
    """Make the same small model again and again."""

    def make():
        prepare(1, 3)
        return build(Small(), HEARING, [False, False], bins=16)

    return make
