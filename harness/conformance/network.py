"""What the harness counts on in a network: a histogram for every gene, from a file as from memory.

TensorFlow is started for it: the first check takes seconds.
"""

import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from harness.conformance.subject import Check, Subject, want, want_array
from networks.base import AudioFormat
from networks.model import (
    BINS,
    build,
    gradients,
    load,
    model_inputs,
    predictor,
    prepare,
)
from synth.subtractive.voice import Subtractive

_AUDIO = AudioFormat(8_000, 4_000)
_SOUNDS = 3


def _made(subject: Subject) -> str:
    """It can be made, and its layers connected.

    Return from body a Keras tensor of shape (batch, size), made from what it is given.
    """
    return f"{_model(subject).count_params():,} weights"


def _histograms(subject: Subject) -> str:
    """It gives a distribution for every gene of every sound.

    Guard the layers of body against infinite values; normalise what goes in.
    """
    found = _predict(subject)(_inputs(subject))
    want_array(found, (_SOUNDS, len(Subtractive.space), BINS), f"{_SOUNDS} sounds")
    want(np.allclose(found.sum(axis=-1), 1, atol=1e-4), "histograms do not sum to 1")
    return ""


def _alone(subject: Subject) -> str:
    """Its output for a sound does not depend on the others of a batch.

    Use no layer that mixes the sounds of a batch, such as BatchNormalization while training.
    """
    predict = _predict(subject)
    together, alone = predict(_inputs(subject)), predict(_inputs(subject, slice(0, 1)))
    apart = float(np.abs(together[:1] - alone).max())
    want(apart < 1e-4, f"in a batch it differs by {apart:.2g}")
    return ""


def _quiet(subject: Subject) -> str:
    """Silence gives numbers too.

    Guard divisions and logarithms against silence.
    """
    inputs = model_inputs(_model(subject), np.zeros((1, _AUDIO.samples), np.float32), _AUDIO)
    want(np.isfinite(_predict(subject)(inputs)).all(), "gave NaN or infinity for silence")
    return ""


def _kept(subject: Subject) -> str:
    """Saved and loaded in Keras's safe mode, it gives the same.

    Register layers of your own with keras.saving, and use no Lambda.
    """
    model = _model(subject)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        again = load(path)
    before = _predict(subject)(_inputs(subject))
    apart = float(np.abs(before - _predicted(again, subject)).max())
    want(apart < 1e-5, f"after loading it differs by {apart:.2g}")
    return ""


def _again(subject: Subject) -> str:
    """The same seed gives the same weights.

    Leave weights to the initialisers of Keras, which are seeded, and draw nothing else.
    """
    one, other = (_predicted(model, subject) for model in (_model(subject), _built(subject)))
    want(np.array_equal(one, other), "made again from the same seed, it predicts something else")
    return ""


def _learns(subject: Subject) -> str:
    """The likelihood of true genes has a gradient, finite and not zero, by every weight.

    Connect every layer to the output, and use operations that have a gradient.
    """
    genomes, sounds = _examples()
    inputs = model_inputs(_model(subject), sounds, _AUDIO)
    for name, slope in gradients(_model(subject), inputs, genomes, _circular()).items():
        want(slope is not None, f"{name} has no gradient")
        want(np.isfinite(slope).all(), f"{name} has a gradient of NaN")
        want(np.any(slope), f"{name} has a gradient of zero")
    return ""


@lru_cache(maxsize=1)
def _model(subject: Subject) -> Any:
    """The model of a subject, built once for all checks: none of them changes it."""
    return _built(subject)


def _built(subject: Subject) -> Any:
    prepare(1, 0)
    return build(subject.make(), _AUDIO, _circular())


@lru_cache(maxsize=1)
def _predict(subject: Subject) -> Any:
    return predictor(_model(subject))


def _predicted(model: Any, subject: Subject) -> Any:
    return predictor(model)(_inputs(subject))


def _inputs(subject: Subject, some: slice = slice(None)) -> Any:
    return model_inputs(_model(subject), _examples()[1][some], _AUDIO)


def _examples() -> tuple[Any, Any]:
    genomes = np.random.default_rng(0).random((_SOUNDS, len(Subtractive.space)))
    return genomes, Subtractive(_AUDIO.sample_rate, _AUDIO.samples).render(genomes)


def _circular() -> list[bool]:
    return [parameter.circular for parameter in Subtractive.space]


CHECKS: tuple[Check, ...] = (
    _made,
    _histograms,
    _alone,
    _quiet,
    _again,
    _learns,
    _kept,
)
