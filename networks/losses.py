"""Losses that training minimises. Each works with every architecture.

A synth has no gradient. ``KnobLoss`` needs none, because it compares genes. ``SoundLoss`` estimates
one from renders around the prediction. ``PolicyGradientLoss`` makes draws that sound close more
likely.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from common.random import generator
from networks.mixtures import bits
from networks.model import negative_log_likelihood, soft_point

# From genomes, shape (n, k, genes), and sounds, shape (n, samples), to distances, shape (n, k).
DistanceFunction = Callable[[NDArray[np.float64], NDArray[np.float32]], NDArray[np.float64]]
_TINY = 1e-6


class Loss(ABC):
    """The loss of a batch. Keyword-only arguments of a subclass are its options.

    Attributes:
        needs_sound: whether it renders predictions, so that sounds without known genes are useful.
        joint: whether the model gives the mixtures of ``networks.autoregressive``, not logits.
        clip: the largest norm of a gradient.

    Args:
        circular: which genes are circular.
        distances: renders genomes and scores them.
        seed: of random draws.
    """

    needs_sound: ClassVar[bool] = True
    joint: ClassVar[bool] = False
    clip: ClassVar[float] = 1.0

    def __init__(self, circular: Sequence[bool], distances: DistanceFunction, seed: int) -> None:
        self.circular = list(circular)
        self.distances = distances
        self.seed = seed

    @abstractmethod
    def loss(self, logits: Any, genes: Any, sounds: Any, step: Any) -> Any:
        """Compute the loss of a batch, a scalar tensor with a gradient.

        Args:
            logits: shape (batch, genes, bins); for a joint loss mixtures, (batch, genes, parts, 3).
            genes: the true genes, shape (batch, genes); NaN for sounds whose genes are unknown.
            sounds: shape (batch, samples).
            step: number of the training step, an integer tensor.
        """


class KnobLoss(Loss):
    """Negative log-likelihood of the true genes, in bits per gene; 0 for a flat histogram.

    The distance between predicted and true genes would be a worse loss: two settings may give the
    same sound while their mean gives another.
    """

    needs_sound = False

    def loss(self, logits: Any, genes: Any, sounds: Any, step: Any) -> Any:  # noqa: ARG002
        """Compute the mean cross-entropy."""
        import tensorflow as tf

        return tf.reduce_mean(negative_log_likelihood(logits, genes, self.circular))


class JointLoss(Loss):
    """Negative log-likelihood of the true genome, in bits per gene; 0 for a flat density."""

    needs_sound = False
    joint = True
    clip = 10.0

    def loss(self, logits: Any, genes: Any, sounds: Any, step: Any) -> Any:  # noqa: ARG002
        """Compute the mean, given the mixtures of every gene."""
        import tensorflow as tf

        return tf.reduce_mean(bits(logits, genes, self.circular))


class SoundLoss(Loss):
    """Distance between the rendered prediction and the sound, for any synth.

    The gradient with respect to the genes is estimated from renders on both sides of the
    prediction, all genes moving at once, each with a random sign (simultaneous perturbation, Spall
    1992). The chain rule carries it on through the network. The loss is log2 of the distance, so
    that every sound counts alike: a difference of 1 means twice the distance.

    Args:
        circular: which genes are circular.
        distances: renders genomes and scores them.
        seed: of the signs.
        directions: perturbations per example, two renders each; more reduce the gradient's noise.
        reach: how far they move the genes.
        each_gene: move each gene on its own, to one side, in place of ``directions``: one render
            more than there are genes, and a gradient without the noise of random signs.
        likelihood: weight of an added ``KnobLoss``, for sounds whose genes are known.
    """

    def __init__(
        self,
        circular: Sequence[bool],
        distances: DistanceFunction,
        seed: int,
        *,
        directions: int = 8,
        reach: float = 0.02,
        each_gene: bool = False,
        likelihood: float = 0.0,
    ) -> None:
        super().__init__(circular, distances, seed)
        self.directions, self.reach, self.likelihood = directions, reach, likelihood
        self._estimate = self._differences if each_gene else self._perturbed

    def loss(self, logits: Any, genes: Any, sounds: Any, step: Any) -> Any:
        """Give a loss whose gradient with respect to the prediction is the estimated one."""
        import tensorflow as tf

        point = soft_point(logits, self.circular)
        gradient, value = tf.numpy_function(
            self._estimate, [point, sounds, step], [tf.float32, tf.float32]
        )
        gradient = tf.stop_gradient(tf.ensure_shape(gradient, point.shape))
        through = tf.reduce_mean(tf.reduce_sum(gradient * point, axis=-1))
        # Its value is the distance, its gradient that of the product.
        loss = through + tf.stop_gradient(tf.reduce_mean(value) - through)
        if self.likelihood:
            # The genes of recordings are unknown.
            known = tf.reduce_all(tf.math.is_finite(genes), axis=-1)
            bits = negative_log_likelihood(
                logits, tf.where(known[:, None], genes, 0.5), self.circular
            )
            count = tf.maximum(tf.reduce_sum(tf.cast(known, tf.float32)), 1.0)
            loss += self.likelihood * tf.reduce_sum(tf.where(known, bits, 0.0)) / count
        return loss

    def _perturbed(
        self, point: NDArray[np.float32], sounds: NDArray[np.float32], step: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        random = generator("sound loss perturbations", self.seed, int(step))
        signs = random.choice([-1.0, 1.0], (len(point), self.directions, point.shape[1]))
        moves = np.asarray(signs * self.reach, dtype=np.float64)
        return estimated_gradient(self.distances, point, sounds, moves, self.circular)

    def _differences(
        self,
        point: NDArray[np.float32],
        sounds: NDArray[np.float32],
        step: int,  # noqa: ARG002
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        return forward_differences(self.distances, point, sounds, self.reach, self.circular)


def forward_differences(
    distances: DistanceFunction,
    point: NDArray[np.float32],
    sounds: NDArray[np.float32],
    reach: float,
    circular: Sequence[bool],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Estimate the gradient of log2 of the distance at a point, one gene after the other.

    Args:
        distances: renders genomes and scores them.
        point: shape (n, genes).
        sounds: shape (n, samples).
        reach: how far a gene is moved: upwards, or downwards where there is no room.
        circular: which genes are circular.

    Returns:
        The gradient, shape (n, genes), and log2 of the distance at the point, shape (n,).
    """
    at = point.astype(np.float64)
    moves = np.where((at + reach > 1) & ~np.asarray(circular), -reach, reach)
    moved = at[:, None] + moves[:, None] * np.eye(at.shape[1])
    moved = np.where(circular, moved % 1, moved)
    genomes = np.concatenate([at[:, None], moved], axis=1)
    found = np.log2(distances(genomes, sounds) + _TINY)
    gradient = (found[:, 1:] - found[:, :1]) / moves
    return gradient.astype(np.float32), found[:, 0].astype(np.float32)


