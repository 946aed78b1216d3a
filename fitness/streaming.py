"""Fitness functions that score sixteen sounds at once, block by block, while they are rendered."""

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fitness.base import Fitness, SoundDistances
from fitness.stft import Spectra, Stft
from simd import LANES, Audio
from simd.blocks import Block, blocks_of

# What a fitness accumulates over a stream; the last axis is the lane.
Sums = NDArray[np.float64]


class StreamingFitness(Fitness):
    """A fitness made of sums over time, so that sound can be scored block by block.

    A subclass implements ``update`` and ``distances`` instead of ``distance``. All state of a sound
    is in the sums, none in the instance, so that one instance can score many sounds.

    Attributes:
        streamable: whether it can score block by block; a combination of others may be unable to.
    """

    streamable: bool = True

    def __init_subclass__(cls, **kwargs: object) -> None:
        """Mark subclasses that override the scoring of whole sounds as not streamable."""
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
    def distances(self, sums: Sums) -> SoundDistances:
        """Turn sums into distances from the target, shape (LANES,)."""

    def parts(self, sums: Sums) -> SoundDistances:
        """Turn sums into the parts of the distances, shape (parts, LANES), as ``parts_of`` does."""
        return self.distances(sums)[None]

    def distances_of(self, sounds: Audio) -> SoundDistances:
        """Return the distances, shape (n,), of checked sounds, shape (n, samples)."""
        return self._streamed(sounds) if self.streamable else super().distances_of(sounds)

    def distance(self, sound: Audio) -> float:
        """Return the distance of one sound, shape (samples,) float32."""
        return float(self._streamed(sound[None])[0])

    def _sums_of(self, group: Audio) -> Sums:
        """Return the sums of up to sixteen whole sounds, shape (n, samples)."""
        stream = SoundStream([self])
        stream.begin(len(group))
        for block in blocks_of(np.ascontiguousarray(group)):
            stream.push(block)
        stream.end()
        return stream.sums(0)

    def _streamed(self, sounds: Audio) -> SoundDistances:
        groups = [sounds[start : start + LANES] for start in range(0, len(sounds), LANES)]
        found = [self.distances(self._sums_of(group))[: len(group)] for group in groups]
        return np.concatenate([np.empty(0), *found])


class SoundStream:
    """Up to sixteen sounds, scored block by block by several fitness functions.

    A spectrum that several of them use is computed once.

    Args:
        fitness: the fitness functions; each must be streamable.

    Attributes:
        block: the last block, shape (up to BLOCK_SAMPLES, LANES).
        start: index of its first sample.
        current: index of the fitness being updated, to identify the one that raised.
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
        """Score the next block; each except the last has BLOCK_SAMPLES samples.

        Raises:
            ValueError: if the sound is now longer than a target.
        """
        start = self.start + len(self.block)
        longest = min((one.target.size for one in self._fitness), default=start + len(block))
        if start + len(block) > longest:
            raise ValueError(f"a sound of {start + len(block)} samples; wanted: {longest}")
        self.start = start
        self.block = block
        self._update(ended=False)

    def end(self) -> None:
        """Finish the sounds: score the frames that extend beyond their end."""
        self.start += len(self.block)
        self.block = self.block[:0]
        self._update(ended=True)

    def distances(self, position: int) -> SoundDistances:
        """Return the distances so far by the fitness at a position, shape (LANES,)."""
        self.current = position
        return self._fitness[position].distances(self._sums[position])

    def parts(self, position: int) -> SoundDistances:
        """Return the parts of these distances, shape (parts, LANES)."""
        self.current = position
        return self._fitness[position].parts(self._sums[position])

    def sums(self, position: int) -> Sums:
        """Return what the fitness at a position has accumulated so far."""
        return self._sums[position]

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
