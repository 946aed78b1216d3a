"""A network as a Keras model: what it hears in, a histogram for every gene out."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.base import Hearing, Network
from networks.features import COUNT, features
from strategies.proposal import Proposal

BINS = 64
# How far a true gene reaches into the bins beside its own, in bins.
_SOFTNESS = 0.75


def prepare(threads: int, seed: int) -> None:
    """Set TensorFlow up: so many threads, the same numbers from the same seed.

    Threads can only be set before TensorFlow's first operation in a process.
    """
    with _quiet():
        import keras
        import tensorflow as tf

    tf.get_logger().setLevel("ERROR")
    if tf.config.threading.get_intra_op_parallelism_threads() == 0:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(seed)


@contextmanager
def _quiet() -> Iterator[None]:
    """TensorFlow greets on the standard error before it can be told not to."""
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
    network: Network, hearing: Hearing, circular: Sequence[bool], bins: int = BINS, parts: int = 3
) -> Any:
    """Make a model from what is heard to logits, shape (batch, genes, bins)."""
    import keras

    from networks.histograms import Mixture

    sound = keras.Input((hearing.samples,), name="sound")
    heard = keras.Input((COUNT,), name="features") if network.features else None
    latent = network.body(sound, heard, hearing)
    numbers = keras.layers.Dense(Mixture.numbers(len(circular), parts), name="numbers")(latent)
    inputs = [sound] if heard is None else [sound, heard]
    return keras.Model(inputs, Mixture(list(circular), bins, parts, name="histograms")(numbers))


def load(path: Path) -> Any:
    """Load a model in Keras's safe mode.

    Raises:
        ValueError: if the file is no model, is damaged, or holds code.
    """
    import keras

    # Registers the layer that safe mode then knows.
    from networks import histograms  # noqa: F401

    try:
        return keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # whatever the archive or a layer in it raises
        line = str(error).strip().split("\n")[0][:200]
        raise ValueError(f"{path} is no model that can be loaded: {line}") from None


def heard(sounds: NDArray[np.float32], hearing: Hearing, with_features: bool) -> list[Any]:
    """What a model is called with for sounds, shape (n, samples)."""
    return [sounds, features(sounds, hearing)] if with_features else [sounds]


def fit_to_hearing(
    sound: NDArray[np.float32], sample_rate: int, hearing: Hearing
) -> tuple[NDArray[np.float32], list[str]]:
    """Bring a target to what a network was trained to hear; the target itself is left alone.

    Returns:
        The sound, shape (samples,), and what was done to it, in words.
    """
    said = []
    if sample_rate != hearing.sample_rate:
        from scipy.signal import resample_poly

        sound = resample_poly(sound.astype(np.float64), hearing.sample_rate, sample_rate)
        said.append(f"heard at {hearing.sample_rate} Hz instead of {sample_rate} Hz")
    if len(sound) > hearing.samples:
        said.append(f"only its first {hearing.seconds:g} s are heard")
    elif len(sound) < hearing.samples:
        said.append(f"silence is heard after it, up to {hearing.seconds:g} s")
    fitted = np.zeros(hearing.samples, dtype=np.float32)
    fitted[: len(sound)] = sound[: hearing.samples]
    return fitted, said


def predictor(model: Any) -> Any:
    """A compiled function from inputs to probabilities, shape (batch, genes, bins).

    ``model.predict`` takes a tenth of a second for one sound, most of it for setting up.
    """
    import tensorflow as tf

    @tf.function(reduce_retracing=True)
    def predict(inputs: Any) -> Any:
        return tf.nn.softmax(model(inputs, training=False))

    return lambda inputs: predict([tf.convert_to_tensor(one) for one in inputs]).numpy()


def proposal(probabilities: NDArray[np.float32], circular: Sequence[bool]) -> Proposal:
    """A model's probabilities of one sound, shape (genes, bins), as a proposal."""
    p = np.asarray(probabilities, dtype=np.float64)
    return Proposal(p / p.sum(axis=1, keepdims=True), np.array(circular, dtype=bool))


def soft_bins(genes: Any, circular: Any, bins: int = BINS) -> Any:
    """True genes, shape (batch, genes), as soft histograms, shape (batch, genes, bins).

    A gene reaches a little into the bins beside its own, round the end if it is circular: a bin too
    far is then better than ten, which plain categories would not know. Source: Imani & White
    (2018).

    Args:
        genes: a tensor in [0, 1].
        circular: which genes go round, booleans of shape (genes,).
        bins: how many.
    """
    import tensorflow as tf

    centres = (tf.range(bins, dtype=tf.float32) + 0.5) / bins
    apart = tf.abs(centres - tf.cast(genes, tf.float32)[..., None])
    apart = tf.where(tf.constant(circular)[:, None], tf.minimum(apart, 1 - apart), apart)
    weights = tf.exp(-0.5 * tf.square(apart * bins / _SOFTNESS))
    return weights / tf.reduce_sum(weights, axis=-1, keepdims=True)


def negative_log_likelihood(logits: Any, genes: Any, circular: Any) -> Any:
    """Cross-entropy of true genes, shape (batch,): mean over genes, in bits, 0 if all is flat.

    A model that knows nothing scores 0 and every bit that it knows about a gene takes 1 away.
    """
    import tensorflow as tf

    bins = logits.shape[-1]
    wanted = soft_bins(genes, circular, bins)
    entropy = -tf.reduce_sum(wanted * tf.nn.log_softmax(logits), axis=-1)
    return (tf.reduce_mean(entropy, axis=-1) - np.log(bins)) / np.log(2)


def gradients(
    model: Any, inputs: list[Any], genes: NDArray[np.float64], circular: Sequence[bool]
) -> dict[str, Any]:
    """Slope of the likelihood of true genes by each weight, by the weight's name; None for none."""
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
    """The genome that a histogram means, with a gradient: shape (batch, genes), in [0, 1].

    The mean of a gene; of a circular one the direction of the mean.
    """
    import tensorflow as tf

    bins = logits.shape[-1]
    p = tf.nn.softmax(logits)
    centres = (tf.range(bins, dtype=tf.float32) + 0.5) / bins
    mean = tf.reduce_sum(p * centres, axis=-1)
    angle = 2 * np.pi * centres
    x, y = (tf.reduce_sum(p * part, axis=-1) for part in (tf.cos(angle), tf.sin(angle)))
    # At the middle of the circle there is no direction and no gradient.
    direction = tf.atan2(y, x + tf.where(tf.abs(x) + tf.abs(y) < 1e-6, 1e-6, 0.0)) / (2 * np.pi)
    return tf.where(tf.constant(circular), tf.math.floormod(direction, 1.0), mean)
