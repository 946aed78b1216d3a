"""Hand-over: first a society, then one end-to-end search that starts from its population."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from strategies.base import Phase, SearchChoice
from strategies.end_to_end import EndToEnd
from strategies.society import Society
from synth.space import ParameterSpace


class HandOver(Society):
    """A society for a share of the budget, then an end-to-end search.

    Args:
        space: the synth's parameters.
        population: size of the first population, and of that of the end-to-end search.
        search: the search of every agent.
        share: share of the budget that the society spends, above 0 and below 1.
        then: the search of the end-to-end part, with its default options; by default the same
            search as the society's.
        society: options of ``Society``.

    Raises:
        ValueError: if the share or another option is out of range.
    """

    def __init__(
        self,
        space: ParameterSpace,
        population: int,
        search: SearchChoice,
        *,
        share: float = 0.3,
        then: str = "",
        **society: Any,
    ) -> None:
        super().__init__(space, population, search, **society)
        if not 0 < share < 1:
            raise ValueError(f"share {share}; allowed: above 0 and below 1")
        self.share = share
        self.then = SearchChoice(then) if then else search

    def phases(self, seed: int) -> Sequence[Phase]:
        """Return the society's phase, then the end-to-end phase."""
        first = [replace(phase, share=self.share) for phase in super().phases(seed)]
        second = EndToEnd(self.space, self.population, self.then, mutation=self.mutation)
        return [*first, *second.phases(seed)]
