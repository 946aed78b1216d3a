"""What a model is given: raw audio, librosa's features, what ears hear, and genes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks import ears, features
from networks.base import AudioFormat, Network

Compute = Callable[[NDArray[np.float32], AudioFormat], NDArray[np.float32]]


def _nothing(sounds: NDArray[np.float32], audio: AudioFormat) -> NDArray[np.float32]:
    del audio
    return np.empty((len(sounds), 0), np.float32)


@dataclass(frozen=True)
class Computed:
    """What is computed of sounds before a model hears them.

    Attributes:
        name: of the model's input; empty if nothing is computed.
        count: how many numbers a sound.
        of: from sounds, shape (n, samples), and their format to shape (n, count).
    """

    name: str
    count: int
    of: Compute


NOTHING = Computed("", 0, _nothing)
FEATURES = Computed("features", features.COUNT, features.features)
EARS = Computed("ears", ears.COUNT, ears.ears)


def computed_for(network: Network | type[Network]) -> Computed:
    """Return what is computed for an architecture."""
    if network.ears:
        return EARS
    return FEATURES if network.features else NOTHING


def inputs_for(network: Network, audio: AudioFormat) -> tuple[Any, Any]:
    """Return the Keras inputs of an architecture: the sound, and what is computed; None if unused.

    Args:
        network: the architecture.
        audio: the format it receives.
    """
    import keras

    computed = computed_for(network)
    sound = None if network.ears else keras.Input((audio.samples,), name="sound")
    found = keras.Input((computed.count,), name=computed.name) if computed.name else None
    return sound, found


def names_of(model: Any) -> list[str]:
    """Return the names of a model's inputs, in their order."""
    return [one.name for one in model.inputs]


def computed_for_model(model: Any) -> Computed:
    """Return what is computed for a model."""
    names = names_of(model)
    return next((one for one in (EARS, FEATURES) if one.name in names), NOTHING)


def inputs_of(names: list[str], given: Mapping[str, Any]) -> list[Any]:
    """Return a model's inputs in its order.

    Args:
        names: of its inputs.
        given: ``sound``, ``genes``, and what was computed, under ``computed``.
    """
    return [given[name] if name in given else given["computed"] for name in names]
