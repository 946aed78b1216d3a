"""A problem: one target, one synth, and every distance that is asked of it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.plan.choice import Choice
from harness.plan.comparison import Comparison


@dataclass(frozen=True)
class Problem:
    """What a worker needs to evaluate genomes against one target.

    Attributes:
        key: equal keys are the same problem.
        synth: what renders.
        sample_rate: in hertz.
        sounds: the target's channels, shape (channels, samples).
        distances: key to kind and choice of each fitness and judge.
        files: plug-in files, absolute.
        strict: whether a broken candidate is an error, and not just the worst of all.
    """

    key: str
    synth: Choice
    sample_rate: int
    sounds: NDArray[np.float32]
    distances: Mapping[str, tuple[str, Choice]]
    files: tuple[Path, ...]
    strict: bool = False

    @property
    def labels(self) -> list[str]:
        """The labels that a best sound is judged by, agents' atomic fitness functions left out."""
        return [key for key in self.distances if " " not in key]


def atomic_key(name: str) -> str:
    """Return the key of an agent's atomic fitness, which no label of an experiment can equal."""
    return f"atomic {name}"


def problem_of(comparison: Comparison, target: str) -> Problem:
    """Return the problem that a target poses in a comparison.

    Fitness functions and judges are known by their labels (where a label is both, both are the
    same), agents' atomic ones by a key of their own: a judge of that name may have other options.
    """
    loaded = comparison.targets[target]
    distances = {atomic_key(name): ("fitness", one) for name, one in comparison.atomic.items()}
    distances |= {label: ("judge", choice) for label, choice in comparison.judges.items()}
    distances |= {label: ("fitness", choice) for label, choice in comparison.fitness.items()}
    chosen = {label: [kind, choice.model_dump()] for label, (kind, choice) in distances.items()}
    strict = comparison.experiment.broken == "fail"
    parts = [loaded.digest, loaded.sample_rate, comparison.synth.model_dump(), chosen, strict]
    key = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    files = comparison.registry.files
    rate, sounds = loaded.sample_rate, loaded.sounds
    return Problem(key, comparison.synth, rate, sounds, distances, files, strict)
