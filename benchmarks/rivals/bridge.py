"""What the rivals share: a library's function that minimises, as a search that is asked and told.

A library's variables cannot be saved, so a search saves what it was told. Its library waits in this
process, on a shelf; where it is not there (another worker, a resumed run), another is started and
told the same again. A digest of all genomes and distances shows that it repeated itself.
"""

import hashlib
import importlib.util
from abc import abstractmethod
from collections import OrderedDict
from collections.abc import Mapping
from itertools import count
from typing import Any

import numpy as np

from benchmarks.rivals.conversation import Conversation, Objective
from strategies.searches.base import Distances, Genomes, Search, State, ranked

# As many as trials may be under way at one worker, and some to spare.
_KEPT = 8
_shelf: OrderedDict[str, Conversation] = OrderedDict()


def want_library(module: str) -> None:
    """Check that a library can be imported.

    Raises:
        ValueError: if not, with the command that installs it.
    """
    if importlib.util.find_spec(module) is None:
        raise ValueError(f"{module} is not installed; install it with: make peers")


class CalledBack(Search):
    """A search by a library that calls the objective; a subclass implements ``minimise``.

    For ``end_to_end`` only: in a society the distances that the library remembers go stale, and no
    library lets them be renewed. ``members`` are the genomes that were told last.

    Args:
        dims: how many genes it searches, at least 1.
        population: the most genomes that ``ask`` returns.
        seed: any non-negative integer.
        module: the library, as it is imported.
        options: all that changes what the library does.

    Raises:
        ValueError: if the library is not installed, or an argument is out of range.
    """

    def __init__(
        self, dims: int, population: int, seed: int, module: str, options: Mapping[str, Any]
    ) -> None:
        super().__init__(dims, population, seed)
        want_library(module)
        self._first: tuple[Genomes, Distances] = (np.empty((0, dims)), np.empty(0))
        self._last = self._first
        self._told: Distances = np.empty(0)
        self._asked = False
        who = (type(self).__name__, dims, population, seed, sorted(options.items()))
        self._name = hashlib.sha256(repr(who).encode()).hexdigest()
        self._digest = self._name

    @abstractmethod
    def minimise(self, objective: Objective, first: Genomes, seed: int) -> None:
        """Let the library minimise; return when it has converged or spent what it planned with.

        It is then called again, with another seed and an empty ``first``.

        Args:
            objective: takes genomes, (n, dims), each in [0, 1], and returns n distances; those of
                the first population cost no render.
            first: the first population, best first, shape (n, dims); n may be 0.
            seed: 0 to 2 ** 31 - 1.
        """

    def ask(self) -> Genomes:
        """Return what the library waits for, at most ``population`` genomes."""
        self._asked = True
        conversation = self._conversation()
        _keep(self._digest, conversation)
        return conversation.wanted()[: self.population].copy()

    def tell(self, genomes: Genomes, distances: Distances) -> None:
        """Answer the library; what is told before the first ask is its first population."""
        self._last = ranked(genomes, distances)
        if not self._asked:
            self._first = self._last
            self._digest = _chained(self._digest, *self._first)
            return
        conversation = self._conversation()
        conversation.answer(distances)
        self._told = np.concatenate([self._told, distances])
        self._digest = _chained(self._digest, genomes, distances)
        _keep(self._digest, conversation)

    def members(self) -> tuple[Genomes, Distances]:
        """Return what was told last, best first."""
        return self._last

    def state(self) -> State:
        """Return what was told, and a digest of it."""
        return {
            "first": list(self._first),
            "last": list(self._last),
            "told": self._told,
            "asked": self._asked,
            "digest": self._digest,
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Resume from what ``state`` returned."""
        first, last = ([np.array(part) for part in state[key]] for key in ("first", "last"))
        self._first, self._last = (first[0], first[1]), (last[0], last[1])
        self._told = np.array(state["told"])
        self._asked, self._digest = state["asked"], state["digest"]

    def _conversation(self) -> Conversation:
        """The library as far as this search has told it; it is off the shelf then.

        Raises:
            RuntimeError: if it fails, or, told the same, asked for something else.
        """
        kept = _shelf.pop(self._digest, None)
        if kept is not None:
            return kept
        known = {row.tobytes(): float(d) for row, d in zip(*self._first, strict=True)}
        fresh = Conversation(self._minimise_for_ever, known, self.dims, self.seed)
        digest, left = _chained(self._name, *self._first), self._told
        while len(left):
            wanted = fresh.wanted()[: len(left)]
            digest = _chained(digest, wanted, left[: len(wanted)])
            fresh.answer(left[: len(wanted)])
            left = left[len(wanted) :]
        if digest != self._digest:
            fresh.close()
            raise RuntimeError("told the same, the library asked for other genomes")
        return fresh

    def _minimise_for_ever(self, objective: Objective) -> None:
        calls = 0

        def counted(genomes: Any) -> list[float]:
            nonlocal calls
            calls += 1
            return objective(genomes)

        first = self._first[0]
        for run in count():
            before = calls
            seed = int(np.random.SeedSequence([self.seed, run]).generate_state(1)[0]) >> 1
            self.minimise(counted, first, seed)
            if calls == before:
                raise RuntimeError("the library asked for nothing")
            first = first[:0]


def _chained(digest: str, genomes: Genomes, distances: Distances) -> str:
    """Add genomes, (n, genes), and their distances, (n,), to a digest, one after the other."""
    for genome, distance in zip(genomes, distances, strict=True):
        told = genome.tobytes() + np.float64(distance).tobytes()
        digest = hashlib.sha256(digest.encode() + told).hexdigest()
    return digest


def _keep(digest: str, conversation: Conversation) -> None:
    """Put a library on the shelf, in place of one told the same; the oldest may be closed."""
    twin = _shelf.pop(digest, None)
    if twin is not None:
        twin.close()
    _shelf[digest] = conversation
    while len(_shelf) > _KEPT:
        _shelf.popitem(last=False)[1].close()
