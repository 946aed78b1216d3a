"""Fitness functions that score sixteen sounds at once, block by block, while they are rendered."""

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fitness.base import Distances, Fitness, Sound
from fitness.stft import Spectra, Stft
from simd import LANES
from simd.blocks import Block, blocks_of

# What a fitness accumulates over a stream; the last axis are the lanes.
Sums = NDArray[np.float64]


class StreamingFitness(Fitness):
    """A fitness made of sums over time, so that sound can be scored block by block.

    A subclass implements ``update`` and ``distances`` instead of ``distance``. It keeps nothing of
    a sound in itself: everything goes into the sums, so that one instance serves many sounds.

    Attributes:
        streamable: whether it can score block by block; a fitness made of others may not.
    """

    streamable: bool = True

    def __init_subclass__(cls, **kwargs: object) -> None:
        """A subclass that measures whole sounds in its own way must be given whole sounds."""
        super().__init_subclass__(**kwargs)
        if {"__call__", "distances_of", "distance"} & set(vars(cls)) and "update" not in vars(cls):
            cls.streamable = False

    def initial_sums(self) -> Sums:
        """Return the sums before any sound, shape (any, LANES); one row of zeros by default."""
        return np.zeros((1, LANES))

    @abstractmethod
    def update(self, stream: "SoundStream", sums: Sums) -> None:
        """Add the block that the stream has just received to the sums, in place.

        Called once more after the last block, when ``stream.block`` is empty.
        """

    @abstractmethod
    def distances(self, sums: Sums) -> Distances:
        """Turn sums into distances from the target, shape (LANES,)."""

    def distances_of(self, sounds: Sound) -> Distances:
        """Measure checked sounds, shape (n, samples): shape (n,)."""
        return self._streamed(sounds) if self.streamable else super().distances_of(sounds)

    def distance(self, sound: Sound) -> float:
        """Measure one sound, shape (samples,) float32, against the target."""
        return float(self._streamed(sound[None])[0])

    def _streamed(self, sounds: Sound) -> Distances:
        stream = SoundStream([self])
        found = [np.empty(0)]
        for start in range(0, len(sounds), LANES):
            group = sounds[start : start + LANES]
            stream.begin(len(group))
            for block in blocks_of(group):
                stream.push(block)
            stream.end()
            found.append(stream.distances(0)[: len(group)])
        return np.concatenate(found)


class SoundStream:
    """Up to sixteen sounds, scored block by block by several fitness functions.

    A spectrum that several of them need is computed once.

    Args:
        fitness: the functions that score; each must be streamable.

    Attributes:
        block: the last block, shape (up to BLOCK samples, LANES).
        start: number of its first sample.
        current: position of the fitness that is being updated, to know which one raised.
    """

    def __init__(self, fitness: Sequence[StreamingFitness]) -> None:
        self._fitness = fitness
        self._stfts: dict[tuple[int, int], Stft] = {}
        self.begin()

    def begin(self, lanes: int = LANES) -> None:
        """Start new sounds, in the first ``lanes`` lanes."""
        self.current, self._lanes = 0, lanes
        for stft in self._stfts.values():
            stft.begin(lanes)
        self._sums = [one.initial_sums() for one in self._fitness]
        self.block: Block = np.empty((0, LANES), np.float32)
        self.start = 0

    def push(self, block: Block) -> None:
        """Score the next block; each but the last holds BLOCK samples."""
        self.start += len(self.block)
        self.block = block
        self._update(ended=False)

    def end(self) -> None:
        """Finish the sounds: score the frames that reach beyond their end."""
        self.start += len(self.block)
        self.block = self.block[:0]
        self._update(ended=True)

    def distances(self, position: int) -> Distances:
        """Return the distances so far by the fitness at a position, shape (LANES,)."""
        self.current = position
        return self._fitness[position].distances(self._sums[position])

    def spectra(self, frame: int, hop: int) -> Spectra:
        """Return the power spectra of the frames that the last block, or the end, completes.

        A fitness that uses them must ask at every update.
        """
        key = frame, hop
        if key not in self._fresh:
            if key not in self._stfts:
                self._stfts[key] = Stft(frame, hop)
                self._stfts[key].begin(self._lanes)
            stft = self._stfts[key]
            self._fresh[key] = stft.end() if self._ended else stft.push(self.block)
        return self._fresh[key]

    def _update(self, *, ended: bool) -> None:
        self._ended = ended
        self._fresh: dict[tuple[int, int], Spectra] = {}
        for position, fitness in enumerate(self._fitness):
            self.current = position
            fitness.update(self, self._sums[position])
