"""The trainer: examples, stages, checkpoints, and the finished model with its test."""

import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from common.random import seed as seed_for
from harness.plan.options import checked_options
from harness.plan.registry import Registry
from harness.record.packing import pack, unpack
from harness.train.dataset import TEST, TRAIN, VALIDATION, Dataset
from harness.train.dataset_batches import DatasetBatches
from harness.train.example_synth import synth_of
from harness.train.training_job import TrainingJob
from networks.augment import Augmentation
from networks.base import AudioFormat
from networks.batches import Batch, BatchFormat, BatchSource, RenderedBatches, Reused
from networks.evaluation import evaluate
from networks.inputs import computed_for
from networks.joint import build_joint
from networks.model import build, prepare
from networks.sound_distance import SoundDistance
from networks.training import Schedule, StopReason, Training, TrainingData
from networks.training_methods import TRAINING_METHODS, Stage
from synth.base import Synth

_TESTED_S = 1.0


class Trainer:
    """Trains one network, an epoch per call.

    Args:
        job: what to train.
    """

    def __init__(self, job: TrainingJob) -> None:
        plan = self._plan = job.plan
        prepare(plan.threads, seed_for("network weights", plan.seed))
        registry = Registry(job.files)
        self._audio = AudioFormat(plan.sample_rate, plan.samples)
        self._choice, self._registry = job.synth.choice, registry
        self._synth = self._synth_for(plan.samples)
        self._circular = job.synth.circular
        network = registry.get("network", plan.name)(**plan.options)
        self._computed = computed_for(network)
        fitness = registry.get("fitness", plan.fitness.name)
        options = checked_options(fitness, plan.fitness.options, "fitness")
        # What hears sounds of any length is tested on short ones, whose distances are quick.
        self._tested = (
            self._synth_for(min(plan.samples, round(_TESTED_S * plan.sample_rate)))
            if network.ears
            else self._synth
        )
        self._distance = SoundDistance(
            self._tested, lambda sound: fitness(sound, plan.sample_rate, **options)
        )
        self._augmentation = None
        if plan.augment:
            self._augmentation = Augmentation(self._audio, self._synth_for)
        method = TRAINING_METHODS[plan.objective.name]
        self._stages: list[Stage] = method(**plan.objective.options).stages
        self._stage = 0
        if self._stages[0].loss.joint:
            self._model = build_joint(network, self._audio, job.synth.space)
        else:
            self._model = build(network, self._audio, self._circular)
        self._recordings = np.array(job.recordings, dtype=np.float32)
        self._dataset = None if job.dataset is None else Dataset(job.dataset)
        self._validation = self._source(VALIDATION, plan.validation)(0)
        self._cpu_s, self._wall_s, self._trained_on, self._epochs = 0.0, 0.0, 0, 0
        self._training = self._begin_stage()

    def epoch(self) -> dict[str, Any]:
        """Train for one epoch.

        Returns:
            Its row; ``stopped`` is the reason why training ended, or empty, and ``message`` the
            same for people.
        """
        cpu, wall, first = time.process_time(), time.perf_counter(), self._training.steps_done
        row = {"number": self._epochs, "stage": self._stage, **self._training.epoch()}
        self._epochs += 1
        self._trained_on += (self._training.steps_done - first) * self._plan.batch
        self._cpu_s += time.process_time() - cpu
        self._wall_s += time.perf_counter() - wall
        stopped, message = self._training.stopped, self._training.stop_message
        more = self._stage + 1 < len(self._stages)
        if stopped is not None and stopped is not StopReason.NOT_FINITE and more:
            self._training.finish()
            self._stage += 1
            self._training = self._begin_stage()
            # The result of the previous stage is kept unless this one improves on it.
            self._training.keep_current()
            stopped, message = None, ""
        end = {"stopped": "" if stopped is None else stopped.value, "message": message}
        return {**row, "cpu_s": self._cpu_s, "wall_s": self._wall_s, **end}

    def state(self) -> bytes:
        """Give a checkpoint."""
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
        """Resume from a checkpoint.

        Raises:
            ValueError: if it is damaged.
        """
        given: Mapping[str, Any] = unpack(state)
        self._stage, self._epochs = given["stage"], given["epochs"]
        self._cpu_s, self._wall_s = given["cpu_s"], given["wall_s"]
        self._trained_on = given["trained_on"]
        self._training = self._begin_stage()
        self._training.load(given["training"])

    def finish(self) -> tuple[bytes, dict[str, Any]]:
        """Test the best model.

        Returns:
            The model as a ``.keras`` file, and its description.

        Raises:
            ValueError: if no epoch was completed.
        """
        if not np.isfinite(self._training.best):
            raise ValueError(f"nothing was learnt: {self._training.stop_message}")
        self._training.finish()
        test = self._source(TEST, self._plan.validation)(0)
        found = evaluate(self._model, test, self._distance, self._circular, self._plan.seed)
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

    def _synth_for(self, samples: int) -> Synth:
        """Make the synth of the examples for sounds of a length."""
        audio = AudioFormat(self._plan.sample_rate, samples)
        return synth_of(self._choice, audio, self._registry)

    def _begin_stage(self) -> Training:
        plan, stage = self._plan, self._stages[self._stage]
        steps = max(1, round(stage.share * plan.steps))
        seed = seed_for("network training stage", plan.seed, self._stage)
        loss = stage.make_loss(self._circular, self._distance, seed)
        optimizer = stage.make_optimizer(self._model, loss, plan.rate, steps)
        data = TrainingData(
            self._source(TRAIN, plan.batch), self._validation, self._distance, self._circular
        )
        schedule = Schedule(steps, plan.epoch, plan.patience, stage.by_sound)
        return Training(self._model, optimizer, data, schedule)

    def _source(self, split: str, size: int) -> BatchSource:
        """Give batches of a split; each split, and each stage of training, has its own draws."""
        stage = self._stage if split == TRAIN else 0
        seed = seed_for("network examples", self._plan.seed, split, stage)
        augment = self._augmentation if split == TRAIN else None
        wanted = BatchFormat(self._audio, size, self._computed, augment, self._plan.tame)
        if self._dataset is None:
            synth = self._synth if split == TRAIN else self._tested
            source: BatchSource = RenderedBatches(synth, wanted, seed)
            if split == TRAIN and self._plan.reuse > 1:
                loss = self._stages[self._stage].loss
                needed = loss.needs_sound or self._computed.name != "ears"
                source = Reused(source, self._plan.reuse, with_sounds=needed)
        else:
            source = DatasetBatches(self._dataset, split, wanted, seed)
        uses_recordings = split == TRAIN and self._stages[self._stage].loss.needs_sound
        if not (uses_recordings and len(self._recordings)):
            return source
        return lambda number: self._with_recordings(source(number), number)

    def _with_recordings(self, batch: Batch, number: int) -> Batch:
        """Replace a quarter of the batch by recordings; their unknown genes are NaN."""
        count = max(1, len(batch.genes) // 4)
        at = (number * count + np.arange(count)) % len(self._recordings)
        sounds, genes = batch.sounds.copy(), batch.genes.copy()
        sounds[:count], genes[:count] = self._recordings[at], np.nan
        wanted = BatchFormat(self._audio, len(genes), self._computed)
        return Batch(genes, sounds, wanted.of(sounds))

    def _renders(self) -> float:
        """Count the renders of training: of examples, and of predictions by the loss."""
        genes = len(self._circular)
        extra = sum(stage.share * stage.renders(genes) for stage in self._stages)
        # The examples of a dataset were rendered once, however often they are used.
        rendered = self._trained_on / self._plan.reuse
        own = rendered if self._dataset is None else self._dataset.size
        return own + self._trained_on * extra
