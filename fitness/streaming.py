"""Fitness functions that hear sixteen sounds at once, block by block, while they are made."""

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fitness.base import Distances, Fitness, Sound
from fitness.stft import Spectra, Stft
from simd import LANES
from simd.blocks import Block, blocks_of

# What a fitness remembers of what it has heard; the last axis are the simd.
Sums = NDArray[np.float64]


class Heard(Fitness):
    """A fitness made of sums over time: it needs a sound only a moment at a time.

    A subclass implements ``hear`` and ``distances`` instead of ``distance``. It keeps nothing of a
    sound in itself: all goes into the sums, so that one fitness serves many sounds.

    Attributes:
        growing: whether the distances of what was heard so far never exceed those of the whole: a
            sound that is too far already need not be heard to its end.
        by_block: whether it can hear block by block; a fitness made of others may not.
    """

    growing: bool = True
    by_block: bool = True

    def __init_subclass__(cls, **kwargs: object) -> None:
        """A subclass that measures whole sounds in its own way must be given whole sounds."""
        super().__init_subclass__(**kwargs)
        if {"__call__", "distances_of", "distance"} & set(vars(cls)) and "hear" not in vars(cls):
            cls.by_block = False

    def blank(self) -> Sums:
        """Give the sums of nothing heard, shape (any, LANES); one row unless it is overridden."""
        return np.zeros((1, LANES))

    @abstractmethod
    def hear(self, ear: "Ear", sums: Sums) -> None:
        """Add what the ear has just taken in to the sums; after the last block once more."""

    @abstractmethod
    def distances(self, sums: Sums) -> Distances:
        """Turn sums into distances from the target, shape (LANES,)."""

    def distances_of(self, sounds: Sound) -> Distances:
        """Measure checked sounds, shape (n, samples): shape (n,)."""
        return self._listened(sounds) if self.by_block else super().distances_of(sounds)

    def distance(self, sound: Sound) -> float:
        """Measure one sound, shape (samples,) float32, against the target."""
        return float(self._listened(sound[None])[0])

    def _listened(self, sounds: Sound) -> Distances:
        ear = Ear([self])
        found = [np.empty(0)]
        for start in range(0, len(sounds), LANES):
            group = sounds[start : start + LANES]
            ear.begin(len(group))
            for block in blocks_of(group):
                ear.hear(block)
            ear.end()
            found.append(ear.distances(0)[: len(group)])
        return np.concatenate(found)


class Ear:
    """Lets fitness functions hear the same sounds, with one transform for all who want the same.

    Args:
        fitness: who listens; each must hear by block.

    Attributes:
        growing: whether the distances of all who listen only grow.
        block: what was heard last, shape (up to BLOCK samples, LANES).
        start: number of its first sample.
        telling: number of the listener that hears now, to know who raised.
    """

    def __init__(self, fitness: Sequence[Heard]) -> None:
        self.growing = all(one.growing for one in fitness)
        self._fitness = fitness
        self._stfts: dict[tuple[int, int], Stft] = {}
        self.begin()

    def begin(self, lanes: int = LANES) -> None:
        """Forget what was heard: new sounds begin, in the first ``simd`` simd."""
        self.telling, self._lanes = 0, lanes
        for stft in self._stfts.values():
            stft.begin(lanes)
        self._sums = [one.blank() for one in self._fitness]
        self.block: Block = np.empty((0, LANES), np.float32)
        self.start = 0

    def hear(self, block: Block) -> None:
        """Take in the next block; each but the last holds BLOCK samples."""
        self.start += len(self.block)
        self.block = block
        self._tell(ended=False)

    def end(self) -> None:
        """Take in that the sounds are over."""
        self.start += len(self.block)
        self.block = self.block[:0]
        self._tell(ended=True)

    def distances(self, listener: int) -> Distances:
        """What a listener makes of what it has heard so far, shape (LANES,)."""
        self.telling = listener
        return self._fitness[listener].distances(self._sums[listener])

    def spectra(self, frame: int, hop: int) -> Spectra:
        """Power spectra of the frames that the last block, or the end, completes.

        A listener that asks for them must ask each time.
        """
        key = frame, hop
        if key not in self._fresh:
            if key not in self._stfts:
                self._stfts[key] = Stft(frame, hop)
                self._stfts[key].begin(self._lanes)
            stft = self._stfts[key]
            self._fresh[key] = stft.end() if self._ended else stft.hear(self.block)
        return self._fresh[key]

    def _tell(self, *, ended: bool) -> None:
        self._ended = ended
        self._fresh: dict[tuple[int, int], Spectra] = {}
        for listener, fitness in enumerate(self._fitness):
            self.telling = listener
            fitness.hear(self, self._sums[listener])
