"""Several fitness functions in one."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib.metadata import entry_points
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from fitness.base import Distances, Fitness, Sound
from fitness.streaming import Ear, Heard, Sums


class Weighted(Heard):
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
        listeners = [part for _, part in self._parts if isinstance(part, Heard)]
        self._listeners = listeners
        self.by_block = len(listeners) == len(parts) and all(one.by_block for one in listeners)
        self.growing = all(one.growing for one in listeners)

    def distances_of(self, sounds: Sound) -> Distances:
        """Measure checked sounds, shape (n, samples): shape (n,)."""
        return self._total([part.distances_of(sounds) for _, part in self._parts])

    def distance(self, sound: Sound) -> float:
        """Measure one sound, shape (samples,): 0 and above."""
        return float(self.distances_of(sound[None])[0])

    def blank(self) -> Sums:
        """Give the sums of nothing heard: of one part below those of another."""
        return np.concatenate([one.blank() for one in self._listeners])

    def hear(self, ear: Ear, sums: Sums) -> None:
        """Let every part add to its own sums."""
        for one, part in zip(self._listeners, self._split(sums), strict=True):
            one.hear(ear, part)

    def distances(self, sums: Sums) -> Distances:
        """Turn sums into distances, shape (LANES,): 0 and above."""
        parts = zip(self._listeners, self._split(sums), strict=True)
        return self._total([one.distances(part) for one, part in parts])

    def _total(self, distances: Sequence[Distances]) -> Distances:
        scales = [scale for scale, _ in self._parts]
        total: Distances = np.sum([s * d for s, d in zip(scales, distances, strict=True)], axis=0)
        return total

    def _split(self, sums: Sums) -> list[Sums]:
        """The rows of each part."""
        ends = np.cumsum([len(one.blank()) for one in self._listeners])
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
