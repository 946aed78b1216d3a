"""The evaluator: genomes in, distances out, for one problem on one worker."""

import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.blame import PluginError, blamed, raised_by
from fitness.feature import SoundFeature, mean_difference
from fitness.streaming import SoundStream
from harness.plan.registry import Registry
from harness.run.broken import LOUDEST, WORST, is_broken
from harness.run.problem import Problem
from harness.run.seeing import Eyes, Look, joined
from simd import LANES
from simd.blocks import Block, blocks_of, peaks
from strategies.searches.base import Sense, Sight
from synth.sound import HIGHEST_PEAK, channel_weights

Found = dict[str, NDArray[np.float64]]
# Sounds, shape (n, samples), and which of them are broken, shape (n,).
Rendered = tuple[NDArray[np.float32], NDArray[np.bool_]]


class Evaluator:
    """Renders genomes and scores their sounds against one target, by every distance of a problem.

    Attributes:
        render_s: CPU seconds spent on rendering so far.
        score_s: CPU seconds spent on scoring so far.
        renders: how many genomes were rendered to be scored so far.
        unscored: how many were rendered only to measure how different they sound.
        sight: what the last evaluation saw of its sounds, if anything was wanted.
        broken: reason to how many candidates were broken; whoever wants to count clears it.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._registry = Registry(problem.files)
        self._made: dict[str, list[Any]] = {}
        self._streams: dict[tuple[tuple[str, ...], tuple[Sense, ...]], SoundStream] = {}
        self._sights: list[Sight] = []
        self.render_s = self.score_s = self._rendering = 0.0
        self.renders = self.unscored = 0
        self.broken: Counter[str] = Counter()
        with blamed(f"synth {problem.synth.name!r}", PluginError):
            synth = self._registry.get("synth", problem.synth.name)
            samples = problem.sounds.shape[1]
            self.synth = synth(problem.sample_rate, samples, **problem.synth.options)

    def evaluate(
        self,
        genomes: NDArray[np.float64],
        labels: Iterable[str],
        *,
        sees: Collection[Sense] = (),
        of: str = "",
    ) -> Found:
        """Render complete genomes once and measure each distance, sixteen sounds at a time.

        Where every distance is streamable the sound never leaves the cache: it is scored while it
        is rendered.

        Args:
            genomes: shape (n, genes).
            labels: which distances.
            sees: what ``sight`` is to hold.
            of: which of the distances the parts of ``sight`` are to sum up to.

        Returns:
            Label to distances, shape (n,); the mean over the target's channels, by energy.

        Raises:
            PluginError: if the synth or a distance raised, or gave a wrong shape; or if a candidate
                is broken, in a strict problem.
        """
        labels = tuple(sorted(set(labels)))
        scorers = [one for label in labels for one in self._distances(label)]
        self._sights, look = [], Look(sees, of)
        if all(getattr(one, "streamable", False) for one in scorers):
            parts = self._fused(labels, genomes, look)
        else:
            starts = range(0, len(genomes), LANES)
            parts = [self._scored(labels, genomes[i : i + LANES], look) for i in starts]
        return {
            label: np.concatenate([np.empty(0), *(p[label] for p in parts)]) for label in labels
        }

    def render(self, genomes: NDArray[np.float64]) -> NDArray[np.float32]:
        """Render complete genomes, shape (n, genes), to sounds, shape (n, samples).

        Raises:
            PluginError: if the synth raised, or gave a wrong shape or a broken sound.
        """
        sounds, broken = self._timed(genomes)
        if broken.any():
            raise PluginError(self._broken_sound)
        return sounds

    @property
    def sight(self) -> Sight | None:
        """What the last evaluation saw of its sounds; None if nothing was wanted."""
        return joined(self._sights) if self._sights else None

    @property
    def outside_s(self) -> float:
        """CPU seconds that the synth has spent in processes of its own so far."""
        return float(self.synth.outside_s)

    def part_names(self, label: str) -> tuple[str, ...]:
        """Return the names of the parts of a distance."""
        return tuple(self._distances(label)[0].part_names)

    def settings(self, genome: NDArray[np.float64]) -> dict[str, bytes]:
        """Return the synth's own files for a genome, shape (genes,), by name."""
        with blamed(f"synth {self.problem.synth.name!r}", PluginError):
            return dict(self.synth.settings(genome))

    def sound_diversity(self, populations: Mapping[str, NDArray[np.float64]]) -> dict[str, float]:
        """Return the mean difference of the sounds of each population, complete genomes, in dB."""
        feature = SoundFeature(self.problem.sample_rate, self.problem.sounds.shape[1])
        before = self.renders
        found = {
            name: mean_difference(feature(self._timed(genomes)[0]))
            for name, genomes in populations.items()
        }
        self.unscored, self.renders = self.unscored + self.renders - before, before
        return found

    def _timed(self, genomes: NDArray[np.float64]) -> Rendered:
        """Render genomes, and measure the time."""
        began = time.process_time()
        rendered = self._whole(genomes)
        self.render_s += time.process_time() - began
        return rendered

    def _whole(self, genomes: NDArray[np.float64]) -> Rendered:
        """Render genomes; of broken sounds silence is left."""
        name, samples = self.problem.synth.name, self.problem.sounds.shape[1]
        with blamed(f"synth {name!r}", PluginError):
            sounds = self.synth.render(genomes)
        if not (isinstance(sounds, np.ndarray) and sounds.shape == (len(genomes), samples)):
            raise PluginError(f"synth {name!r} {_gave(sounds)}; wanted {(len(genomes), samples)}")
        self.renders += len(genomes)
        # Not `> HIGHEST_PEAK`, which NaN is not.
        broken = ~(np.abs(sounds).max(axis=1, initial=0) <= HIGHEST_PEAK)
        if broken.any():
            sounds = np.where(broken[:, None], np.float32(0), sounds)
        return sounds, broken

    @property
    def _broken_sound(self) -> str:
        return f"synth {self.problem.synth.name!r} gave {LOUDEST}"

    def score(self, label: str, sounds: NDArray[np.float32]) -> NDArray[np.float64]:
        """Measure sounds, shape (n, samples), by one distance: shape (n,).

        Raises:
            PluginError: if it raised, or gave a wrong shape, NaN or infinity.
        """
        distances = self._measured(label, sounds)
        if is_broken(distances).any():
            raise PluginError(self._broken_distance(label))
        return distances

    def _measured(self, label: str, sounds: NDArray[np.float32]) -> NDArray[np.float64]:
        """Measure sounds by one distance, which may give NaN or infinity."""
        return self._mean(label, self._by_channel(label, sounds), len(sounds))

    def _by_channel(
        self, label: str, sounds: NDArray[np.float32], *, split: bool = False
    ) -> list[Any]:
        """Return what a distance, or its parts, gives against each channel of the target."""
        kind, _ = self.problem.distances[label]
        distances = self._distances(label)
        began = time.process_time()
        with blamed(f"{kind} {label!r}", PluginError):
            found = [one.parts_of(sounds) if split else one(sounds) for one in distances]
        self.score_s += time.process_time() - began
        return found

    def _scored(self, labels: Sequence[str], genomes: NDArray[np.float64], look: Look) -> Found:
        sounds, broken = self._timed(genomes)
        began = time.process_time()
        sight = self._eyes.heard(look.sees, sounds)
        self.score_s += time.process_time() - began
        by_channel = {
            label: self._by_channel(label, sounds, split=label == look.split) for label in labels
        }
        parts = by_channel.get(look.split, [])
        if parts:
            by_channel[look.split] = [one.sum(axis=0) for one in parts]
        means = {label: self._mean(label, each, len(sounds)) for label, each in by_channel.items()}
        return self._seen(look, sight, parts, self._settled(means, broken))

    def _seen(self, look: Look, sight: Sight, parts: Sequence[Any], found: Found) -> Found:
        """Note what was seen of a group, whose distances are ``found``; returns these.

        Args:
            look: what is wanted.
            sight: without the parts.
            parts: of the distance that is split, shape (parts, n), for each channel of the target.
            found: label to distances, shape (n,).
        """
        if look.split:
            whole = found[look.split] < WORST
            each = [self._mean(look.split, one, len(whole)) for one in zip(*parts, strict=True)]
            sight = sight._replace(parts=np.where(whole[:, None], np.stack(each, axis=1), WORST))
        if look.sees:
            self._sights.append(sight)
        return found

    def _settled(self, found: Found, broken: NDArray[np.bool_]) -> Found:
        """Put broken candidates at the worst distance, by every label, and count them.

        Args:
            found: label to distances, shape (n,).
            broken: whose sound is broken, shape (n,).
        """
        reasons = {self._broken_sound: broken}
        for label, distances in found.items():
            reasons[self._broken_distance(label)] = is_broken(distances) & ~broken
        for reason, lanes in reasons.items():
            if not lanes.any():
                continue
            if self.problem.strict:
                raise PluginError(reason)
            self.broken[reason] += int(lanes.sum())
        return {label: np.where(broken | is_broken(d), WORST, d) for label, d in found.items()}

    def _broken_distance(self, label: str) -> str:
        return f"{self.problem.distances[label][0]} {label!r} gave NaN or infinity"

    def _fused(
        self, labels: tuple[str, ...], genomes: NDArray[np.float64], look: Look
    ) -> list[Found]:
        """Measure genomes, sixteen at a time, while they are rendered."""
        cpu, wall, self._rendering = time.process_time(), time.perf_counter(), 0.0
        try:
            groups = self._groups(genomes)
            return [self._streamed(labels, *group, look) for group in groups]
        finally:
            # To ask for CPU seconds at every block would cost a fortieth of what is measured.
            cpu = time.process_time() - cpu
            share = self._rendering / ((time.perf_counter() - wall) or 1.0)
            self.render_s += share * cpu
            self.score_s += (1 - share) * cpu

    def _streamed(
        self,
        labels: tuple[str, ...],
        broken: NDArray[np.bool_],
        blocks: Iterator[Block],
        look: Look,
    ) -> Found:
        """Measure up to sixteen sounds while they are rendered.

        Args:
            labels: of the distances.
            broken: whose sound is broken, shape (sounds,), True at the latest after the last block.
            blocks: of the sounds.
            look: what is wanted besides.
        """
        count = len(broken)
        owners = [label for label in labels for _ in self._distances(label)]
        key = labels, tuple(look.sees)
        if key not in self._streams:
            scorers = [one for label in labels for one in self._distances(label)]
            self._streams[key] = SoundStream([*scorers, *self._eyes.watchers(look.sees)])
        stream = self._streams[key]
        found: dict[str, list[Any]] = {label: [] for label in labels}
        parts = []
        try:
            stream.begin(count)
            for block in blocks:
                stream.push(block)
            stream.end()
            for position, label in enumerate(owners):
                found[label].append(stream.distances(position)[:count])
                if label == look.split:
                    parts.append(stream.parts(position)[:, :count])
            sight = self._eyes.streamed(look.sees, stream, len(owners), count)
        except PluginError:
            raise
        except Exception as error:
            if stream.current >= len(owners):
                raise
            label = owners[stream.current]
            who = f"{self.problem.distances[label][0]} {label!r}"
            raise PluginError(raised_by(who, error)) from error
        means = {label: self._mean(label, each, count) for label, each in found.items()}
        return self._seen(look, sight, parts, self._settled(means, broken))

    def _groups(
        self, genomes: NDArray[np.float64]
    ) -> Iterator[tuple[NDArray[np.bool_], Iterator[Block]]]:
        """For every sixteen genomes which are broken, and their sounds block by block."""
        began = time.perf_counter()
        if not self.synth.streams:
            # It has no shorter way than whole sounds.
            for start in range(0, len(genomes), LANES):
                began = time.perf_counter()
                sounds, broken = self._whole(genomes[start : start + LANES])
                self._rendering += time.perf_counter() - began
                yield broken, blocks_of(np.ascontiguousarray(sounds, dtype=np.float32))
            return
        with blamed(f"synth {self.problem.synth.name!r}", PluginError):
            groups = self.synth.blocks(genomes)
            for start in range(0, len(genomes), LANES):
                blocks, count = next(groups, iter(())), min(LANES, len(genomes) - start)
                self.renders += count
                self._rendering += time.perf_counter() - began
                broken = np.zeros(count, dtype=bool)
                yield broken, self._checked(blocks, broken)
                began = time.perf_counter()

    def _checked(self, blocks: Iterator[Block], broken: NDArray[np.bool_]) -> Iterator[Block]:
        """Blocks of one group, as long as a sound together; sounds end where they are broken."""
        ended = np.zeros(LANES, dtype=bool)
        who, left = f"synth {self.problem.synth.name!r}", self.problem.sounds.shape[1]
        began = time.perf_counter()
        with blamed(f"synth {self.problem.synth.name!r}", PluginError):
            for block in blocks:
                left -= len(block)
                if block.shape[1:] != (LANES,) or left < 0:
                    raise PluginError(f"{who} {_gave(block)}, {left + len(block)} samples to go")
                ended |= ~(peaks(block.reshape(-1)) <= HIGHEST_PEAK)
                if ended.any():
                    broken |= ended[: len(broken)]
                    block = np.where(ended, np.float32(0), block)  # noqa: PLW2901
                self._rendering += time.perf_counter() - began
                yield block
                began = time.perf_counter()
        if left:
            raise PluginError(f"{who} gave blocks that end {left} samples early")

    @cached_property
    def _weights(self) -> list[float] | None:
        """How much each channel of the target counts; None if all are equally loud."""
        weights = channel_weights(self.problem.sounds)
        return None if (weights == weights[0]).all() else weights.tolist()

    @cached_property
    def _eyes(self) -> Eyes:
        """What looks at sounds for the searches that see."""
        return Eyes(self.problem.sounds, self.problem.sample_rate, self._weights)

    def _distances(self, label: str) -> list[Any]:
        """The fitness of a label for each channel of the target, made when first asked for."""
        if label not in self._made:
            began = time.process_time()
            kind, choice = self.problem.distances[label]
            with blamed(f"{kind} {label!r}", PluginError):
                cls = self._registry.get(kind, choice.name)
                rate = self.problem.sample_rate
                made = [cls(sound, rate, **choice.options) for sound in self.problem.sounds]
            self._made[label] = made
            self.score_s += time.process_time() - began
        return self._made[label]

    def _mean(self, label: str, by_channel: Sequence[Any], count: int) -> NDArray[np.float64]:
        """The mean over channels of what a distance gave; its shape and type are checked."""
        kind, _ = self.problem.distances[label]
        for distances in by_channel:
            if not (isinstance(distances, np.ndarray) and distances.shape == (count,)):
                raise PluginError(f"{kind} {label!r} {_gave(distances)}; wanted {(count,)}")
            if distances.dtype.kind != "f":
                raise PluginError(f"{kind} {label!r} gave no real numbers")
        with np.errstate(invalid="ignore", over="ignore"):
            if self._weights is None:
                return np.asarray(np.mean(by_channel, axis=0), dtype=np.float64)
            weighted = zip(self._weights, by_channel, strict=True)
            # From what counts for nothing a sound may be infinitely far away.
            return np.asarray(sum(w * each for w, each in weighted if w), dtype=np.float64)


def _gave(value: object) -> str:
    shape = f" of shape {value.shape}" if isinstance(value, np.ndarray) else ""
    return f"gave {type(value).__name__}{shape}"
