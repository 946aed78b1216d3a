"""A bank on disk: genomes of a synth with features of their sounds, and the search for neighbours.

    OUT/_banks/SYNTH-KEY/
        part-00000.zip    genomes, features and CPU seconds, while the bank is made
        genomes.npy       shape (size, genes), float32
        features.npy      levels below the peak level, in dB, (size, segments, bands), float16
        peaks.npy         the peak levels in dB, shape (size,), float32
        sums.json         the SHA-256 of the three arrays
        times.json        measured CPU seconds; the one file that differs from run to run
        bank.json         its plan and synth; written last

No experiment can be called ``_banks``: names begin with a letter or a digit.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from math import gcd
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.errors import InputError
from common.paths import present
from common.random import generator
from fitness.feature import HOP, SoundFeature
from harness.plan.experiment import BankPlan
from harness.plan.registry import own_version
from harness.record.files import check_sha256, sha256_of, unlink_link, waiting_lock, write_bytes
from harness.record.packing import pack, unpack
from harness.record.sealed import read_record, write_record
from harness.train.example_synth import ExampleSynth
from simd import Audio
from strategies.informed import known_genomes, louder
from strategies.searches.base import Genomes
from synth.space import ParameterSpace

BANKS, ABOUT, TIMES, SUMS = "_banks", "bank.json", "times.json", "sums.json"
PART = 2048
_SEGMENTS, _LOWEST, _DEEPEST, _SILENT = 12, -120.0, -80.0, -60.0
_NEIGHBOURS = 400
_ARRAYS = "genomes", "features", "peaks"


@dataclass(frozen=True)
class Part:
    """A part of a bank.

    Attributes:
        genomes: shape (n, genes), float32.
        features: shape (n, segments, bands), float16, in dB below the peak level.
        peaks: the peak levels, in dB, shape (n,), float32.
    """

    genomes: NDArray[np.float32]
    features: NDArray[np.float16]
    peaks: NDArray[np.float32]


class Bank:
    """A bank in a folder; it may be incomplete.

    Attributes:
        plan: what it is made of.
        synth: what renders it.
        path: its folder.

    Args:
        out: the folder of all comparisons.
        plan: what it is made of.
        synth: what renders it.
    """

    def __init__(self, out: Path, plan: BankPlan, synth: ExampleSynth) -> None:
        self.plan, self.synth = plan, synth
        about = {"plan": plan.model_dump(), "synth": synth.identity, "ga_synth": own_version()}
        self._about: dict[str, Any] = about
        digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
        self.path = out / BANKS / f"{synth.choice.name}-{digest[:16]}"
        self._checked = False

    @property
    def complete(self) -> bool:
        """Whether all of it is there."""
        return present(self.path / ABOUT)

    @property
    def parts(self) -> range:
        """The numbers of its parts."""
        return range(-(-self.plan.size // PART))

    @property
    def missing(self) -> list[int]:
        """The numbers of the parts that are not written."""
        return [number for number in self.parts if not self.has(number)]

    @property
    def ready(self) -> int:
        """How many sounds are in the parts that are written."""
        size = self.plan.size
        return size - sum(min(PART, size - number * PART) for number in self.missing)

    def make_once(self, make: Callable[[], None], on_wait: Callable[[str], None]) -> bool:
        """Make it unless it is complete, while no other process does; returns whether it was made.

        Args:
            make: makes it.
            on_wait: called with who is making it, before waiting.

        Raises:
            InputError: if the folder cannot be written to.
        """
        if self.complete:
            return False
        with waiting_lock(self.path, on_wait):
            # Another run may have made it meanwhile.
            wanted = not self.complete
            if wanted:
                make()
        return wanted

    def has(self, part: int) -> bool:
        """Return whether a part is written."""
        return present(self._file(part))

    def add(self, number: int, part: Part, cpu_s: float) -> None:
        """Write a part, and the CPU seconds that it took."""
        write_bytes(self._file(number), pack({**vars(part), "cpu_s": cpu_s}))

    def finish(self) -> None:
        """Join the parts, once all are written."""
        parts = [unpack(self._file(number).read_bytes()) for number in self.parts]
        for name in _ARRAYS:
            unlink_link(self.path / f"{name}.npy")
            np.save(self.path / f"{name}.npy", np.concatenate([part[name] for part in parts]))
        sums = {name: sha256_of(self.path / f"{name}.npy") for name in _ARRAYS}
        write_record(self.path / SUMS, sums)
        write_record(self.path / TIMES, {"cpu_s": sum(part["cpu_s"] for part in parts)})
        write_record(self.path / ABOUT, self._about)
        for number in self.parts:
            self._file(number).unlink()

    def check(self) -> None:
        """Look whether a complete bank is whole.

        Raises:
            InputError: if it is damaged.
        """
        self._arrays()

    def record(self) -> dict[str, Any]:
        """What a complete bank is and what it cost, as plain values.

        ``folder`` is its name, ``synth`` the synth's, ``plan`` what it is made of; ``renders``;
        ``cpu_s``, CPU seconds, None if they were not measured; ``bytes`` on disk.
        """
        times = self.path / TIMES
        return {
            "folder": self.path.name,
            "synth": self.synth.choice.name,
            "plan": self.plan.model_dump(),
            "renders": self.plan.size,
            "cpu_s": read_record(times)["cpu_s"] if present(times) else None,
            "bytes": sum(file.stat().st_size for file in self.path.glob("*.npy")),
        }

    def nearest(self, sound: Audio, sample_rate: int) -> Genomes:
        """Return the genomes that sound most like a sound, as loud as it, the nearest first.

        The mean absolute difference of levels below each sound's own peak counts, over the parts of
        the sound that the bank's sounds are long enough for.

        Args:
            sound: shape (samples,).
            sample_rate: in hertz.

        Returns:
            Shape (n, genes), n at most 400; none for a sound without energy.

        Raises:
            InputError: if the bank is damaged.
        """
        genomes, features, peaks = self._arrays()
        wanted, peak, heard = self._described(sound, sample_rate)
        if not np.isfinite(peak):
            return np.empty((0, genomes.shape[1]))
        distances = np.empty(len(genomes))
        for start in range(0, len(genomes), PART):
            levels = features[start : start + PART, heard].astype(np.float32)
            distances[start : start + PART] = np.abs(levels - wanted[heard]).mean(axis=(1, 2))
        distances[peaks < _SILENT] = np.inf
        order = np.argsort(distances, kind="stable")[:_NEIGHBOURS]
        order = order[np.isfinite(distances[order])]
        chosen = genomes[order].astype(np.float64)
        return louder(chosen, peak - peaks[order].astype(np.float64), self.synth.space)

    def _described(
        self, sound: Audio, sample_rate: int
    ) -> tuple[NDArray[np.float32], float, NDArray[np.bool_]]:
        """Return the features of a sound, its peak level, and which segments it reaches."""
        from scipy.signal import resample_poly

        rate = self.plan.sample_rate
        common = gcd(rate, sample_rate)
        samples = np.asarray(sound, dtype=np.float64)
        if rate != sample_rate:
            samples = resample_poly(samples, rate // common, sample_rate // common)
        fitted = np.zeros((1, self.plan.samples), np.float32)
        known = samples[: self.plan.samples]
        fitted[0, : known.size] = known
        features, peaks = described(self.plan, fitted)
        frames = 1 + self.plan.samples // HOP
        starts = np.arange(features.shape[1]) * frames // features.shape[1]
        heard = starts * HOP < known.size
        return features[0].astype(np.float32), float(peaks[0]), heard

    def _arrays(self) -> tuple[NDArray[np.float32], NDArray[np.float16], NDArray[np.float32]]:
        try:
            read_record(self.path / ABOUT)
            self._check_sums()
            genomes, features, peaks = (
                np.load(self.path / f"{name}.npy", mmap_mode="r") for name in _ARRAYS
            )
        except (OSError, EOFError, ValueError, InputError):
            raise InputError(
                f"bank {self.path}: is damaged; remove it, and it is made again"
            ) from None
        return genomes, features, peaks

    def _check_sums(self) -> None:
        """Check the arrays, once: it takes as long as reading them.

        Raises:
            InputError: if one is not what was written.
        """
        if self._checked:
            return
        for name, digest in read_record(self.path / SUMS).items():
            check_sha256(self.path / f"{name}.npy", digest)
        self._checked = True

    def _file(self, part: int) -> Path:
        return self.path / f"part-{part:05d}.zip"


def drawn(plan: BankPlan, number: int, space: ParameterSpace) -> Genomes:
    """Draw the genomes of a part, shape (n, genes)."""
    count = min(PART, plan.size - number * PART)
    return known_genomes(count, space, generator("bank", plan.seed, number))


def described(plan: BankPlan, sounds: Audio) -> tuple[NDArray[np.float16], NDArray[np.float32]]:
    """Return the features and peak levels of sounds, shape (n, samples)."""
    feature = SoundFeature(plan.sample_rate, plan.samples, _SEGMENTS, _LOWEST)
    levels = feature(sounds).reshape(len(sounds), *feature.shape)
    peaks = levels.max(axis=(1, 2))
    below = np.maximum(levels - peaks[:, None, None], _DEEPEST)
    return below.astype(np.float16), np.where(peaks > _LOWEST, peaks, -np.inf).astype(np.float32)
