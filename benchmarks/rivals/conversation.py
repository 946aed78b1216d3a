"""A library that calls the objective by itself, stopped at each call until distances are there."""

import queue
import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from strategies.searches.base import Distances, Genomes

Objective = Callable[[Any], list[float]]


class _Closed(BaseException):
    """Ends a library at its next call of the objective; no Exception, so that none catches it."""


class Conversation:
    """One thread in which a library minimises; it runs only while this object waits for it.

    The global generators of ``random`` and NumPy are the library's own while it runs.

    Args:
        minimise: calls the library with an objective, which takes genomes, (n, genes), each in
            [0, 1], and returns n distances. It must never return.
        known: distances that cost nothing, by the bytes of their genomes.
        dims: how many genes.
        seed: of the library's global generators, any non-negative integer.
    """

    def __init__(
        self,
        minimise: Callable[[Objective], None],
        known: Mapping[bytes, float],
        dims: int,
        seed: int,
    ) -> None:
        self._minimise, self._known, self._dims = minimise, known, dims
        # Calls that wait for distances, or the error that ended the library; and the answers.
        self._calls: queue.SimpleQueue[Genomes | BaseException] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[Distances | None] = queue.SimpleQueue()
        self._states = (
            random.Random(seed).getstate(),  # noqa: S311 - no secret
            np.random.RandomState(seed % 2**32).get_state(),
        )
        self._call: Genomes = np.empty((0, dims))
        self._given: Distances = np.empty(0)
        self._thread = threading.Thread(target=self._talk, daemon=True)
        with self._generators():
            self._thread.start()
            self._listen()

    def wanted(self) -> Genomes:
        """Genomes, (n, genes), whose distances the library waits for; n is 1 or more."""
        return self._call[len(self._given) :]

    def answer(self, distances: Distances) -> None:
        """Give the distances, (n,), of the first n wanted genomes; it goes on when it has all.

        Raises:
            RuntimeError: if the library fails.
        """
        self._given = np.concatenate([self._given, distances])
        if len(self._given) == len(self._call):
            with self._generators():
                self._answers.put(self._given)
                self._listen()

    def close(self) -> None:
        """End the library and its thread."""
        self._answers.put(None)
        self._thread.join()

    def _listen(self) -> None:
        call = self._calls.get()
        if isinstance(call, BaseException):
            raise RuntimeError(f"{type(call).__name__}: {call}") from call
        self._call, self._given = call, np.empty(0)

    def _talk(self) -> None:
        try:
            self._minimise(self._objective)
        except BaseException as error:
            self._calls.put(error)
        else:
            self._calls.put(RuntimeError("the library stopped"))

    def _objective(self, genomes: Any) -> list[float]:
        genomes = np.array(genomes, dtype=np.float64).reshape(-1, self._dims)
        distances = np.array([self._known.get(row.tobytes(), np.nan) for row in genomes])
        new = np.isnan(distances)
        if new.any():
            self._calls.put(genomes[new])
            answer = self._answers.get()
            if answer is None:
                raise _Closed
            distances[new] = answer
        return [float(distance) for distance in distances]

    @contextmanager
    def _generators(self) -> Iterator[None]:
        ours = random.getstate(), np.random.get_state()  # noqa: NPY002
        random.setstate(self._states[0])
        np.random.set_state(self._states[1])  # noqa: NPY002
        try:
            yield
        finally:
            self._states = random.getstate(), np.random.get_state()  # noqa: NPY002
            random.setstate(ours[0])
            np.random.set_state(ours[1])  # noqa: NPY002
