"""Several fitness functions in one."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib.metadata import entry_points
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from fitness.base import Distances, Fitness, Sound
from fitness.streaming import SoundStream, StreamingFitness, Sums


class Weighted(StreamingFitness):
    """Weighted sum of fitness functions, each as a share of what silence scores on this target.

    A part whose weight is 1 thus adds 1 for silence, whatever its unit, and weights can be
    compared. A part for which silence is no distance at all (pitch, on a target without any) is
    taken as it is.

    Args:
        target: one channel, shape (samples,), finite and not silent.
        sample_rate: in hertz.
        parts: weight, above 0, of each fitness by its entry point's name in ``ga_synth.fitness``.

    Raises:
        ValueError: if there are no parts, or a name or a weight does not fit.
    """

    unit = ""
    example: ClassVar[Mapping[str, Any]] = {"parts": {"spectrogram": 1.0, "waveform": 0.5}}

    def __init__(self, target: ArrayLike, sample_rate: int, *, parts: Mapping[str, float]) -> None:
        super().__init__(target, sample_rate)
        if not parts:
            raise ValueError("weighted has no parts; wanted: {name: weight}, one or more")
        silence = np.zeros((1, self.target.size))
        self._parts: list[tuple[float, Fitness]] = []
        for name, weight in parts.items():
            if not (isinstance(weight, int | float) and 0 < weight < np.inf):
                raise ValueError(f"weight of {name!r} is {weight!r}; wanted: a number above 0")
            part = _find(name)(self.target, sample_rate)
            self._parts.append((weight / (float(part(silence)[0]) or 1.0), part))
        streamed = [part for _, part in self._parts if isinstance(part, StreamingFitness)]
        self._streamed_parts = streamed
        self.streamable = len(streamed) == len(parts) and all(one.streamable for one in streamed)

    def distances_of(self, sounds: Sound) -> Distances:
        """Measure checked sounds, shape (n, samples): shape (n,)."""
        return self._total([part.distances_of(sounds) for _, part in self._parts])

    def distance(self, sound: Sound) -> float:
        """Measure one sound, shape (samples,): 0 and above."""
        return float(self.distances_of(sound[None])[0])

    def initial_sums(self) -> Sums:
        """Return the sums before any sound: each part's rows below those of the one before."""
        return np.concatenate([one.initial_sums() for one in self._streamed_parts])

    def update(self, stream: SoundStream, sums: Sums) -> None:
        """Let every part add to its own sums."""
        for one, part in zip(self._streamed_parts, self._split(sums), strict=True):
            one.update(stream, part)

    def distances(self, sums: Sums) -> Distances:
        """Turn sums into distances, shape (LANES,): 0 and above."""
        parts = zip(self._streamed_parts, self._split(sums), strict=True)
        return self._total([one.distances(part) for one, part in parts])

    def _total(self, distances: Sequence[Distances]) -> Distances:
        scales = [scale for scale, _ in self._parts]
        total: Distances = np.sum([s * d for s, d in zip(scales, distances, strict=True)], axis=0)
        return total

    def _split(self, sums: Sums) -> list[Sums]:
        """The rows of each part."""
        ends = np.cumsum([len(one.initial_sums()) for one in self._streamed_parts])
        return np.split(sums, ends[:-1])


def _find(name: str) -> type[Fitness]:
    if name == "weighted":
        raise ValueError("a part of weighted is weighted itself; wanted: its parts, side by side")
    entries = entry_points(group="ga_synth.fitness")
    known = {entry.name: entry for entry in entries if entry.name != "weighted"}
    if name not in known:
        close = get_close_matches(name, known, n=1, cutoff=0.0)[0]
        raise ValueError(f"no fitness is called {name!r}; nearest: {close!r}; all: {sorted(known)}")
    found: type[Fitness] = known[name].load()
    return found
