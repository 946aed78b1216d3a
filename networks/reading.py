"""What a model says of sounds, whatever its last layer: how likely the truth is, and proposals."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from networks.batches import Batch
from networks.inputs import inputs_of, names_of
from networks.joint import SHARP, Drawer, is_joint
from networks.model import negative_log_likelihood, predictor, to_proposal
from strategies.proposal import Proposal


class Reader(Protocol):
    """Reads what a model says."""

    def bits(self, batch: Batch) -> float:
        """Return minus log2 of the density of the true genes, averaged; 0 if it is flat."""
        ...

    def proposals(
        self,
        given: dict[str, NDArray[np.float32]],
        draws: int,
        random: np.random.Generator,
        temperature: float = SHARP,
    ) -> list[Proposal]:
        """Return a proposal for each sound.

        Args:
            given: ``sound``, shape (n, samples), and ``computed``, shape (n, any).
            draws: how many genomes a joint proposal holds, besides its point.
            random: for them.
            temperature: of them; at 1 they follow the network's density.
        """
        ...


class _Histograms:
    """Reads a model whose genes are independent."""

    def __init__(self, model: Any, circular: list[bool]) -> None:
        self._names, self._predict, self._circular = names_of(model), predictor(model), circular

    def bits(self, batch: Batch) -> float:
        import tensorflow as tf

        logits = tf.math.log(tf.maximum(self._predicted(batch.given), 1e-9))
        found = negative_log_likelihood(logits, batch.genes, self._circular)
        return float(tf.reduce_mean(found))

    def proposals(
        self,
        given: dict[str, NDArray[np.float32]],
        draws: int,
        random: np.random.Generator,
        temperature: float = SHARP,
    ) -> list[Proposal]:
        del draws, random, temperature
        return [to_proposal(one, self._circular) for one in self._predicted(given)]

    def _predicted(self, given: dict[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        return np.asarray(self._predict(inputs_of(self._names, given)))


def reader_of(model: Any, circular: list[bool]) -> Reader:
    """Return what reads a model.

    Args:
        model: from ``networks.model.build`` or ``networks.joint.build_joint``, or loaded.
        circular: which genes are circular.
    """
    return Drawer(model) if is_joint(model) else _Histograms(model, circular)
