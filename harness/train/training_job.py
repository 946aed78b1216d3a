"""Everything a trainer needs, checked before Ray is started."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from common.errors import InputError
from harness.plan.networks import NetworkPlan
from harness.train.dataset import SPLITS, Dataset, split_of
from harness.train.example_synth import ExampleSynth, difference
from networks.base import AudioFormat
from networks.model import fit_to_format


@dataclass(frozen=True)
class TrainingJob:
    """A network to train.

    Attributes:
        plan: of the network.
        synth: renders the examples.
        files: plug-in files.
        recordings: sounds with unknown genes, in the network's format.
        dataset: folder of the examples; None renders them on demand.
    """

    plan: NetworkPlan
    synth: ExampleSynth
    files: tuple[Path, ...] = ()
    recordings: tuple[NDArray[np.float32], ...] = ()
    dataset: Path | None = None


def training_job(
    plan: NetworkPlan, synth: ExampleSynth, files: tuple[Path, ...], folder: Path
) -> TrainingJob:
    """Read and check what a plan names.

    Args:
        plan: of the network.
        synth: renders the examples.
        files: plug-in files.
        folder: that the plan's paths are relative to.

    Raises:
        InputError: if a recording cannot be read, or the dataset is incomplete, too small, or of
            another synth, sample rate or length.
    """
    dataset = None if plan.dataset is None else (folder / plan.dataset).resolve()
    if dataset is not None:
        _check_dataset(plan, Dataset(dataset), synth)
    return TrainingJob(plan, synth, files, tuple(_load_recordings(plan, folder)), dataset)


def _load_recordings(plan: NetworkPlan, folder: Path) -> list[NDArray[np.float32]]:
    """Read the recordings of a plan, in the network's format."""
    from harness.plan.experiment import RecordedTarget
    from harness.plan.targets import load_recorded

    audio = AudioFormat(plan.sample_rate, plan.samples)
    loaded = [load_recorded(RecordedTarget(file=file), folder) for file in plan.recordings]
    return [
        fit_to_format(sound, one.sample_rate, audio)[0] for one in loaded for sound in one.audible
    ]


def _check_dataset(plan: NetworkPlan, dataset: Dataset, synth: ExampleSynth) -> None:
    manifest = dataset.complete()
    where = f"network {plan.label!r}: dataset {dataset.path}"
    made = manifest["plan"]
    for what, has, wanted in (
        ("sample_rate", made["sample_rate"], plan.sample_rate),
        ("samples", made["samples"], plan.samples),
    ):
        if has != wanted:
            raise InputError(f"{where}: {what} {has}; the network needs {wanted}")
    if found := difference(manifest["synth"], synth.identity):
        raise InputError(f"{where}: made with another synth: {found}; make the dataset again")
    counts = Counter(split_of(item) for shard in manifest["shards"] for item in shard["items"])
    for split in SPLITS:
        if not counts[split]:
            raise InputError(
                f"{where}: none of its {made['size']} items is for {split}; make it larger"
            )
