"""The actor that trains: examples, stages, checkpoints, and the finished model with its test."""

import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.plan.choice import Choice
from harness.plan.networks import NetworkPlan
from harness.plan.options import checked_options
from harness.plan.registry import Registry
from harness.record.packing import pack, unpack
from harness.train.dataset import TEST, TRAIN, VALIDATION, Dataset
from harness.train.dataset_batches import Kept
from networks.base import Hearing
from networks.evaluation import evaluate
from networks.feed import Batch, Source, Stream, heard_features
from networks.model import build, prepare
from networks.sounding import Sounding
from networks.training import Course, Training
from networks.ways import WAYS, Stage, learner_of

# What randomness is for; part of its key.
_TRAINING, _VALIDATION, _TEST = range(3)


class Trainer:
    """Trains one network, an epoch a call.

    Args:
        plan: of the network.
        synth: that makes its examples.
        files: plug-in files.
        threads: that TensorFlow may use.
        recordings: sounds without knobs that it also hears, each as long as its hearing.
        dataset: what it learns from; examples are rendered when they are wanted if None.
    """

    def __init__(
        self,
        plan: NetworkPlan,
        synth: Choice,
        files: tuple[Path, ...],
        threads: int,
        recordings: Sequence[NDArray[np.float32]] = (),
        dataset: Path | None = None,
    ) -> None:
        prepare(threads, plan.seed)
        registry = Registry(files)
        self._plan = plan
        self._hearing = Hearing(plan.sample_rate, plan.samples)
        self._synth = registry.get("synth", synth.name)(
            plan.sample_rate, plan.samples, **synth.options
        )
        space = self._synth.space
        self._circular = [parameter.circular for parameter in space]
        network = registry.get("network", plan.name)(**plan.options)
        self._with_features = network.features
        self._model = build(network, self._hearing, self._circular)
        fitness = registry.get("fitness", plan.fitness.name)
        options = checked_options(fitness, plan.fitness.options, "fitness")
        self._sounding = Sounding(
            self._synth, lambda sound: fitness(sound, plan.sample_rate, **options)
        )
        way = WAYS[plan.objective.name]
        self._stages: list[Stage] = way(**plan.objective.options).stages
        self._stage = 0
        self._recordings = np.array(recordings, dtype=np.float32)
        self._dataset = None if dataset is None else Dataset(dataset)
        self._validation = self._source(_VALIDATION, plan.validation)(0)
        self._cpu_s, self._wall_s, self._trained_on, self._epochs = 0.0, 0.0, 0, 0
        self._training = self._begin()

    def epoch(self) -> dict[str, Any]:
        """Train for one epoch; gives its row, with ``stopped`` if it was the last."""
        cpu, wall, first = time.process_time(), time.perf_counter(), self._training.number
        row = {"number": self._epochs, "stage": self._stage, **self._training.epoch()}
        self._epochs += 1
        self._trained_on += (self._training.number - first) * self._plan.batch
        self._cpu_s += time.process_time() - cpu
        self._wall_s += time.perf_counter() - wall
        stopped, broken = self._training.stopped, "not finite" in self._training.stopped
        if stopped and not broken and self._stage + 1 < len(self._stages):
            self._training.finish()
            self._stage += 1
            self._training = self._begin()
            # What was learnt so far is not lost if the next stage makes nothing better of it.
            self._training.weigh()
            stopped = ""
        return {**row, "cpu_s": self._cpu_s, "wall_s": self._wall_s, "stopped": stopped}

    def state(self) -> bytes:
        """A checkpoint."""
        return pack(
            {
                "stage": self._stage,
                "epochs": self._epochs,
                "cpu_s": self._cpu_s,
                "wall_s": self._wall_s,
                "trained_on": self._trained_on,
                "training": self._training.state(),
            }
        )

    def load(self, state: bytes) -> None:
        """Go on from a checkpoint.

        Raises:
            ValueError: if it is damaged.
        """
        given: Mapping[str, Any] = unpack(state)
        self._stage, self._epochs = given["stage"], given["epochs"]
        self._cpu_s, self._wall_s = given["cpu_s"], given["wall_s"]
        self._trained_on = given["trained_on"]
        self._training = self._begin()
        self._training.load(given["training"])

    def finish(self) -> tuple[bytes, dict[str, Any]]:
        """The best model as a ``.keras`` file, and what is known of it.

        Raises:
            ValueError: if no epoch was finished.
        """
        if not np.isfinite(self._training.best):
            raise ValueError(f"nothing was learnt: {self._training.stopped}")
        self._training.finish()
        test = self._source(_TEST, self._plan.validation)(0)
        found = evaluate(self._model, test, self._sounding, self._circular, self._plan.seed)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.keras"
            self._model.save(path)
            data = path.read_bytes()
        return data, {
            "weights": int(self._model.count_params()),
            "examples": self._trained_on,
            "renders": self._renders(),
            "cpu_s": self._cpu_s,
            "wall_s": self._wall_s,
            "test": found.plain(),
        }

    def _begin(self) -> Training:
        plan, stage = self._plan, self._stages[self._stage]
        steps = max(1, round(stage.share * plan.steps))
        learner = learner_of(
            stage, self._model, self._circular, self._sounding, plan.seed, plan.rate, steps
        )
        source = self._source(_TRAINING + 16 * self._stage, plan.batch)
        course = Course(steps, plan.epoch, plan.patience, stage.by_sound)
        return Training(
            self._model, learner, source, self._validation, self._sounding, self._circular, course
        )

    def _source(self, purpose: int, size: int) -> Source:
        seed = int(np.random.SeedSequence([self._plan.seed, purpose]).generate_state(1)[0])
        hidden = purpose in (_VALIDATION, _TEST)
        if self._dataset is None:
            source: Source = Stream(self._synth, self._hearing, size, seed, self._with_features)
        else:
            split = {_VALIDATION: VALIDATION, _TEST: TEST}.get(purpose, TRAIN)
            source = Kept(self._dataset, split, self._hearing, size, seed, self._with_features)
        if hidden or not len(self._recordings) or self._knows_knobs():
            return source
        return lambda number: self._with_recordings(source(number), number)

    def _knows_knobs(self) -> bool:
        return not self._stages[self._stage].objective.needs_sound

    def _with_recordings(self, batch: Batch, number: int) -> Batch:
        """A quarter of the batch becomes recordings, whose genes nobody knows: NaN."""
        count = max(1, len(batch.genes) // 4)
        at = (number * count + np.arange(count)) % len(self._recordings)
        sounds, genes = batch.sounds.copy(), batch.genes.copy()
        sounds[:count], genes[:count] = self._recordings[at], np.nan
        features = heard_features(sounds, self._hearing, self._with_features)
        return Batch(genes, sounds, features)

    def _renders(self) -> float:
        """Renders that training spent: of its examples, and beside their predictions."""
        beside = 0.0
        for stage in self._stages:
            each = 2 * stage.options.get("directions", 0) + stage.options.get("draws", 0)
            beside += stage.share * each * (stage.evolved.population if stage.evolved else 1)
        # Those of a dataset were rendered once, however often they are heard.
        own = self._trained_on if self._dataset is None else self._dataset.size
        return own + self._trained_on * beside
