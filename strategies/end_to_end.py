"""End-to-end: one search over all genes, a society of one."""

from collections.abc import Sequence

from strategies.base import AgentSpec, Phase, Strategy


class EndToEnd(Strategy):
    """One agent owns every gene."""

    def phases(self, seed: int) -> Sequence[Phase]:  # noqa: ARG002
        """One phase of one agent."""
        every_gene = tuple(range(len(self.space)))
        return [Phase((AgentSpec("all", every_gene, self.search, self.population),))]
