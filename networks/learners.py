"""How weights move from one batch to the next: down a gradient, or by a GA."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from networks.objectives import Objective
from strategies.searches.base import Search

_CLIP = 1.0


class Learner(Protocol):
    """Moves the weights of a model."""

    def step(self, inputs: list[Any], genes: Any, sounds: Any, number: int) -> float:
        """Learn from a batch; gives its loss."""
        ...

    def state(self) -> dict[str, Any]:
        """All that it remembers besides the weights, as arrays and plain values."""
        ...

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from what ``state`` gave."""
        ...


class Descent:
    """Adam down the gradient of an objective, its rate falling along a cosine.

    Source: Kingma & Ba (2015); Loshchilov & Hutter (2017) for the cosine.

    Args:
        model: logits of what it hears.
        objective: what is lowered.
        rate: the first learning rate.
        steps: until it has fallen to nothing.
    """

    def __init__(self, model: Any, objective: Objective, rate: float, steps: int) -> None:
        import keras
        import tensorflow as tf

        falling = keras.optimizers.schedules.CosineDecay(rate, steps, alpha=0.01)
        optimizer = keras.optimizers.Adam(falling)
        optimizer.build(model.trainable_variables)
        self._optimizer = optimizer

        @tf.function(reduce_retracing=True)
        def step(inputs: list[Any], genes: Any, sounds: Any, number: Any) -> Any:
            with tf.GradientTape() as tape:
                logits = model(inputs, training=True)
                loss = objective.loss(logits, genes, sounds, number)
            gradients = tape.gradient(loss, model.trainable_variables)
            clipped, norm = tf.clip_by_global_norm(gradients, _CLIP)
            # One NaN would spoil every weight: they stay what they were, and the caller hears it.
            if tf.math.is_finite(norm):
                optimizer.apply(clipped, model.trainable_variables)
            return tf.where(tf.math.is_finite(norm), loss, np.nan)

        self._step = step

    def step(self, inputs: list[Any], genes: Any, sounds: Any, number: int) -> float:
        """One step down; NaN if the loss or its gradient is not finite, and nothing moved."""
        import tensorflow as tf

        return float(self._step(inputs, genes, sounds, tf.constant(number)))

    def state(self) -> dict[str, Any]:
        """The optimizer's variables."""
        return {str(i): v.numpy() for i, v in enumerate(self._optimizer.variables)}

    def load(self, state: Mapping[str, Any]) -> None:
        """Take the optimizer's variables over."""
        for i, variable in enumerate(self._optimizer.variables):
            variable.assign(state[str(i)])


class Evolution:
    """A search over the weights: a generation a batch, the best genome becomes the model.

    A weight moves within ``reach`` standard deviations of its layer around where it began. The
    fitness of a genome is the distance in sound of what the model then predicts, which needs no
    gradient.

    Args:
        model: logits of what it hears.
        objective: gives the loss of a batch; no gradient of it is taken.
        search: over as many genes as there are weights.
        reach: how far a weight may move.
    """

    def __init__(self, model: Any, objective: Objective, search: Search, reach: float) -> None:
        import tensorflow as tf

        self._model, self._search = model, search
        self._begin = [v.numpy() for v in model.trainable_variables]
        # A bias begins at nothing and would never move.
        self._spread = [reach * max(float(w.std()), 0.05) for w in self._begin]

        @tf.function(reduce_retracing=True)
        def loss(inputs: list[Any], genes: Any, sounds: Any, number: Any) -> Any:
            # As in training, or the moments that normalisation knows would be of other weights.
            return objective.loss(model(inputs, training=True), genes, sounds, number)

        self._loss = loss

    @staticmethod
    def weights(model: Any) -> int:
        """How many genes its search needs."""
        return sum(int(np.prod(v.shape)) for v in model.trainable_variables)

    def step(self, inputs: list[Any], genes: Any, sounds: Any, number: int) -> float:
        """One generation, all on the same batch; gives the best one's loss."""
        import tensorflow as tf

        genomes = self._search.ask()
        losses = np.empty(len(genomes))
        for i, genome in enumerate(genomes):
            self._put(genome)
            losses[i] = float(self._loss(inputs, genes, sounds, tf.constant(number)))
        best = int(np.argmin(losses))
        self._put(genomes[best])
        if np.isfinite(losses).all():
            self._search.tell(genomes, losses)
            return float(losses[best])
        return float("nan")

    def state(self) -> dict[str, Any]:
        """The search's state, and where the weights began."""
        return {
            "search": dict(self._search.state()),
            "begin": {str(i): w for i, w in enumerate(self._begin)},
            "spread": self._spread,
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on with the same search from the same weights."""
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
