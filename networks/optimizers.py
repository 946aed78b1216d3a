"""Optimizers: what changes the weights from batch to batch, by gradient or by a GA."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from networks.losses import Loss
from strategies.searches.base import Search


class Optimizer(Protocol):
    """Changes the weights of a model.

    Attributes:
        needs_sound: whether its loss needs the sounds.
    """

    needs_sound: bool

    def step(self, inputs: list[Any], genes: Any, sounds: Any, number: int) -> float:
        """Train on a batch; gives its loss."""
        ...

    def state(self) -> dict[str, Any]:
        """Give everything it needs to resume, besides the weights, as arrays and plain values."""
        ...

    def load(self, state: Mapping[str, Any]) -> None:
        """Resume from what ``state`` gave."""
        ...


class GradientOptimizer:
    """Adam on the gradient of a loss, with a cosine learning-rate schedule.

    Source: Kingma & Ba (2015); Loshchilov & Hutter (2017) for the cosine.

    Args:
        model: from inputs to logits.
        loss: to minimise.
        rate: the initial learning rate.
        steps: until the rate reaches one hundredth of that.
    """

    def __init__(self, model: Any, loss: Loss, rate: float, steps: int) -> None:
        import keras
        import tensorflow as tf

        falling = keras.optimizers.schedules.CosineDecay(rate, steps, alpha=0.01)
        optimizer = keras.optimizers.Adam(falling)
        optimizer.build(model.trainable_variables)
        self._optimizer, self.needs_sound = optimizer, loss.needs_sound

        @tf.function(reduce_retracing=True)
        def step(inputs: list[Any], genes: Any, sounds: Any, number: Any) -> Any:
            with tf.GradientTape() as tape:
                logits = model(inputs, training=True)
                value = loss.loss(logits, genes, sounds, number)
            gradients = tape.gradient(value, model.trainable_variables)
            clipped, norm = tf.clip_by_global_norm(gradients, loss.clip)
            # One NaN would spoil every weight: leave them as they are and report it.
            if tf.math.is_finite(norm):
                optimizer.apply(clipped, model.trainable_variables)
            return tf.where(tf.math.is_finite(norm), value, np.nan)

        self._step = step

    def step(self, inputs: list[Any], genes: Any, sounds: Any, number: int) -> float:
        """Take a step; gives NaN, and changes nothing, if the loss or gradient is not finite."""
        import tensorflow as tf

        return float(self._step(inputs, genes, sounds, tf.constant(number)))

    def state(self) -> dict[str, Any]:
        """Give the variables of Adam."""
        return {str(i): v.numpy() for i, v in enumerate(self._optimizer.variables)}

    def load(self, state: Mapping[str, Any]) -> None:
        """Restore the variables of Adam."""
        for i, variable in enumerate(self._optimizer.variables):
            variable.assign(state[str(i)])


class EvolutionOptimizer:
    """A search over the weights: one generation per batch, the best genome becomes the model.

    A weight stays within ``reach`` standard deviations of its layer around its initial value. The
    fitness of a genome is the loss of the batch; no gradient is needed.

    Args:
        model: from inputs to logits.
        loss: to minimise.
        search: over as many genes as there are weights.
        reach: how far a weight may move.
    """

    def __init__(self, model: Any, loss: Loss, search: Search, reach: float) -> None:
        import tensorflow as tf

        self._model, self._search, self.needs_sound = model, search, loss.needs_sound
        self._begin = [v.numpy() for v in model.trainable_variables]
        # Biases start at zero: without a minimum they could never move.
        self._spread = [reach * max(float(w.std()), 0.05) for w in self._begin]

        @tf.function(reduce_retracing=True)
        def evaluate(inputs: list[Any], genes: Any, sounds: Any, number: Any) -> Any:
            # In training mode: stored moments of normalisation would belong to other weights.
            return loss.loss(model(inputs, training=True), genes, sounds, number)

        self._evaluate = evaluate

    @staticmethod
    def weights(model: Any) -> int:
        """Count the weights: the genes of the search."""
        return sum(int(np.prod(v.shape)) for v in model.trainable_variables)

    def step(self, inputs: list[Any], genes: Any, sounds: Any, number: int) -> float:
        """Run one generation, all on the same batch; gives the best loss."""
        import tensorflow as tf

        genomes = self._search.ask()
        losses = np.empty(len(genomes))
        for i, genome in enumerate(genomes):
            self._put(genome)
            losses[i] = float(self._evaluate(inputs, genes, sounds, tf.constant(number)))
        best = int(np.argmin(losses))
        self._put(genomes[best])
        if np.isfinite(losses).all():
            self._search.tell(genomes, losses)
            return float(losses[best])
        return float("nan")

    def state(self) -> dict[str, Any]:
        """Give the state of the search and the initial weights."""
        return {
            "search": dict(self._search.state()),
            "begin": {str(i): w for i, w in enumerate(self._begin)},
            "spread": self._spread,
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Resume the same search around the same initial weights."""
        self._search.load(state["search"])
        self._begin = [state["begin"][str(i)] for i in range(len(self._begin))]
        self._spread = list(state["spread"])

    def _put(self, genome: NDArray[np.float64]) -> None:
        start = 0
        parts = zip(self._model.trainable_variables, self._begin, self._spread, strict=True)
        for variable, begin, spread in parts:
            own = genome[start : start + begin.size].reshape(begin.shape)
            variable.assign(begin + spread * (2 * own - 1))
            start += begin.size
