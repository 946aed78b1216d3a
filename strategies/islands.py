"""Islands: end-to-end searches side by side, which send each other their best genomes.

Sources: the ring of sub-populations is that of Tanese, Distributed genetic algorithms (1989); when
it pays is studied by Whitley, Rana & Heckendorn, The island model genetic algorithm (1999).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from strategies.base import Exchange, Phase, SearchChoice, Standing
from strategies.end_to_end import EndToEnd
from synth.space import ParameterSpace


class Islands(EndToEnd):
    """Several agents own all genes each, and divide the population among them.

    After every exchange the best genomes of each island, with their distances, move on to the next
    island in a ring, where they take the place of the worst; that costs no renders. With
    ``migrants: 0`` the islands are isolated searches, the control for migration.

    Args:
        space: the synth's parameters.
        population: how many genomes a generation of all islands has.
        search: the search of every island; it must take migrants, unless there are none.
        islands: how many islands there are, 2 or more.
        migrants: how many of its best genomes each island sends to the next one, 0 to the size of
            its population.
        every: generations between two exchanges, 1 or more.
        rest: options of ``end_to_end``.

    Raises:
        ValueError: if an option is out of range, or a section is unknown.
    """

    def __init__(
        self,
        space: ParameterSpace,
        population: int,
        search: SearchChoice,
        *,
        islands: int = 4,
        migrants: int = 2,
        every: int = 5,
        **rest: Any,
    ) -> None:
        super().__init__(space, population, search, **rest)
        if not 2 <= islands <= population:
            raise ValueError(f"islands {islands}; allowed: 2 to the population, {population}")
        self._islands, self._share = islands, population // islands
        if not 0 <= migrants <= self._share:
            raise ValueError(
                f"migrants {migrants}; allowed: 0 to the population of an island, {self._share}"
            )
        self._exchange = Exchange(("champion",), every=every, migrants=migrants)

    def phases(self, seed: int) -> Sequence[Phase]:
        """Return one phase with an agent for each island."""
        (whole,) = super().phases(seed)[0].agents
        agents = (
            replace(whole, name=f"island_{number}", population=self._share)
            for number in range(1, self._islands + 1)
        )
        return [Phase(tuple(agents), self._exchange)]


def migrants(phase: Phase, standings: Sequence[Standing]) -> list[Standing | None]:
    """Return, for each agent, the best of the agent before it in the ring; None without migration.

    Args:
        phase: with the exchange.
        standings: the population of each agent, best first.
    """
    count = phase.exchange.migrants if phase.islands else 0
    if not count:
        return [None] * len(standings)
    best = [Standing(one.genomes[:count], one.distances[:count]) for one in standings]
    return [best[number - 1] for number in range(len(best))]