def estimated_gradient(
    distances: DistanceFunction,
    point: NDArray[np.float32],
    sounds: NDArray[np.float32],
    moves: NDArray[np.float64],
    circular: Sequence[bool],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Estimate the gradient of log2 of the distance at a point from renders on both sides of it.

    With random signs in every move this is simultaneous perturbation. With one gene per move, and
    as many moves as genes, it is central differences.

    Args:
        distances: renders genomes and scores them.
        point: shape (n, genes).
        sounds: shape (n, samples).
        moves: shape (n, directions, genes).
        circular: which genes are circular.

    Returns:
        The gradient, shape (n, genes), and the mean of log2 of the distances, shape (n,).
    """
    at = point[:, None].astype(np.float64)
    up, down = (
        np.where(circular, moved % 1, np.clip(moved, 0, 1)) for moved in (at + moves, at - moves)
    )
    found = np.log2(distances(np.concatenate([up, down], axis=1), sounds) + _TINY)
    above, below = np.split(found, 2, axis=1)
    # Clipping at an end of the range made the step smaller.
    apart = np.where(circular, 2 * moves, up - down)
    slopes = (above - below)[..., None] * apart
    gradient = slopes.sum(axis=1) / np.maximum((apart**2).sum(axis=1), _TINY)
    return gradient.astype(np.float32), found.mean(axis=1).astype(np.float32)


class PolicyGradientLoss(Loss):
    """Policy gradient: draw genomes, and make those that sound closer likelier.

    The reward of a draw is minus log2 of its distance. The baseline is the mean reward of the
    sound's other draws, which keeps the gradient unbiased. Source: Williams (1992); Kool, van Hoof
    & Welling (2019) for the baseline.

    Args:
        circular: which genes are circular.
        distances: renders genomes and scores them.
        seed: of the draws.
        draws: genomes drawn per sound, 2 or more.
        entropy: bonus per bit of entropy, in units of log2 of the distance.
    """

    def __init__(
        self,
        circular: Sequence[bool],
        distances: DistanceFunction,
        seed: int,
        *,
        draws: int = 16,
        entropy: float = 0.02,
    ) -> None:
        super().__init__(circular, distances, seed)
        if draws < 2:
            raise ValueError(f"draws {draws}; allowed: 2 or more")
        self.draws, self.entropy = draws, entropy

    def loss(self, logits: Any, genes: Any, sounds: Any, step: Any) -> Any:  # noqa: ARG002
        """Compute minus the advantage of each draw times its log-probability."""
        import tensorflow as tf

        logs = tf.nn.log_softmax(logits)
        chosen, advantage, value = tf.numpy_function(
            self._drawn, [tf.exp(logs), sounds, step], [tf.int32, tf.float32, tf.float32]
        )
        chosen = tf.ensure_shape(chosen, (None, self.draws, logits.shape[1]))
        hot = tf.one_hot(chosen, logits.shape[-1])
        likely = tf.reduce_sum(hot * logs[:, None], axis=(-1, -2))
        policy = -tf.reduce_mean(tf.stop_gradient(advantage) * likely)
        unsure = -tf.reduce_mean(tf.reduce_sum(tf.exp(logs) * logs, axis=(-1, -2)))
        loss = policy - self.entropy * unsure / np.log(2)
        return loss + tf.stop_gradient(tf.reduce_mean(value) - loss)

    def _drawn(
        self, probabilities: NDArray[np.float32], sounds: NDArray[np.float32], step: int
    ) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]]:
        random = generator("policy gradient draws", self.seed, int(step))
        batch, genes, bins = probabilities.shape
        ends = np.cumsum(probabilities, axis=-1)
        shares = random.random((batch, self.draws, genes, 1)) * ends[:, None, :, -1:]
        chosen = np.minimum((shares >= ends[:, None]).sum(axis=-1), bins - 1)
        genomes = (chosen + random.random(chosen.shape)) / bins
        reward = -np.log2(self.distances(genomes, sounds) + _TINY)
        others = (reward.sum(axis=1, keepdims=True) - reward) / (self.draws - 1)
        advantage, value = reward - others, -reward.mean(axis=1)
        return chosen.astype(np.int32), advantage.astype(np.float32), value.astype(np.float32)
