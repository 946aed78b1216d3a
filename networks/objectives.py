"""What training lowers: one class a way of training, each interchangeable with any architecture.

Gradients cannot pass through a synth. ``Sound`` estimates them from renders beside a prediction,
``Reinforce`` raises the probability of what turned out well, ``Neuroevolution`` needs none.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from networks.model import negative_log_likelihood, soft_point

# Genomes of shape (n, k, genes) and sounds of shape (n, samples): distances of shape (n, k).
Distances = Callable[[NDArray[np.float64], NDArray[np.float32]], NDArray[np.float64]]
_TINY = 1e-6


class Objective(ABC):
    """A loss of a batch; further keyword-only arguments are options of experiments.

    Args:
        circular: which genes go round.
        distances: renders genomes and measures how far each is from its sound.
        seed: of what is drawn at random.
    """

    needs_sound: ClassVar[bool] = True

    def __init__(self, circular: Sequence[bool], distances: Distances, seed: int) -> None:
        self.circular = list(circular)
        self.distances = distances
        self.seed = seed

    @abstractmethod
    def loss(self, logits: Any, genes: Any, sounds: Any, step: Any) -> Any:
        """The loss of a batch, a scalar tensor with a gradient.

        Args:
            logits: shape (batch, genes, bins).
            genes: the true ones, shape (batch, genes); of no use for sounds that have none.
            sounds: shape (batch, samples).
            step: which one, an integer tensor.
        """


class Knobs(Objective):
    """Likelihood of the true genes: bits a gene, below 0 what is known of it.

    Not the distance of a point from them: two settings may give the same sound, and their mean
    another. Whoever is unsure has to say so.
    """

    needs_sound = False

    def loss(self, logits: Any, genes: Any, sounds: Any, step: Any) -> Any:  # noqa: ARG002
        """Mean cross-entropy."""
        import tensorflow as tf

        return tf.reduce_mean(negative_log_likelihood(logits, genes, self.circular))


class Sound(Objective):
    """Distance of the rendered prediction from the sound, through a synth without a gradient.

    The gradient by genes is estimated from renders on both sides of the prediction, with all genes
    moved at once by a random sign each (simultaneous perturbation, Spall 1992), and goes on through
    the network by the chain rule. What is lowered is the logarithm of the distance to base 2, so
    that every sound counts alike: one is a distance twice as far. It works with any synth.

    Args:
        circular: which genes go round.
        distances: renders and measures.
        seed: of the signs.
        directions: how many, two renders each; more make the gradient surer.
        reach: how far genes are moved.
        likelihood: how much of ``Knobs`` is added, for sounds whose genes are known.
    """

    def __init__(
        self,
        circular: Sequence[bool],
        distances: Distances,
        seed: int,
        *,
        directions: int = 8,
        reach: float = 0.02,
        likelihood: float = 0.0,
    ) -> None:
        super().__init__(circular, distances, seed)
        self.directions, self.reach, self.likelihood = directions, reach, likelihood

    def loss(self, logits: Any, genes: Any, sounds: Any, step: Any) -> Any:
        """A product whose gradient by the prediction is the estimated one."""
        import tensorflow as tf

        point = soft_point(logits, self.circular)
        gradient, value = tf.numpy_function(
            self._perturbed, [point, sounds, step], [tf.float32, tf.float32]
        )
        gradient = tf.stop_gradient(tf.ensure_shape(gradient, point.shape))
        through = tf.reduce_mean(tf.reduce_sum(gradient * point, axis=-1))
        # The value is the distance, the gradient that of the product.
        loss = through + tf.stop_gradient(tf.reduce_mean(value) - through)
        if self.likelihood:
            # Of recordings nobody knows the genes.
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
        random = np.random.default_rng([self.seed, int(step)])
        signs = random.choice([-1.0, 1.0], (len(point), self.directions, point.shape[1]))
        moves = signs * self.reach
        return estimated_gradient(self.distances, point, sounds, moves, self.circular)


def estimated_gradient(
    distances: Distances,
    point: NDArray[np.float32],
    sounds: NDArray[np.float32],
    moves: NDArray[np.float64],
    circular: Sequence[bool],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The gradient of log2 of the distance at a point, from renders on both sides of it.

    With random signs in every move it is simultaneous perturbation, with one gene a move, as many
    moves as genes, it is central differences.

    Args:
        distances: renders and measures.
        point: shape (n, genes).
        sounds: shape (n, samples).
        moves: shape (n, directions, genes).
        circular: which genes go round instead of ending.

    Returns:
        The gradient, shape (n, genes), and the mean of log2 of the distances, shape (n,).
    """
    at = point[:, None].astype(np.float64)
    up, down = (
        np.where(circular, moved % 1, np.clip(moved, 0, 1)) for moved in (at + moves, at - moves)
    )
    found = np.log2(distances(np.concatenate([up, down], axis=1), sounds) + _TINY)
    above, below = np.split(found, 2, axis=1)
    # Where an end of the range was in the way, the step was smaller.
    apart = np.where(circular, 2 * moves, up - down)
    slopes = (above - below)[..., None] * apart
    gradient = slopes.sum(axis=1) / np.maximum((apart**2).sum(axis=1), _TINY)
    return gradient.astype(np.float32), found.mean(axis=1).astype(np.float32)


class Reinforce(Objective):
    """Policy gradient: genomes are drawn, and the better a draw sounds, the likelier it becomes.

    The reward of a draw is minus log2 of its distance; the baseline is the mean of the sound's
    other draws, which leaves the gradient unbiased. Source: Williams (1992); Kool, van Hoof &
    Welling (2019) for the baseline.

    Args:
        circular: which genes go round.
        distances: renders and measures.
        seed: of the draws.
        draws: for each sound, at least two.
        entropy: how much is paid for staying unsure, in distances a bit.
    """

    def __init__(
        self,
        circular: Sequence[bool],
        distances: Distances,
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
        """Minus the advantage of each draw times its log-probability."""
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
        random = np.random.default_rng([self.seed, int(step)])
        batch, genes, bins = probabilities.shape
        ends = np.cumsum(probabilities, axis=-1)
        shares = random.random((batch, self.draws, genes, 1)) * ends[:, None, :, -1:]
        chosen = np.minimum((shares >= ends[:, None]).sum(axis=-1), bins - 1)
        genomes = (chosen + random.random(chosen.shape)) / bins
        reward = -np.log2(self.distances(genomes, sounds) + _TINY)
        others = (reward.sum(axis=1, keepdims=True) - reward) / (self.draws - 1)
        advantage, value = reward - others, -reward.mean(axis=1)
        return chosen.astype(np.int32), advantage.astype(np.float32), value.astype(np.float32)
