"""Batches of training examples, rendered on demand or read ahead of training.

A source makes a batch from its number alone, so that resumed training gets exactly the batches that
uninterrupted training would have got.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.random import generator
from networks.augment import Augmentation
from networks.base import AudioFormat
from networks.inputs import Computed
from networks.sound_distance import audible
from strategies.informed import known_genomes
from synth.base import Synth

_AHEAD = 4
# A batch is used again after so many others.
_LATER = 100


@dataclass(frozen=True)
class Batch:
    """Examples: sounds, and the genes they were rendered from.

    Attributes:
        genes: shape (n, genes), float32.
        sounds: shape (n, samples), float32.
        computed: of the sounds, shape (n, numbers), float32; no columns if nothing is.
    """

    genes: NDArray[np.float32]
    sounds: NDArray[np.float32]
    computed: NDArray[np.float32]

    @property
    def given(self) -> dict[str, NDArray[np.float32]]:
        """What a model may be given of the sounds."""
        return {"sound": self.sounds, "computed": self.computed}


@dataclass(frozen=True)
class BatchFormat:
    """What the batches of a source look like.

    Attributes:
        audio: format of the sounds.
        size: examples per batch.
        computed: what is computed of them.
        augment: makes them more like recordings; None leaves them as they are.
        tame: whether half of the genomes are tame, as in a bank of known sounds.
    """

    audio: AudioFormat
    size: int
    computed: Computed
    augment: Augmentation | None = None
    tame: bool = False

    def of(self, sounds: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what is computed of sounds, shape (n, numbers)."""
        return self.computed.of(sounds, self.audio)


# Gives the batch of a number.
BatchSource = Callable[[int], Batch]


class RenderedBatches:
    """An endless source that draws random genomes and renders them on demand.

    Args:
        synth: renders at the sample rate of the format, for at most its length.
        wanted: format of the batches.
        seed: of all draws.
    """

    def __init__(self, synth: Synth, wanted: BatchFormat, seed: int) -> None:
        self._synth, self._format, self._seed = synth, wanted, seed

    def __call__(self, number: int) -> Batch:
        """Render a batch; silent sounds are drawn again."""
        random = generator("rendered batch", self._seed, number)
        size, augment = self._format.size, self._format.augment
        synth = self._synth if augment is None else augment.synth(random)
        genes = np.empty((size, len(synth.space)), np.float32)
        sounds = np.empty((size, synth.samples), np.float32)
        done = 0
        while done < size:
            drawn = self._drawn(size - done, random)
            rendered = synth.render(drawn)
            usable = audible(rendered)
            end = done + int(usable.sum())
            genes[done:end], sounds[done:end] = drawn[usable], rendered[usable]
            done = end
        if augment is not None:
            sounds = augment(sounds, random)
        return Batch(genes, sounds, self._format.of(sounds))

    def _drawn(self, count: int, random: np.random.Generator) -> NDArray[np.float64]:
        if self._format.tame:
            return known_genomes(count, self._synth.space, random)
        return random.random((count, len(self._synth.space)))


class Reused:
    """A source whose batches come again later: for networks that learn faster than ears hear.

    Args:
        source: makes the batches.
        times: how often each batch is used, 1 or more; 2 halves the work of making them.
        with_sounds: whether the sounds themselves are needed: two hundred batches fill a gigabyte.
    """

    def __init__(self, source: BatchSource, times: int, *, with_sounds: bool = True) -> None:
        self._source, self._times, self._with_sounds = source, times, with_sounds
        self._kept: dict[int, Batch] = {}

    def __call__(self, number: int) -> Batch:
        """Give the batch of a number; it is made again if it was not kept."""
        first, turn = divmod(number, self._times)
        wanted = first - _LATER * turn
        # In the beginning nothing came before.
        wanted = first if wanted < 0 else wanted
        if wanted not in self._kept:
            made = self._source(wanted)
            sounds = made.sounds if self._with_sounds else made.sounds[:, :0]
            self._kept[wanted] = Batch(made.genes, sounds, made.computed)
        found = self._kept[wanted]
        for old in [one for one in self._kept if one < first - _LATER * (self._times - 1)]:
            del self._kept[old]
        return found


class Prefetcher:
    """Prepares the next batches in a thread while training uses the current one.

    TensorFlow's own prefetching is not used: in deterministic mode it waits for every batch that
    Python makes. Here the order is fixed anyway, because a batch follows from its number.

    Attributes:
        making_s: seconds spent making batches.
        data_waits_s: seconds the thread was idle because enough batches were ready.
        training_waits_s: seconds training waited for a batch.

    Args:
        source: makes the batches.
        genes: genes per genome.
        computed: how many numbers are computed of a sound.
        with_sounds: whether the sounds themselves are needed.
    """

    def __init__(
        self, source: BatchSource, genes: int, computed: int, *, with_sounds: bool = True
    ) -> None:
        self._source, self._with_sounds = source, with_sounds
        self._shapes = genes, None if with_sounds else 0, computed
        self.making_s = self.data_waits_s = self.training_waits_s = 0.0
        self._last_made = 0.0

    def batches(self, first: int) -> Iterator[tuple[Any, Any, Any]]:
        """Yield batches as tensors, endlessly.

        Args:
            first: number of the first batch.

        Yields:
            Genes, sounds, and what is computed of them.
        """
        import tensorflow as tf

        spec = tuple(tf.TensorSpec((None, width), tf.float32) for width in self._shapes)
        made = tf.data.Dataset.from_generator(lambda: self._ahead(first), output_signature=spec)
        waiting = time.perf_counter()
        for batch in made:
            self.training_waits_s += time.perf_counter() - waiting
            yield batch
            waiting = time.perf_counter()

    def _ahead(self, first: int) -> Iterator[tuple[NDArray[np.float32], ...]]:
        """Yield batches from a thread that stays ``_AHEAD`` ahead and ends with its consumer."""
        with ThreadPoolExecutor(1) as maker:
            pending = deque(maker.submit(self._make, first + i) for i in range(_AHEAD))
            for number in count(first + _AHEAD):
                made = pending.popleft().result()
                pending.append(maker.submit(self._make, number))
                sounds = made.sounds if self._with_sounds else made.sounds[:, :0]
                yield made.genes, sounds, made.computed

    def _make(self, number: int) -> Batch:
        begin = time.perf_counter()
        batch = self._source(number)
        made = time.perf_counter()
        self.making_s += made - begin
        self.data_waits_s += begin - self._last_made if self._last_made else 0.0
        self._last_made = made
        return batch
