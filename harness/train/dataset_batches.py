"""A dataset as a source of batches."""

import numpy as np
from numpy.typing import NDArray

from harness.train.dataset import Dataset
from networks.base import Hearing
from networks.feed import Batch, heard_features


class Kept:
    """A split of a dataset, all of it once an epoch, in another order each time.

    Args:
        dataset: whole.
        split: which part.
        hearing: of the network.
        size: examples a batch; all there are, if that is fewer.
        seed: of the orders.
        with_features: whether the network hears them; they are computed once.

    Raises:
        InputError: if the dataset is incomplete or damaged.
    """

    def __init__(
        self,
        dataset: Dataset,
        split: str,
        hearing: Hearing,
        size: int,
        seed: int,
        with_features: bool,
    ) -> None:
        genomes, self._sounds = dataset.split(split)
        self._genes = genomes.astype(np.float32)
        self._features = heard_features(self._sounds, hearing, with_features)
        self._size, self._seed = min(size, len(self._genes)), seed
        self._order: tuple[int, NDArray[np.int64]] = (-1, np.empty(0, np.int64))

    def __call__(self, number: int) -> Batch:
        """The batch of a number."""
        epoch, at = divmod(number, len(self._genes) // self._size)
        if self._order[0] != epoch:
            random = np.random.default_rng([self._seed, epoch])
            self._order = epoch, random.permutation(len(self._genes))
        chosen = self._order[1][at * self._size : (at + 1) * self._size]
        return Batch(self._genes[chosen], self._sounds[chosen], self._features[chosen])
