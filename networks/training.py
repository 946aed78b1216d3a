"""Training epoch by epoch: training steps, a validation, and the best weights so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any

import numpy as np

from common.random import generator
from networks.batches import Batch, BatchSource, Prefetcher
from networks.inputs import computed_for_model, inputs_of, names_of
from networks.optimizers import Optimizer
from networks.reading import reader_of
from networks.sound_distance import SoundDistance

# Rendering is slow: only this many sounds of the validation are also compared in sound.
_RENDERED = 64


class StopReason(StrEnum):
    """Why training ended."""

    ALL_STEPS = "all steps"
    NO_IMPROVEMENT = "no improvement"
    NOT_FINITE = "not finite"


@dataclass(frozen=True)
class Schedule:
    """How long to train.

    Attributes:
        steps: the maximum.
        epoch: steps between validations.
        patience: epochs without improvement until training stops early.
        by_sound: whether validation picks the best weights by distance in sound, else by
            likelihood.
    """

    steps: int
    epoch: int
    patience: int
    by_sound: bool


@dataclass(frozen=True)
class TrainingData:
    """What a model is trained and validated on.

    Attributes:
        source: of training batches.
        validation: examples that are not trained on.
        distance: renders the predictions of the validation; None leaves sound out of it.
        circular: which genes are circular.
    """

    source: BatchSource
    validation: Batch
    distance: SoundDistance | None
    circular: list[bool]


class Training:
    """Trains a model until its schedule ends, it stops improving, or a loss is not finite.

    Attributes:
        steps_done: how many steps were taken.
        best: the best validation so far; lower is better.
        since: epochs since then.
        stopped: why training ended; None while it goes on.

    Args:
        model: from inputs to logits.
        optimizer: changes the weights.
        data: what to train and validate on.
        schedule: how long to train.
    """

    def __init__(
        self, model: Any, optimizer: Optimizer, data: TrainingData, schedule: Schedule
    ) -> None:
        self.model, self.schedule = model, schedule
        self._optimizer, self._data = optimizer, data
        self._names = names_of(model)
        self._prefetcher = Prefetcher(
            data.source,
            len(data.circular),
            computed_for_model(model).count,
            with_sounds="sound" in self._names or optimizer.needs_sound,
        )
        self._batches: Any = None
        self._reader = reader_of(model, data.circular)
        self.steps_done, self.best, self.since = 0, float("inf"), 0
        self.stopped: StopReason | None = None
        self._best_weights: list[Any] = []

    def epoch(self) -> dict[str, float]:
        """Train for an epoch and validate.

        Returns:
            The row of this epoch: ``step``; ``loss``, its mean; ``bits`` (negative log-likelihood
            of the validation per gene, 0 for flat histograms); ``log2_distance`` (mean log2 of the
            distance in sound); and how many seconds data and training waited for each other.
        """
        if self._batches is None:
            self._batches = self._prefetcher.batches(self.steps_done)
        before = self._prefetcher.data_waits_s, self._prefetcher.training_waits_s
        losses = []
        for _ in range(min(self.schedule.epoch, self.schedule.steps - self.steps_done)):
            genes, sounds, computed = next(self._batches)
            given = {"genes": genes, "sound": sounds, "computed": computed}
            inputs = inputs_of(self._names, given)
            loss = self._optimizer.step(inputs, genes, sounds, self.steps_done)
            if not isfinite(loss):
                self.stopped = StopReason.NOT_FINITE
                break
            losses.append(loss)
            self.steps_done += 1
        row = {
            "step": self.steps_done,
            "loss": float(np.mean(losses)) if losses else float("nan"),
            **self._validate(),
            "data_waits_s": self._prefetcher.data_waits_s - before[0],
            "training_waits_s": self._prefetcher.training_waits_s - before[1],
        }
        self._compare(row)
        self._check_stop()
        return row

    @property
    def stop_message(self) -> str:
        """Why training ended, for people; empty while it goes on."""
        match self.stopped:
            case StopReason.ALL_STEPS:
                return "all steps are done"
            case StopReason.NO_IMPROVEMENT:
                return f"no improvement for {self.since} epochs"
            case StopReason.NOT_FINITE:
                return f"the loss was not finite at step {self.steps_done}"
        return ""

    def keep_current(self) -> None:
        """Validate the current weights as the best so far, so that training cannot end worse."""
        self._compare(self._validate())

    def finish(self) -> None:
        """Put the best weights back into the model."""
        for variable, value in zip(self.model.weights, self._best_weights, strict=False):
            variable.assign(value)

    def state(self) -> dict[str, Any]:
        """Give everything that changes from epoch to epoch, as arrays and plain values."""
        return {
            "steps_done": self.steps_done,
            "best": self.best,
            "since": self.since,
            # More than the weights: dropout and the like keep a random state.
            "variables": {str(i): v.numpy() for i, v in enumerate(self.model.variables)},
            "best_weights": {str(i): w for i, w in enumerate(self._best_weights)},
            "optimizer": self._optimizer.state(),
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Resume from what ``state`` gave."""
        self.steps_done, self.best, self.since = state["steps_done"], state["best"], state["since"]
        for i, variable in enumerate(self.model.variables):
            variable.assign(state["variables"][str(i)])
        best = state["best_weights"]
        self._best_weights = [best[str(i)] for i in range(len(best))]
        self._optimizer.load(state["optimizer"])

    def _compare(self, row: Mapping[str, float]) -> None:
        value = row["log2_distance"] if self.schedule.by_sound else row["bits"]
        if value < self.best:
            self.best, self.since = value, 0
            self._best_weights = [w.numpy() for w in self.model.weights]
        else:
            self.since += 1

    def _check_stop(self) -> None:
        if self.stopped is not None:
            return
        if self.steps_done >= self.schedule.steps:
            self.stopped = StopReason.ALL_STEPS
        elif self.since >= self.schedule.patience:
            self.stopped = StopReason.NO_IMPROVEMENT

    def _validate(self) -> dict[str, float]:
        batch = self._data.validation
        row = {"bits": self._reader.bits(batch)}
        if self._data.distance is not None:
            few = {name: one[:_RENDERED] for name, one in batch.given.items()}
            proposals = self._reader.proposals(few, 1, generator("validation"))
            points = np.array([one.point for one in proposals])
            distances = self._data.distance(points[:, None], few["sound"])
            row["log2_distance"] = float(np.mean(np.log2(distances + 1e-6)))
        return row
