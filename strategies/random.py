"""Random search as a strategy: the control that every other has to beat."""

from collections.abc import Sequence
from typing import ClassVar

from strategies.base import AgentSpec, Phase, SearchChoice, Strategy


class RandomStrategy(Strategy):
    """One agent draws every genome at random, whatever search the experiment chose."""

    control: ClassVar[bool] = True
    reference: ClassVar[bool] = True

    def phases(self, seed: int) -> Sequence[Phase]:  # noqa: ARG002
        """One phase of one agent."""
        every_gene = tuple(range(len(self.space)))
        return [Phase((AgentSpec("all", every_gene, SearchChoice("random"), self.population),))]
