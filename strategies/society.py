"""A society of mind: many small searches, one task each, that complete each other's genomes.

The society: Minsky, The Society of Mind (1986). Sub-populations that cooperate: Potter & De Jong
(1994).
"""

from collections.abc import Mapping, Sequence

from strategies.base import (
    AgentSpec,
    Collaborator,
    Credit,
    Exchange,
    Phase,
    SearchChoice,
    Strategy,
    Turns,
)
from strategies.grouping import Grouping, grouped
from strategies.mutation import by_gene, mutating
from synth.space import ParameterSpace

# As many as a synth renders side by side in the widest vectors of today's processors.
_FEWEST = 16


class Society(Strategy):
    """One agent a section, or any other grouping of the genes.

    Args:
        space: the synth's parameters.
        population: how many genomes the first population has; each agent takes over the best.
        search: the algorithm of every agent.
        grouping: agent name to the sections or parameters that it owns; one agent a section if not
            given.
        agent_population: how many sub-genomes an agent breeds in a generation; 0 divides the
            population among the agents, with at least 16 for each if there are so many.
        collaborators: with whose genes a sub-genome is completed, a render for each: ``champion``
            (the best complete genome so far, the default), ``best`` (every other agent's best),
            ``random`` (a random member of every other), ``previous`` (the best before the last
            exchange, beside ``best``).
        credit: what several collaborators amount to: the best of the distances (``max``), or their
            ``mean``.
        every: generations between two exchanges.
        turns: ``parallel`` or ``in_turn``.
        fitness: agent name to the atomic fitness that it listens to instead of the trial's.
        mutation: section name to the probability that a gene of it mutates, whichever agent owns
            it; all other genes keep the search's. Only for searches with the option
            ``gene_mutation``.

    Raises:
        ValueError: if the grouping does not own every gene once, an option is out of range, or
            a section unknown.
    """

    def __init__(
        self,
        space: ParameterSpace,
        population: int,
        search: SearchChoice,
        *,
        grouping: dict[str, list[str]] | None = None,
        agent_population: int = 0,
        collaborators: list[Collaborator] | None = None,
        credit: Credit = "max",
        every: int = 2,
        turns: Turns = "in_turn",
        fitness: dict[str, str] | None = None,
        mutation: dict[str, float] | None = None,
    ) -> None:
        super().__init__(space, population, search)
        self.groups = grouped(space, grouping)
        self.exchange = Exchange(
            ("champion",) if collaborators is None else tuple(collaborators), credit, every, turns
        )
        share = max(_FEWEST, population // len(self.groups))
        self.agent_population = agent_population or min(population, share)
        self.mutation = mutation
        self._by_gene = by_gene(space, mutation)
        self.fitness: Mapping[str, str] = fitness or {}
        if not 1 <= self.agent_population <= population:
            raise ValueError(
                f"agent_population {self.agent_population}; "
                f"allowed: 1 to the population, {population}"
            )
        if unknown := [name for name in self.fitness if name not in self.groups]:
            raise ValueError(f"fitness of agent {unknown[0]!r}; agents: {', '.join(self.groups)}")

    def phases(self, seed: int) -> Sequence[Phase]:
        """One phase with an agent for each group."""
        agents = (
            AgentSpec(
                name,
                genes,
                mutating(self.search, genes, self._by_gene),
                self.agent_population,
                self.fitness.get(name),
            )
            for name, genes in self.owned(seed).items()
        )
        return [Phase(tuple(agents), self.exchange)]

    def owned(self, seed: int) -> Grouping:  # noqa: ARG002
        """Agent name to the positions of its genes."""
        return self.groups
