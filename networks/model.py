"""A network as a Keras model: from audio to a histogram for every gene."""

import json
import os
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.base import AudioFormat, Network
from networks.inputs import computed_for_model, inputs_for, inputs_of, names_of
from strategies.proposal import Proposal

BINS = 64
# Standard deviation, in bins, of the soft histogram of a true gene.
_SOFTNESS = 0.75


def prepare(threads: int, seed: int) -> None:
    """Make TensorFlow deterministic: a fixed number of threads and a seed.

    Sums are split among threads, and floating-point sums depend on how they are split. Training
    amplifies the difference: the same seed with another number of threads gives another network.

    Args:
        threads: that an operation may use.
        seed: of initial weights and of layers that draw at random.

    Raises:
        RuntimeError: if TensorFlow already runs with another number of threads in this process; it
            cannot be changed after the first operation.
    """
    with _quiet():
        import keras
        import tensorflow as tf

    tf.get_logger().setLevel("ERROR")
    threading = tf.config.threading
    if threading.get_intra_op_parallelism_threads() != threads:
        threading.set_intra_op_parallelism_threads(threads)
        threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(seed)


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence standard error: TensorFlow logs to it before its log level can be set."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    kept = os.dup(2)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def build(
    network: Network, audio: AudioFormat, circular: Sequence[bool], bins: int = BINS, parts: int = 3
) -> Any:
    """Build a model from inputs to logits, shape (batch, genes, bins).

    Args:
        network: the architecture.
        audio: the format it receives.
        circular: which genes are circular.
        bins: of the histograms.
        parts: of the mixture of each gene.
    """
    import keras

    from networks.histograms import Mixture

    sound, found = inputs_for(network, audio)
    latent = network.body(sound, found, audio)
    numbers = keras.layers.Dense(Mixture.numbers(len(circular), parts), name="numbers")(latent)
    inputs = [one for one in (sound, found) if one is not None]
    return keras.Model(inputs, Mixture(list(circular), bins, parts, name="histograms")(numbers))


def load(path: Path) -> Any:
    """Load a model in Keras's safe mode.

    Raises:
        ValueError: if the file is not a model, is damaged, or contains code.
    """
    import keras

    # Registers the custom layer with Keras, or safe mode refuses it.
    from networks import autoregressive, histograms  # noqa: F401

    try:
        return keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # whatever the archive or a layer in it raises
        # Keras begins with the outermost layer, and ends with what went wrong.
        line = str(error).strip().split("\n")[-1][:200]
        raise ValueError(
            f"{path} is not a model that can be loaded{_versions(path)}: {line}"
        ) from None


def _versions(path: Path) -> str:
    """Say which Keras wrote a model, if it was another one."""
    import keras

    try:
        with zipfile.ZipFile(path) as archive:
            written = str(json.loads(archive.read("metadata.json"))["keras_version"])
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return ""
    if written == keras.__version__:
        return ""
    return f" (written by Keras {written}, read by {keras.__version__})"


def given_of(
    model: Any, sounds: NDArray[np.float32], audio: AudioFormat
) -> dict[str, NDArray[np.float32]]:
    """Return what a model is given of sounds, shape (n, samples)."""
    return {"sound": sounds, "computed": computed_for_model(model).of(sounds, audio)}


def model_inputs(model: Any, sounds: NDArray[np.float32], audio: AudioFormat) -> list[Any]:
    """Return the inputs of a model without a joint layer, for sounds, shape (n, samples)."""
    return inputs_of(names_of(model), given_of(model, sounds, audio))


def fit_to_format(
    sound: NDArray[np.float32], sample_rate: int, audio: AudioFormat
) -> tuple[NDArray[np.float32], list[str]]:
    """Convert a sound to the format that a network receives; the target itself is not changed.

    Returns:
        The sound, shape (samples,), and a description of every change.
    """
    changes = []
    if sample_rate != audio.sample_rate:
        from scipy.signal import resample_poly

        sound = resample_poly(sound.astype(np.float64), audio.sample_rate, sample_rate)
        changes.append(f"resampled from {sample_rate} Hz to {audio.sample_rate} Hz")
    if len(sound) > audio.samples:
        changes.append(f"cut to its first {audio.seconds:g} s")
    elif len(sound) < audio.samples:
        changes.append(f"padded with silence to {audio.seconds:g} s")
    fitted = np.zeros(audio.samples, dtype=np.float32)
    fitted[: len(sound)] = sound[: audio.samples]
    return fitted, changes


