"""Training, an epoch at a time: steps, a validation, and what was best so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from networks.feed import Batch, Feed, Source
from networks.learners import Learner
from networks.model import negative_log_likelihood, predictor, proposal
from networks.sounding import Sounding

# As many sounds of the validation are also rendered from predictions.
_SOUNDED = 64


@dataclass(frozen=True)
class Course:
    """How long to train.

    Attributes:
        steps: at the most.
        epoch: steps from one validation to the next.
        patience: epochs without a better validation until training stops early.
        by_sound: whether the better one is closer in sound; else by likelihood.
    """

    steps: int
    epoch: int
    patience: int
    by_sound: bool


class Training:
    """Trains a model until its course is over, it stops getting better, or a loss is NaN.

    Attributes:
        number: steps done.
        best: the best validation so far, lower is better.
        since: epochs since then.
        stopped: why training is over; empty while it is not.

    Args:
        model: logits of what it hears.
        learner: moves its weights.
        source: of batches.
        validation: examples that are not learnt from.
        sounding: renders what is predicted of them; None leaves sound out of the validation.
        circular: which genes go round.
        course: how long to train.
    """

    def __init__(
        self,
        model: Any,
        learner: Learner,
        source: Source,
        validation: Batch,
        sounding: Sounding | None,
        circular: list[bool],
        course: Course,
    ) -> None:
        self.model, self.course = model, course
        self._learner, self._circular, self._sounding = learner, circular, sounding
        self._validation = validation
        self._with_features = len(model.inputs) > 1
        samples = validation.sounds.shape[1]
        self._feed = Feed(source, len(circular), samples, self._with_features)
        self._batches: Any = None
        self._predict = predictor(model)
        self.number, self.best, self.since, self.stopped = 0, float("inf"), 0, ""
        self._best_weights: list[Any] = []

    def epoch(self) -> dict[str, float]:
        """Train for an epoch and validate; gives its row.

        ``loss``, ``bits`` (of validation, below 0 what is known of a gene), ``halvings`` (mean
        log2 of its distance in sound), and the seconds that making batches and training waited for
        each other.
        """
        if self._batches is None:
            self._batches = self._feed.batches(self.number)
        before = self._feed.full_s, self._feed.empty_s
        losses = []
        for _ in range(min(self.course.epoch, self.course.steps - self.number)):
            genes, sounds, features = next(self._batches)
            inputs = [sounds, features] if self._with_features else [sounds]
            loss = self._learner.step(inputs, genes, sounds, self.number)
            if not isfinite(loss):
                self.stopped = f"the loss was not finite at step {self.number}"
                break
            losses.append(loss)
            self.number += 1
        row = {
            "step": self.number,
            "loss": float(np.mean(losses)) if losses else float("nan"),
            **self._validated(),
            "data_waits_s": self._feed.full_s - before[0],
            "training_waits_s": self._feed.empty_s - before[1],
        }
        self._weigh(row)
        self._stop()
        return row

    def weigh(self) -> None:
        """Take the weights as they are for the best so far: training may not end with worse."""
        self._weigh(self._validated())

    def _weigh(self, row: Mapping[str, float]) -> None:
        value = row["log2_distance"] if self.course.by_sound else row["bits"]
        if value < self.best:
            self.best, self.since = value, 0
            self._best_weights = [w.numpy() for w in self.model.weights]
        else:
            self.since += 1

    def _stop(self) -> None:
        if not self.stopped and self.number >= self.course.steps:
            self.stopped = "all steps are done"
        elif not self.stopped and self.since >= self.course.patience:
            self.stopped = f"no better for {self.since} epochs"

    def finish(self) -> None:
        """Put the best weights back into the model."""
        for variable, value in zip(self.model.weights, self._best_weights, strict=False):
            variable.assign(value)

    def state(self) -> dict[str, Any]:
        """All that changes from epoch to epoch, as arrays and plain values."""
        return {
            "number": self.number,
            "best": self.best,
            "since": self.since,
            "weights": {str(i): w.numpy() for i, w in enumerate(self.model.weights)},
            "best_weights": {str(i): w for i, w in enumerate(self._best_weights)},
            "learner": self._learner.state(),
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from what ``state`` gave."""
        self.number, self.best, self.since = state["number"], state["best"], state["since"]
        for i, variable in enumerate(self.model.weights):
            variable.assign(state["weights"][str(i)])
        kept = state["best_weights"]
        self._best_weights = [kept[str(i)] for i in range(len(kept))]
        self._learner.load(state["learner"])

    def _validated(self) -> dict[str, float]:
        import tensorflow as tf

        batch = self._validation
        probabilities = self._predict(batch.inputs)
        logits = tf.math.log(tf.maximum(probabilities, 1e-9))
        bits = negative_log_likelihood(logits, batch.genes, self._circular)
        row = {"bits": float(tf.reduce_mean(bits))}
        if self._sounding is not None:
            few = slice(0, _SOUNDED)
            points = [proposal(one, self._circular).point for one in probabilities[few]]
            distances = self._sounding(np.array(points)[:, None], batch.sounds[few])
            row["log2_distance"] = float(np.mean(np.log2(distances + 1e-6)))
        return row
