"""Batches of examples, and who waits for whom.

A source makes a batch of its number alone, so that training that is taken up again hears what it
would have heard.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from strategies.networks.base import Hearing
from strategies.networks.features import COUNT, features
from strategies.networks.sounding import audible
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
        genomes: list[NDArray[np.float64]] = []
        sounds: list[NDArray[np.float32]] = []
        while sum(map(len, sounds)) < self._size:
            drawn = random.random((self._size, len(self._synth.space)))
            rendered = self._synth.render(drawn)
            heard = audible(rendered)
            genomes.append(drawn[heard])
            sounds.append(rendered[heard])
        kept = np.concatenate(sounds)[: self._size]
        genes = np.concatenate(genomes)[: self._size].astype(np.float32)
        return Batch(genes, kept, heard_features(kept, self._hearing, self._with_features))


def heard_features(
    sounds: NDArray[np.float32], hearing: Hearing, wanted: bool
) -> NDArray[np.float32]:
    """Features of sounds, shape (n, COUNT), or no columns if they are not wanted."""
    return features(sounds, hearing) if wanted else np.empty((len(sounds), 0), np.float32)


class Feed:
    """Makes batches beside training, a few ahead; a batch is a tuple of tensors.

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

    def batches(self, first: int) -> Iterator[tuple[Any, Any, Any]]:
        """Genes, sounds and features, from a batch number on, without an end."""
        import tensorflow as tf

        spec = tuple(tf.TensorSpec((None, width), tf.float32) for width in self._shapes)
        ahead = tf.data.Dataset.from_generator(
            lambda: self._make(first), output_signature=spec
        ).prefetch(_AHEAD)
        waiting = time.perf_counter()
        for batch in ahead:
            self.empty_s += time.perf_counter() - waiting
            yield batch
            waiting = time.perf_counter()

    def _make(self, first: int) -> Iterator[tuple[NDArray[np.float32], ...]]:
        number = first
        while True:
            begin = time.perf_counter()
            batch = self._source(number)
            made = time.perf_counter()
            self.making_s += made - begin
            yield batch.genes, batch.sounds, batch.features
            self.full_s += time.perf_counter() - made
            number += 1
