"""A problem: one target, one synth, and every distance that is asked of it; bound on a worker."""

import hashlib
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.plan.comparison import Comparison
from harness.plan.experiment import Choice
from harness.plan.registry import Registry

# Rendered and scored together: enough to fill the synth's vectors, little enough for the cache.
_BATCH = 32


class PluginError(Exception):
    """A plug-in that raised or gave something unusable; fails the trial that needed it."""


@dataclass(frozen=True)
class Problem:
    """What a worker needs to evaluate genomes against one target.

    Attributes:
        key: equal keys are the same problem.
        synth: what renders.
        sample_rate: in hertz.
        sounds: the target's channels, shape (channels, samples).
        distances: label to kind and choice of each fitness and judge.
        files: plug-in files.
    """

    key: str
    synth: Choice
    sample_rate: int
    sounds: NDArray[np.float32]
    distances: Mapping[str, tuple[str, Choice]]
    files: tuple[Path, ...]


def problem_of(comparison: Comparison, target: str) -> Problem:
    """The problem that a target poses in a comparison.

    A fitness keeps its label; agents' atomic ones are known by their registered names; a judge that
    is no fitness here is known by its own label.
    """
    loaded = comparison.targets[target]
    distances = {name: ("fitness", choice) for name, choice in comparison.atomic.items()}
    distances |= {label: ("judge", choice) for label, choice in comparison.judges.items()}
    distances |= {label: ("fitness", choice) for label, choice in comparison.fitness.items()}
    chosen = {label: [kind, choice.model_dump()] for label, (kind, choice) in distances.items()}
    parts = [loaded.digest, loaded.sample_rate, comparison.synth.model_dump(), chosen]
    key = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    files = comparison.registry.files
    return Problem(key, comparison.synth, loaded.sample_rate, loaded.sounds, distances, files)


class Bound:
    """A problem with its synth and distances made: genomes in, distances out.

    Attributes:
        render_s: CPU seconds spent in rendering so far.
        score_s: CPU seconds spent in scoring so far.
        renders: how many genomes were rendered so far.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._registry = Registry(problem.files)
        self._made: dict[str, list[Any]] = {}
        self.render_s = self.score_s = 0.0
        self.renders = 0
        with _blamed("synth", problem.synth.name):
            synth = self._registry.get("synth", problem.synth.name)
            samples = problem.sounds.shape[1]
            self.synth = synth(problem.sample_rate, samples, **problem.synth.options)

    def evaluate(
        self, genomes: NDArray[np.float64], labels: Iterable[str]
    ) -> dict[str, NDArray[np.float64]]:
        """Render complete genomes once and measure each distance.

        Args:
            genomes: shape (n, genes).
            labels: which distances.

        Returns:
            Label to distances, shape (n,); the mean over the target's channels.

        Raises:
            PluginError: if the synth or a distance raised, or gave a wrong shape, NaN or infinity.
        """
        labels = sorted(set(labels))
        parts: dict[str, list[NDArray[np.float64]]] = {label: [] for label in labels}
        for start in range(0, len(genomes), _BATCH):
            sounds = self.render(genomes[start : start + _BATCH])
            for label in labels:
                parts[label].append(self.score(label, sounds))
        return {label: np.concatenate([np.empty(0), *parts[label]]) for label in labels}

    def render(self, genomes: NDArray[np.float64]) -> NDArray[np.float32]:
        """Render complete genomes, shape (n, genes), to sounds, shape (n, samples)."""
        began = time.process_time()
        name, samples = self.problem.synth.name, self.problem.sounds.shape[1]
        with _blamed("synth", name):
            sounds = self.synth.render(genomes)
        if not (isinstance(sounds, np.ndarray) and sounds.shape == (len(genomes), samples)):
            raise PluginError(f"synth {name!r} {_gave(sounds)}; wanted {(len(genomes), samples)}")
        if not np.isfinite(sounds).all():
            raise PluginError(f"synth {name!r} gave NaN or infinity")
        self.renders += len(genomes)
        self.render_s += time.process_time() - began
        return sounds

    def score(self, label: str, sounds: NDArray[np.float32]) -> NDArray[np.float64]:
        """Measure sounds, shape (n, samples), by one distance; gives shape (n,)."""
        began = time.process_time()
        kind, choice = self.problem.distances[label]
        with _blamed(kind, label):
            if label not in self._made:
                cls = self._registry.get(kind, choice.name)
                rate = self.problem.sample_rate
                made = [cls(sound, rate, **choice.options) for sound in self.problem.sounds]
                self._made[label] = made
            by_channel = [fitness(sounds) for fitness in self._made[label]]
        for distances in by_channel:
            if not (isinstance(distances, np.ndarray) and distances.shape == (len(sounds),)):
                raise PluginError(f"{kind} {label!r} {_gave(distances)}; wanted {(len(sounds),)}")
            if distances.dtype.kind != "f" or not np.isfinite(distances).all():
                raise PluginError(f"{kind} {label!r} gave NaN, infinity or no real numbers")
        self.score_s += time.process_time() - began
        return np.asarray(np.mean(by_channel, axis=0), dtype=np.float64)


class _blamed:  # noqa: N801 - reads as a word of the with statement
    """Turns whatever a plug-in raises into a PluginError that names it."""

    def __init__(self, kind: str, name: str) -> None:
        self.who = f"{kind} {name!r}"

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: Any, trace: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, PluginError):
            line = str(error).strip().split("\n")[0]
            raise PluginError(f"{self.who} raised {type(error).__name__}: {line}") from error


def _gave(value: object) -> str:
    shape = f" of shape {value.shape}" if isinstance(value, np.ndarray) else ""
    return f"gave {type(value).__name__}{shape}"
