"""Random search as a strategy: the control that every other strategy has to beat."""

from collections.abc import Sequence
from typing import ClassVar

from strategies.base import AgentSpec, Phase, SearchChoice, Strategy


class RandomStrategy(Strategy):
    """One agent draws all genomes at random; the search of the experiment is ignored."""

    control: ClassVar[bool] = True
    reference: ClassVar[bool] = True

    def phases(self, seed: int) -> Sequence[Phase]:  # noqa: ARG002
        """Return one phase with one agent."""
        every_gene = tuple(range(len(self.space)))
        return [Phase((AgentSpec("all", every_gene, SearchChoice("random"), self.population),))]
