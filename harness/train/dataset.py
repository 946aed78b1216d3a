"""Datasets on disk: genomes and the sounds they make, in shards with a manifest.

An item is drawn from (seed, its number, how often it was drawn before), so that a dataset is the
same on any number of workers, in one go or taken up again. The manifest says of every item what it
is by a hash, and of every shard what its bytes are.
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
from harness.plan.choice import Choice
from harness.record.files import read_json, write_bytes, write_json
from harness.record.packing import pack, unpack
from synth.space import ParameterSpace

MANIFEST = "manifest.json"
TRAIN, VALIDATION, TEST = "train", "validation", "test"
_TENTHS = 10
# Half precision: 60 dB and more below what is loud there, at half the size.
_STORED = np.float16


@dataclass(frozen=True)
class DatasetPlan:
    """What a dataset is made of.

    Attributes:
        size: items.
        seed: everything drawn follows from it.
        sample_rate: in hertz.
        samples: of every sound.
        shard: items a file.
    """

    size: int
    seed: int
    sample_rate: int
    samples: int
    shard: int = 512

    def numbers(self, shard: int) -> range:
        """The items of a shard."""
        return range(shard * self.shard, min(self.size, (shard + 1) * self.shard))

    @property
    def shards(self) -> int:
        """How many files there are."""
        return -(-self.size // self.shard)


class Dataset:
    """A dataset in a folder, which may not be complete yet.

    Args:
        path: the folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def manifest(self) -> dict[str, Any]:
        """What is there.

        Raises:
            InputError: if there is no manifest, or it is damaged.
        """
        if not (self.path / MANIFEST).exists():
            raise InputError(f"dataset {self.path}: no {MANIFEST} there; make it: ga-synth dataset")
        found: dict[str, Any] = read_json(self.path / MANIFEST)
        return found

    def begin(
        self, plan: DatasetPlan, synth: Choice, space: ParameterSpace, version: str
    ) -> dict[str, Any]:
        """Begin, or take up, the dataset of a plan; gives its manifest.

        Raises:
            InputError: if another dataset lies there.
        """
        fresh: dict[str, Any] = {
            "plan": asdict(plan),
            "synth": synth.model_dump(),
            "version": version,
            "genes": list(space.names),
            "shards": [],
            "replaced": {"silent": 0, "equal genomes": 0, "equal to the ear": 0},
        }
        if not (self.path / MANIFEST).exists():
            write_json(self.path / MANIFEST, fresh)
            return fresh
        there = self.manifest()
        for key in ("plan", "synth", "version", "genes"):
            if there[key] != fresh[key]:
                raise InputError(f"dataset {self.path}: another one lies there: its {key} differs")
        return there

    def add(
        self,
        manifest: dict[str, Any],
        genomes: NDArray[np.float64],
        sounds: NDArray[np.float32],
        replaced: dict[str, int],
    ) -> None:
        """Add the next shard; the manifest names it once it is whole."""
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
        write_json(self.path / MANIFEST, manifest)

    def shard(
        self, manifest: dict[str, Any], number: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """Genomes, shape (n, genes), and sounds, shape (n, samples), of a shard.

        Raises:
            InputError: if its file is missing or is not what was written.
        """
        about = manifest["shards"][number]
        where = f"dataset {self.path}: {about['file']}"
        try:
            data = (self.path / about["file"]).read_bytes()
        except OSError as error:
            raise InputError(f"{where}: {(error.strerror or 'cannot be read').lower()}") from None
        if hashlib.sha256(data).hexdigest() != about["sha256"]:
            raise InputError(f"{where}: is damaged: not the bytes that were written")
        found = unpack(data)
        return found["genomes"], found["sounds"].astype(np.float32)

    def whole(self) -> dict[str, Any]:
        """The manifest of a dataset that is complete.

        Raises:
            InputError: if it is not, and how much there is.
        """
        manifest = self.manifest()
        plan = DatasetPlan(**manifest["plan"])
        if len(manifest["shards"]) < plan.shards:
            there = sum(len(shard["items"]) for shard in manifest["shards"])
            raise InputError(
                f"dataset {self.path}: has {there:,} of {plan.size:,} items; "
                "the command that made it goes on"
            )
        return manifest

    @property
    def size(self) -> int:
        """How many items its plan has."""
        return int(self.manifest()["plan"]["size"])

    def digest(self) -> str:
        """A hash of all that is in it, by the manifest."""
        return hashlib.sha256(json.dumps(self.whole(), sort_keys=True).encode()).hexdigest()

    def split(self, name: str) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """Genomes and sounds of ``train``, ``validation`` or ``test``: 8, 1 and 1 tenths, by hash.

        Raises:
            InputError: if the dataset is incomplete or damaged.
        """
        manifest = self.whole()
        genomes, sounds = [], []
        for number, about in enumerate(manifest["shards"]):
            chosen = [split_of(item) == name for item in about["items"]]
            own_genomes, own_sounds = self.shard(manifest, number)
            genomes.append(own_genomes[chosen])
            sounds.append(own_sounds[chosen])
        return np.concatenate(genomes), np.concatenate(sounds)


def item_hash(genome: NDArray[np.float64], sound: NDArray[np.float32]) -> str:
    """What an item is: a hash of its genes and of its sound as it is kept."""
    whole = genome.tobytes() + sound.astype(_STORED).tobytes()
    return hashlib.sha256(whole).hexdigest()[:16]


def split_of(item: str) -> str:
    """Which split an item belongs to, by its hash alone."""
    tenth = int(item, 16) % _TENTHS
    return {_TENTHS - 2: VALIDATION, _TENTHS - 1: TEST}.get(tenth, TRAIN)


def drawn(
    plan: DatasetPlan, genes: int, numbers: Sequence[int], attempts: Sequence[int]
) -> NDArray[np.float64]:
    """The genomes of items, each drawn for the so manieth time: shape (n, genes)."""
    return np.array(
        [
            np.random.default_rng([plan.seed, number, attempt]).random(genes)
            for number, attempt in zip(numbers, attempts, strict=True)
        ]
    ).reshape(len(numbers), genes)
