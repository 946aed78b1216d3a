"""Datasets on disk: genomes and the sounds they make, in shards with a manifest.

An item is drawn from (seed, its number, how often it was drawn before), so that a dataset is the
same on any number of workers, resumed or not. The manifest holds a hash of every item and of the
bytes of every shard.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.errors import InputError
from common.paths import present
from common.random import generator
from harness.record.files import write_bytes
from harness.record.packing import pack, unpack
from harness.record.sealed import read_record, write_record
from harness.train.example_synth import ExampleSynth, difference

MANIFEST = "manifest.json"
TRAIN, VALIDATION, TEST = SPLITS = "train", "validation", "test"
# Reasons to draw an item again.
SILENT, EQUAL_GENOMES, EQUAL_SOUND = REASONS = "silent", "equal genomes", "equal sound"
_KEYS = {"plan", "synth", "shards", "replaced"}
_TENTHS = 10
# Half precision: rounding noise is 60 dB or more below the signal, at half the size.
_STORED = np.float16


@dataclass(frozen=True)
class DatasetPlan:
    """What a dataset is made of.

    Attributes:
        size: number of items.
        seed: of all draws.
        sample_rate: in hertz.
        samples: per sound.
        shard: items per file.
    """

    size: int
    seed: int
    sample_rate: int
    samples: int
    shard: int = 512

    def numbers(self, shard: int) -> range:
        """Give the numbers of the items in a shard."""
        return range(shard * self.shard, min(self.size, (shard + 1) * self.shard))

    @property
    def shards(self) -> int:
        """The number of files."""
        return -(-self.size // self.shard)


class Dataset:
    """A dataset in a folder; it may be incomplete.

    Args:
        path: the folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def manifest(self) -> dict[str, Any]:
        """Read the manifest.

        Raises:
            InputError: if there is none, or it is damaged or of an earlier version.
        """
        if not present(self.path / MANIFEST):
            raise InputError(
                f"dataset {self.path}: no {MANIFEST}; make one with: ga-synth dataset {self.path}"
            )
        found: dict[str, Any] = read_record(self.path / MANIFEST)
        if not ({*found} >= _KEYS and "parameters" in found["synth"]):
            raise InputError(
                f"dataset {self.path}: made by an earlier version of ga-synth; make it again in "
                "another folder"
            )
        return found

    def begin(self, plan: DatasetPlan, synth: ExampleSynth) -> dict[str, Any]:
        """Begin or resume the dataset of a plan; gives its manifest.

        Raises:
            InputError: if the folder holds another dataset.
        """
        fresh: dict[str, Any] = {
            "plan": asdict(plan),
            "synth": synth.identity,
            "shards": [],
            "replaced": dict.fromkeys(REASONS, 0),
        }
        if not present(self.path / MANIFEST):
            write_record(self.path / MANIFEST, fresh)
            return fresh
        found = self.manifest()
        where = f"dataset {self.path}: the folder holds another dataset"
        for key, wanted in fresh["plan"].items():
            if found["plan"][key] != wanted:
                differs = f"its {key} is {found['plan'][key]}, not {wanted}"
                raise InputError(f"{where}: {differs}; choose another folder")
        if changed := difference(found["synth"], fresh["synth"]):
            raise InputError(f"{where}: {changed}; choose another folder")
        return found

    def add(
        self,
        manifest: dict[str, Any],
        genomes: NDArray[np.float64],
        sounds: NDArray[np.float32],
        replaced: dict[str, int],
    ) -> None:
        """Add the next shard; the manifest lists it once its file is written."""
        name = f"shard-{len(manifest['shards']):05d}.zip"
        data = pack({"genomes": genomes, "sounds": sounds.astype(_STORED)})
        write_bytes(self.path / name, data)
        for why, count in replaced.items():
            manifest["replaced"][why] += count
        manifest["shards"].append(
            {
                "file": name,
                "sha256": hashlib.sha256(data).hexdigest(),
                "items": [item_hash(g, s) for g, s in zip(genomes, sounds, strict=True)],
            }
        )
        write_record(self.path / MANIFEST, manifest)

    def shard(
        self, manifest: dict[str, Any], number: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """Read genomes, shape (n, genes), and sounds, shape (n, samples), of a shard.

        Raises:
            InputError: if its file is missing or damaged.
        """
        about = manifest["shards"][number]
        where = f"dataset {self.path}: {about['file']}"
        try:
            data = (self.path / about["file"]).read_bytes()
        except OSError as error:
            raise InputError(f"{where}: {(error.strerror or 'cannot be read').lower()}") from None
        if hashlib.sha256(data).hexdigest() != about["sha256"]:
            raise InputError(f"{where}: is damaged; make the dataset again in another folder")
        found = unpack(data)
        return found["genomes"], found["sounds"].astype(np.float32)

    def complete(self) -> dict[str, Any]:
        """Read the manifest of a complete dataset.

        Raises:
            InputError: if it is incomplete.
        """
        manifest = self.manifest()
        plan = DatasetPlan(**manifest["plan"])
        if len(manifest["shards"]) < plan.shards:
            there = sum(len(shard["items"]) for shard in manifest["shards"])
            raise InputError(
                f"dataset {self.path}: has {there:,} of {plan.size:,} items; "
                "repeat the command that made it to resume"
            )
        return manifest

    @property
    def size(self) -> int:
        """The number of items in its plan."""
        return int(self.manifest()["plan"]["size"])

    def digest(self) -> str:
        """Give a hash of its content, by the manifest."""
        return hashlib.sha256(json.dumps(self.complete(), sort_keys=True).encode()).hexdigest()

    def split(self, name: str) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """Read genomes and sounds of ``train`` (8 tenths), ``validation`` (1) or ``test`` (1).

        Raises:
            InputError: if the dataset is incomplete or damaged.
        """
        manifest = self.complete()
        genomes, sounds = [], []
        for number, about in enumerate(manifest["shards"]):
            chosen = [split_of(item) == name for item in about["items"]]
            own_genomes, own_sounds = self.shard(manifest, number)
            genomes.append(own_genomes[chosen])
            sounds.append(own_sounds[chosen])
        return np.concatenate(genomes), np.concatenate(sounds)


def item_hash(genome: NDArray[np.float64], sound: NDArray[np.float32]) -> str:
    """Hash the genes of an item and its sound as stored."""
    whole = genome.tobytes() + sound.astype(_STORED).tobytes()
    return hashlib.sha256(whole).hexdigest()[:16]


def split_of(item: str) -> str:
    """Give the split that an item belongs to, by its hash alone."""
    tenth = int(item, 16) % _TENTHS
    return {_TENTHS - 2: VALIDATION, _TENTHS - 1: TEST}.get(tenth, TRAIN)


def draw_genomes(
    plan: DatasetPlan, genes: int, numbers: Sequence[int], attempts: Sequence[int]
) -> NDArray[np.float64]:
    """Draw the genomes of items.

    Args:
        plan: of the dataset.
        genes: genes per genome.
        numbers: of the items.
        attempts: how often each item was drawn before.

    Returns:
        Shape (n, genes).
    """
    return np.array(
        [
            generator("dataset item", plan.seed, number, attempt).random(genes)
            for number, attempt in zip(numbers, attempts, strict=True)
        ]
    ).reshape(len(numbers), genes)
