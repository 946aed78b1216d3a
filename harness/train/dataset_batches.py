"""A dataset as a source of batches."""

import numpy as np
from numpy.typing import NDArray

from common.errors import InputError
from common.random import generator
from harness.train.dataset import Dataset
from networks.batches import Batch, BatchFormat


class DatasetBatches:
    """One split of a dataset, shuffled again for every pass.

    Args:
        dataset: complete.
        split: ``train``, ``validation`` or ``test``.
        wanted: format of the batches; a batch is smaller if the split is.
        seed: of the order.

    Raises:
        InputError: if the dataset is incomplete or damaged, or the split is empty.
    """

    def __init__(self, dataset: Dataset, split: str, wanted: BatchFormat, seed: int) -> None:
        genomes, self._sounds = dataset.split(split)
        if not len(genomes):
            raise InputError(f"dataset {dataset.path}: no item is for {split}; make it larger")
        self._genes = genomes.astype(np.float32)
        self._computed = wanted.of(self._sounds)
        self._size, self._seed = min(wanted.size, len(self._genes)), seed
        self._order: tuple[int, NDArray[np.int64]] = (-1, np.empty(0, np.int64))

    def __call__(self, number: int) -> Batch:
        """Give the batch of a number."""
        epoch, at = divmod(number, len(self._genes) // self._size)
        if self._order[0] != epoch:
            random = generator("dataset order", self._seed, epoch)
            self._order = epoch, random.permutation(len(self._genes))
        chosen = self._order[1][at * self._size : (at + 1) * self._size]
        return Batch(self._genes[chosen], self._sounds[chosen], self._computed[chosen])
