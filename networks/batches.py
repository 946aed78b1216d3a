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
from networks.base import AudioFormat
from networks.features import COUNT, features
from networks.sound_distance import audible
from synth.base import Synth

_AHEAD = 4


@dataclass(frozen=True)
class Batch:
    """Examples: sounds, and the genes they were rendered from.

    Attributes:
        genes: shape (n, genes), float32.
        sounds: shape (n, samples), float32.
        features: shape (n, COUNT), float32; no columns if the network does not use them.
    """

    genes: NDArray[np.float32]
    sounds: NDArray[np.float32]
    features: NDArray[np.float32]

    @property
    def inputs(self) -> list[NDArray[np.float32]]:
        """The inputs of a model: the sounds, and the features if there are any."""
        return [self.sounds, self.features] if self.features.shape[1] else [self.sounds]


@dataclass(frozen=True)
class BatchFormat:
    """What the batches of a source look like.

    Attributes:
        audio: format of the sounds.
        size: examples per batch.
        with_features: whether the network uses features.
    """

    audio: AudioFormat
    size: int
    with_features: bool

    def features(self, sounds: NDArray[np.float32]) -> NDArray[np.float32]:
        """Compute the features of sounds, shape (n, COUNT); no columns if they are not used."""
        if self.with_features:
            return features(sounds, self.audio)
        return np.empty((len(sounds), 0), np.float32)


# Gives the batch of a number.
BatchSource = Callable[[int], Batch]


class RenderedBatches:
    """An endless source that draws random genomes and renders them on demand.

    Args:
        synth: renders at the sample rate and length of the format.
        wanted: format of the batches.
        seed: of all draws.
    """

    def __init__(self, synth: Synth, wanted: BatchFormat, seed: int) -> None:
        self._synth, self._format, self._seed = synth, wanted, seed

    def __call__(self, number: int) -> Batch:
        """Render a batch; silent sounds are drawn again."""
        random = generator("rendered batch", self._seed, number)
        size = self._format.size
        genes = np.empty((size, len(self._synth.space)), np.float32)
        sounds = np.empty((size, self._format.audio.samples), np.float32)
        done = 0
        while done < size:
            drawn = random.random((size - done, genes.shape[1]))
            rendered = self._synth.render(drawn)
            usable = audible(rendered)
            end = done + int(usable.sum())
            genes[done:end], sounds[done:end] = drawn[usable], rendered[usable]
            done = end
        return Batch(genes, sounds, self._format.features(sounds))


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
        samples: samples per sound.
        with_features: whether batches have features.
    """

    def __init__(self, source: BatchSource, genes: int, samples: int, with_features: bool) -> None:
        self._source = source
        self._shapes = genes, samples, COUNT if with_features else 0
        self.making_s = self.data_waits_s = self.training_waits_s = 0.0
        self._last_made = 0.0

    def batches(self, first: int) -> Iterator[tuple[Any, Any, Any]]:
        """Yield genes, sounds and features as tensors, from batch number ``first``, endlessly."""
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
                yield made.genes, made.sounds, made.features

    def _make(self, number: int) -> Batch:
        begin = time.perf_counter()
        batch = self._source(number)
        made = time.perf_counter()
        self.making_s += made - begin
        self.data_waits_s += begin - self._last_made if self._last_made else 0.0
        self._last_made = made
        return batch
