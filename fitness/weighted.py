"""A weighted sum of several fitness functions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import entry_points
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from common.suggest import nearest
from fitness.base import Fitness, SoundDistances
from fitness.streaming import SoundStream, StreamingFitness, Sums
from simd import Audio


class Weighted(StreamingFitness):
    """Weighted sum of fitness functions, each divided by what silence scores on this target.

    A part with weight 1 thus adds 1 for silence, whatever its unit, so that weights are comparable.
    A part for which silence is at distance 0 (pitch, if the target has none) is not divided.

    Args:
        target: one channel, shape (samples,), finite and not silent.
        sample_rate: in hertz.
        parts: the weight, above 0, of each fitness, by its name: what is installed, and, in an
            experiment, what its plug-in files define.

    Raises:
        ValueError: if there are no parts, or a name or a weight is invalid.
    """

    unit = ""
    example: ClassVar[Mapping[str, Any]] = {"parts": {"spectrogram": 1.0, "waveform": 0.5}}

    @classmethod
    def among(cls, find: Callable[[str], type[Fitness]], names: Iterable[str]) -> type[Self]:
        """Return this class with other parts to choose from.

        Args:
            find: gives the fitness of a name.
            names: of all there are.
        """
        members = {
            "_find": staticmethod(find),
            "_names": staticmethod(lambda: names),
            "__module__": cls.__module__,
            "__doc__": cls.__doc__,
        }
        return type(cls.__name__, (cls,), members)

    def __init__(self, target: ArrayLike, sample_rate: int, *, parts: Mapping[str, float]) -> None:
        super().__init__(target, sample_rate)
        if not parts:
            raise ValueError("weighted: no parts; give at least one, as {name: weight}")
        silence = np.zeros((1, self.target.size))
        self._parts: list[tuple[float, Fitness]] = []
        self._chosen = tuple(parts)
        for name, weight in parts.items():
            if not (isinstance(weight, int | float) and 0 < weight < np.inf):
                raise ValueError(
                    f"weighted: weight of {name!r}: {weight!r}; allowed: a number above 0"
                )
            part = self._part(name)(self.target, sample_rate)
            self._parts.append((weight / (float(part(silence)[0]) or 1.0), part))
        streamed = [part for _, part in self._parts if isinstance(part, StreamingFitness)]
        self._streamed_parts = streamed
        self.streamable = len(streamed) == len(parts) and all(one.streamable for one in streamed)

    def distances_of(self, sounds: Audio) -> SoundDistances:
        """Return the distances, shape (n,), of checked sounds, shape (n, samples)."""
        parts = self._scaled([part.distances_of(sounds) for _, part in self._parts])
        return np.asarray(parts.sum(axis=0))

    @property
    def part_names(self) -> tuple[str, ...]:
        """The names of the parts, in order."""
        return self._chosen

    def parts_of(self, sounds: ArrayLike) -> SoundDistances:
        """Return the weighted parts, shape (parts, n), of sounds, shape (n, samples)."""
        return self._scaled([part(sounds) for _, part in self._parts])

    def distance(self, sound: Audio) -> float:
        """Return the distance of one sound, shape (samples,), 0 or above."""
        return float(self.distances_of(sound[None])[0])

    def initial_sums(self) -> Sums:
        """Return the sums before any sound: the rows of all parts, one part after the other."""
        return np.concatenate([one.initial_sums() for one in self._streamed_parts])

    def update(self, stream: SoundStream, sums: Sums) -> None:
        """Let every part add to its own sums."""
        for one, part in zip(self._streamed_parts, self._split(sums), strict=True):
            one.update(stream, part)

    def distances(self, sums: Sums) -> SoundDistances:
        """Turn sums into distances, shape (LANES,): 0 or above."""
        return np.asarray(self.parts(sums).sum(axis=0))

    def parts(self, sums: Sums) -> SoundDistances:
        """Turn sums into the weighted parts, shape (parts, LANES): 0 or above."""
        parts = zip(self._streamed_parts, self._split(sums), strict=True)
        return self._scaled([one.distances(part) for one, part in parts])

    @staticmethod
    def _names() -> Iterable[str]:
        return [entry.name for entry in entry_points(group="ga_synth.fitness")]

    @staticmethod
    def _find(name: str) -> type[Fitness]:
        entries = {entry.name: entry for entry in entry_points(group="ga_synth.fitness")}
        found: type[Fitness] = entries[name].load()
        return found

    def _part(self, name: str) -> type[Fitness]:
        if name == "weighted":
            raise ValueError("weighted cannot be a part of itself; list all parts in one weighted")
        known = [one for one in self._names() if one != "weighted"]
        if name not in known:
            raise ValueError(f"unknown fitness {name!r}; {nearest(name, known)}")
        return self._find(name)

    def _scaled(self, distances: Sequence[SoundDistances]) -> SoundDistances:
        scales = [scale for scale, _ in self._parts]
        return np.stack([s * d for s, d in zip(scales, distances, strict=True)])

    def _split(self, sums: Sums) -> list[Sums]:
        """Split the sums into those of each part."""
        ends = np.cumsum([len(one.initial_sums()) for one in self._streamed_parts])
        return np.split(sums, ends[:-1])
