"""A problem bound on a worker: its synth and distances made, genomes in, distances out."""

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitness.heard import Ear
from harness.plan.registry import Registry
from harness.run.problem import PluginError, Problem
from lanes import LANES
from lanes.blocks import Block, blocks_of, finite
from synth.base import Synth

Found = dict[str, NDArray[np.float64]]


class Bound:
    """A problem with its synth and distances made.

    Attributes:
        render_s: CPU seconds spent in rendering so far.
        score_s: CPU seconds spent in scoring so far.
        renders: how many genomes were rendered so far.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._registry = Registry(problem.files)
        self._made: dict[str, list[Any]] = {}
        self._ears: dict[tuple[str, ...], Ear] = {}
        self.render_s = self.score_s = 0.0
        self.renders = 0
        with _blamed("synth", problem.synth.name):
            synth = self._registry.get("synth", problem.synth.name)
            samples = problem.sounds.shape[1]
            self.synth = synth(problem.sample_rate, samples, **problem.synth.options)

    def evaluate(
        self, genomes: NDArray[np.float64], labels: Iterable[str], limit: float = np.inf
    ) -> Found:
        """Render complete genomes once and measure each distance, sixteen sounds at a time.

        Where every distance can hear block by block the sound never leaves the cache: it is scored
        while it is rendered, and stops when none of the sixteen can matter any more.

        Args:
            genomes: shape (n, genes).
            labels: which distances.
            limit: what is further by all of them need not be known exactly, and may be infinite.

        Returns:
            Label to distances, shape (n,); the mean over the target's channels.

        Raises:
            PluginError: if the synth or a distance raised, or gave a wrong shape, NaN or infinity.
        """
        labels = tuple(sorted(set(labels)))
        listeners = [one for label in labels for one in self._distances(label)]
        fused = all(getattr(one, "by_block", False) for one in listeners)
        found = {label: np.empty(len(genomes)) for label in labels}
        for start in range(0, len(genomes), LANES):
            group = genomes[start : start + LANES]
            measured = self._heard(group, labels, limit) if fused else self._scored(group, labels)
            for label in labels:
                found[label][start : start + LANES] = measured[label]
        return found

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
        kind, _ = self.problem.distances[label]
        distances = self._distances(label)
        with _blamed(kind, label):
            by_channel = [fitness(sounds) for fitness in distances]
        mean = self._mean(label, by_channel, len(sounds))
        self.score_s += time.process_time() - began
        return mean

    def _scored(self, group: NDArray[np.float64], labels: Sequence[str]) -> Found:
        sounds = self.render(group)
        return {label: self.score(label, sounds) for label in labels}

    def _heard(self, group: NDArray[np.float64], labels: tuple[str, ...], limit: float) -> Found:
        """Measure up to sixteen genomes while they are rendered."""
        owners = [label for label in labels for _ in self._distances(label)]
        if labels not in self._ears:
            self._ears[labels] = Ear([one for label in labels for one in self._distances(label)])
        ear = self._ears[labels]
        listeners = [one for label in labels for one in self._distances(label)]
        may_stop = limit < np.inf and all(one.growing for one in listeners)
        began = time.process_time()
        rendered = 0.0

        def measured() -> Found:
            by_label: dict[str, list[Any]] = {label: [] for label in labels}
            for i, label in enumerate(owners):
                by_label[label].append(ear.distances(i)[: len(group)])
            return {k: self._mean(k, v, len(group)) for k, v in by_label.items()}

        try:
            ear.begin()
            blocks = self._blocks(group)
            while True:
                asked = time.process_time()
                block = next(blocks, None)
                rendered += time.process_time() - asked
                if block is None:
                    break
                ear.hear(block)
                if may_stop and all((d > limit).all() for d in measured().values()):
                    return {label: np.full(len(group), np.inf) for label in labels}
            ear.end()
            return measured()
        except PluginError:
            raise
        except Exception as error:
            label = owners[ear.telling]
            raise _blame(f"{self.problem.distances[label][0]} {label!r}", error) from error
        finally:
            self.render_s += rendered
            self.score_s += time.process_time() - began - rendered

    def _blocks(self, group: NDArray[np.float64]) -> Iterator[Block]:
        """The sounds of up to sixteen genomes, block by block."""
        name = self.problem.synth.name
        if type(self.synth).stream is Synth.stream:
            # Nothing shorter than whole sounds, which are checked there.
            spent = self.render_s
            sounds = self.render(group)
            self.render_s = spent
            yield from blocks_of(np.ascontiguousarray(sounds, dtype=np.float32))
            return
        with _blamed("synth", name):
            blocks = self.synth.blocks(group)
        while True:
            with _blamed("synth", name):
                block = next(blocks, None)
            if block is None:
                break
            if not finite(block.reshape(-1)):
                raise PluginError(f"synth {name!r} gave NaN or infinity")
            yield block
        self.renders += len(group)

    def _distances(self, label: str) -> list[Any]:
        """The fitness of a label for each channel of the target, made when first asked for."""
        if label not in self._made:
            kind, choice = self.problem.distances[label]
            with _blamed(kind, label):
                cls = self._registry.get(kind, choice.name)
                rate = self.problem.sample_rate
                made = [cls(sound, rate, **choice.options) for sound in self.problem.sounds]
            self._made[label] = made
        return self._made[label]

    def _mean(self, label: str, by_channel: Sequence[Any], count: int) -> NDArray[np.float64]:
        """The mean over channels of what a distance gave, checked."""
        kind, _ = self.problem.distances[label]
        for distances in by_channel:
            if not (isinstance(distances, np.ndarray) and distances.shape == (count,)):
                raise PluginError(f"{kind} {label!r} {_gave(distances)}; wanted {(count,)}")
            if distances.dtype.kind != "f" or not np.isfinite(distances).all():
                raise PluginError(f"{kind} {label!r} gave NaN, infinity or no real numbers")
        return np.asarray(np.mean(by_channel, axis=0), dtype=np.float64)


class _blamed:  # noqa: N801 - reads as a word of the with statement
    """Turns whatever a plug-in raises into a PluginError that names it."""

    def __init__(self, kind: str, name: str) -> None:
        self.who = f"{kind} {name!r}"

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: Any, trace: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, PluginError):
            raise _blame(self.who, error) from error


def _blame(who: str, error: Exception) -> PluginError:
    line = str(error).strip().split("\n")[0]
    return PluginError(f"{who} raised {type(error).__name__}: {line}")


def _gave(value: object) -> str:
    shape = f" of shape {value.shape}" if isinstance(value, np.ndarray) else ""
    return f"gave {type(value).__name__}{shape}"
