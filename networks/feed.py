"""Batches of examples, and who waits for whom.

A source makes a batch of its number alone, so that training that is taken up again hears what it
would have heard.
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

from networks.base import Hearing
from networks.features import COUNT, features
from networks.sounding import audible
from synth.base import Synth

_AHEAD = 4


@dataclass(frozen=True)
class Batch:
    """Examples: what is heard, and the genes that made it.

    Attributes:
        genes: shape (n, genes), float32.
        sounds: shape (n, samples), float32.
        features: shape (n, COUNT), float32; no columns if no network hears them.
    """

    genes: NDArray[np.float32]
    sounds: NDArray[np.float32]
    features: NDArray[np.float32]

    @property
    def inputs(self) -> list[NDArray[np.float32]]:
        """What a model is called with: sounds, and features if there are any."""
        return [self.sounds, self.features] if self.features.shape[1] else [self.sounds]


Source = Callable[[int], Batch]


class Stream:
    """An endless source: genomes drawn at random and rendered when they are wanted.

    Args:
        synth: of the rate and length that networks hear.
        hearing: that rate and length.
        size: examples a batch.
        seed: everything drawn follows from it.
        with_features: whether the network hears them.
    """

    def __init__(
        self, synth: Synth, hearing: Hearing, size: int, seed: int, with_features: bool
    ) -> None:
        self._synth, self._hearing = synth, hearing
        self._size, self._seed, self._with_features = size, seed, with_features

    def __call__(self, number: int) -> Batch:
        """The batch of a number: only sounds that can be heard."""
        random = np.random.default_rng([self._seed, number])
        genes = np.empty((self._size, len(self._synth.space)), np.float32)
        sounds = np.empty((self._size, self._hearing.samples), np.float32)
        done = 0
        while done < self._size:
            drawn = random.random((self._size - done, genes.shape[1]))
            rendered = self._synth.render(drawn)
            heard = audible(rendered)
            end = done + int(heard.sum())
            genes[done:end], sounds[done:end] = drawn[heard], rendered[heard]
            done = end
        return Batch(genes, sounds, heard_features(sounds, self._hearing, self._with_features))


def heard_features(
    sounds: NDArray[np.float32], hearing: Hearing, wanted: bool
) -> NDArray[np.float32]:
    """Features of sounds, shape (n, COUNT), or no columns if they are not wanted."""
    return features(sounds, hearing) if wanted else np.empty((len(sounds), 0), np.float32)


class Feed:
    """Makes batches beside training, a few ahead; a batch is a tuple of tensors.

    TensorFlow's own prefetching waits for every batch where it has to be deterministic and a batch
    is made by Python; ours is, and a batch follows from its number.

    Attributes:
        making_s: seconds spent making batches.
        full_s: seconds that making waited, because training had enough.
        empty_s: seconds that training waited for a batch.

    Args:
        source: of the batches.
        genes: in a genome.
        samples: in a sound.
        with_features: whether batches have features.
    """

    def __init__(self, source: Source, genes: int, samples: int, with_features: bool) -> None:
        self._source = source
        self._shapes = genes, samples, COUNT if with_features else 0
        self.making_s = self.full_s = self.empty_s = 0.0
        self._made = 0.0

    def batches(self, first: int) -> Iterator[tuple[Any, Any, Any]]:
        """Genes, sounds and features, from a batch number on, without an end."""
        import tensorflow as tf

        spec = tuple(tf.TensorSpec((None, width), tf.float32) for width in self._shapes)
        made = tf.data.Dataset.from_generator(lambda: self._ahead(first), output_signature=spec)
        waiting = time.perf_counter()
        for batch in made:
            self.empty_s += time.perf_counter() - waiting
            yield batch
            waiting = time.perf_counter()

    def _ahead(self, first: int) -> Iterator[tuple[NDArray[np.float32], ...]]:
        """Batches of a thread that is ``_AHEAD`` of them ahead, and ends with who hears them."""
        with ThreadPoolExecutor(1) as maker:
            waiting = deque(maker.submit(self._make, first + i) for i in range(_AHEAD))
            for number in count(first + _AHEAD):
                made = waiting.popleft().result()
                waiting.append(maker.submit(self._make, number))
                yield made.genes, made.sounds, made.features

    def _make(self, number: int) -> Batch:
        begin = time.perf_counter()
        batch = self._source(number)
        made = time.perf_counter()
        self.making_s += made - begin
        self.full_s += begin - self._made if self._made else 0.0
        self._made = made
        return batch
