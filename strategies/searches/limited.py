"""Any search, kept within limits of its genes: to the search they are whole genes."""

from collections.abc import Mapping, Sequence
from typing import Any

from strategies.limits import Limits
from strategies.searches.base import Collection, Distances, Genomes, Search, Sight, State
from synth.space import Parameter


class Limited(Search):
    """Shows another search the space between limits as if it were the whole cube.

    Args:
        search: the other search; nothing of it was called yet.
        limits: of its genes.
    """

    def __init__(self, search: Search, limits: Limits) -> None:
        super().__init__(search.dims, search.population, search.seed)
        self.sees = search.sees  # type: ignore[misc]
        self.receives = search.receives  # type: ignore[misc]
        self._search, self._limits = search, limits

    def meet(self, parameters: Sequence[Parameter]) -> None:
        """Tell the search what its genes mean, with the ranges that are left."""
        ends = zip(self._limits.low, self._limits.high, strict=True)
        self._search.meet(
            [
                p if (low, high) == (0, 1) else p.within(*p.to_value([low, high]).tolist())
                for p, (low, high) in zip(parameters, ends, strict=True)
            ]
        )

    def ask(self) -> Genomes:
        """Return what the search asks for, within the limits."""
        return self._limits.spread(self._search.ask())

    def tell(self, genomes: Genomes, distances: Distances) -> None:
        """Pass on distances."""
        self._search.tell(self._limits.spanned(genomes), distances)

    def see(self, sight: Sight) -> None:
        """Pass on what the next genomes sound like."""
        self._search.see(sight)

    def members(self) -> tuple[Genomes, Distances]:
        """Return the search's population."""
        genomes, distances = self._search.members()
        return self._limits.spread(genomes), distances

    def pace(self, progress: float) -> None:
        """Pass on how much of the budget is spent."""
        self._search.pace(progress)

    def receive(self, genomes: Genomes, distances: Distances) -> None:
        """Pass on what another search has found."""
        self._search.receive(self._limits.spanned(genomes), distances)

    def elites(self) -> Genomes:
        """Return the search's elites."""
        return self._limits.spread(self._search.elites())

    def renew(self, distances: Distances) -> None:
        """Pass on new distances of the elites."""
        self._search.renew(distances)

    def collection(self) -> Collection | None:
        """Return the search's collection."""
        found = self._search.collection()
        return None if found is None else found._replace(genomes=self._limits.spread(found.genomes))

    def state(self) -> State:
        """Return the search's state."""
        return self._search.state()

    def load(self, state: Mapping[str, Any]) -> None:
        """Resume the search."""
        self._search.load(state)
