"""End-to-end: one search over all genes, a society of one agent."""

from collections.abc import Sequence

from strategies.base import AgentSpec, Phase, SearchChoice, Strategy
from strategies.informed import Start
from strategies.mutation import by_gene, mutating
from synth.space import ParameterSpace


class EndToEnd(Strategy):
    """One agent owns all genes.

    Args:
        space: the synth's parameters.
        population: how many genomes a generation has.
        search: the agent's search.
        mutation: mutation probability of genes, by section; genes of other sections keep the
            search's. Only for searches with the option ``gene_mutation``.
        start: where the first population comes from: ``uniform``, ``heard`` (what is heard in the
            target), ``bank`` (its neighbours among known sounds) or ``informed`` (both).
        keep_note: whether the note stays within a semitone of the pitch that is heard in the
            target, if that is clear.

    Raises:
        ValueError: for an unknown section or a probability out of range.
    """

    def __init__(
        self,
        space: ParameterSpace,
        population: int,
        search: SearchChoice,
        *,
        mutation: dict[str, float] | None = None,
        start: Start = "uniform",
        keep_note: bool = False,
    ) -> None:
        super().__init__(space, population, search)
        self.start, self.keep_note = start, keep_note
        self._mutation = by_gene(space, mutation)

    def phases(self, seed: int) -> Sequence[Phase]:  # noqa: ARG002
        """Return one phase with one agent."""
        every_gene = tuple(range(len(self.space)))
        search = mutating(self.search, every_gene, self._mutation)
        return [Phase((AgentSpec("all", every_gene, search, self.population),))]