def predictor(model: Any) -> Any:
    """Make a compiled function from inputs to probabilities, shape (batch, genes, bins).

    ``model.predict`` takes a tenth of a second for one sound, most of it overhead.
    """
    import tensorflow as tf

    @tf.function(reduce_retracing=True)
    def predict(inputs: Any) -> Any:
        return tf.nn.softmax(model(inputs, training=False))

    return lambda inputs: predict([tf.convert_to_tensor(one) for one in inputs]).numpy()


def to_proposal(probabilities: NDArray[np.float32], circular: Sequence[bool]) -> Proposal:
    """Turn a model's probabilities for one sound, shape (genes, bins), into a proposal."""
    p = np.asarray(probabilities, dtype=np.float64)
    return Proposal(p / p.sum(axis=1, keepdims=True), np.array(circular, dtype=bool))


def soft_bins(genes: Any, circular: Any, bins: int = BINS) -> Any:
    """Turn true genes, shape (batch, genes), into soft histograms, shape (batch, genes, bins).

    Neighbouring bins get some probability too, across the ends if the gene is circular. A
    prediction that is one bin off then costs less than one that is ten bins off. Source: Imani &
    White (2018).

    Args:
        genes: a tensor in [0, 1].
        circular: which genes are circular, booleans of shape (genes,).
        bins: number of bins.
    """
    import tensorflow as tf

    centres = (tf.range(bins, dtype=tf.float32) + 0.5) / bins
    apart = tf.abs(centres - tf.cast(genes, tf.float32)[..., None])
    apart = tf.where(tf.constant(circular)[:, None], tf.minimum(apart, 1 - apart), apart)
    weights = tf.exp(-0.5 * tf.square(apart * bins / _SOFTNESS))
    return weights / tf.reduce_sum(weights, axis=-1, keepdims=True)


def negative_log_likelihood(logits: Any, genes: Any, circular: Any) -> Any:
    """Compute the cross-entropy of true genes, shape (batch,), in bits, averaged over genes.

    Flat histograms score 0; every bit of information per gene lowers the score by 1.
    """
    import tensorflow as tf

    bins = logits.shape[-1]
    wanted = soft_bins(genes, circular, bins)
    entropy = -tf.reduce_sum(wanted * tf.nn.log_softmax(logits), axis=-1)
    return (tf.reduce_mean(entropy, axis=-1) - np.log(bins)) / np.log(2)


def gradients(
    model: Any, inputs: list[Any], genes: NDArray[np.float64], circular: Sequence[bool]
) -> dict[str, Any]:
    """Give the gradient of the likelihood by each weight, by the weight's name; None if none."""
    import tensorflow as tf

    with tf.GradientTape() as tape:
        logits = model([tf.constant(one) for one in inputs], training=True)
        loss = tf.reduce_mean(negative_log_likelihood(logits, genes, circular))
    slopes = tape.gradient(loss, model.trainable_variables)
    names = [variable.path for variable in model.trainable_variables]
    return {
        name: None if slope is None else slope.numpy()
        for name, slope in zip(names, slopes, strict=True)
    }


def soft_point(logits: Any, circular: Any) -> Any:
    """Compute a differentiable point from histograms: shape (batch, genes), in [0, 1].

    It is the mean of each gene, or the circular mean of a circular gene.
    """
    import tensorflow as tf

    bins = logits.shape[-1]
    p = tf.nn.softmax(logits)
    centres = (tf.range(bins, dtype=tf.float32) + 0.5) / bins
    mean = tf.reduce_sum(p * centres, axis=-1)
    angle = 2 * np.pi * centres
    x, y = (tf.reduce_sum(p * part, axis=-1) for part in (tf.cos(angle), tf.sin(angle)))
    # At the centre of the circle neither direction nor gradient is defined.
    direction = tf.atan2(y, x + tf.where(tf.abs(x) + tf.abs(y) < 1e-6, 1e-6, 0.0)) / (2 * np.pi)
    return tf.where(tf.constant(circular), tf.math.floormod(direction, 1.0), mean)
