"""A society of agents: many small searches, each over some genes (cooperative coevolution).

Sources: Minsky, The Society of Mind (1986); cooperating sub-populations: Potter & De Jong (1994).
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
from strategies.informed import Start
from strategies.mutation import by_gene, mutating
from synth.space import ParameterSpace

# As many as a synth renders at once, one in each lane of a vector.
_FEWEST = 16


class Society(Strategy):
    """One agent for each section, or for each group of another grouping of the genes.

    Args:
        space: the synth's parameters.
        population: size of the first population; each agent starts from its best genomes.
        search: the search of every agent.
        grouping: the sections or parameters that each agent owns, by agent; by default there is one
            agent for each section.
        agent_population: how many sub-genomes an agent breeds a generation; with 0 the population
            is divided among the agents, but each gets at least 16 if the population has as many.
        collaborators: whose genes complete a sub-genome; each costs one render: ``champion`` (the
            best complete genome so far, the default), ``best`` (every other agent's best),
            ``random`` (a random member of every other agent's population), ``previous`` (the best
            before the last exchange; needs ``best``).
        credit: how distances with several collaborators are combined: the best of them (``max``) or
            their ``mean``.
        every: generations between two exchanges.
        turns: ``parallel`` or ``in_turn``.
        fitness: the atomic fitness that an agent minimises instead of the trial's, by agent.
        mutation: mutation probability of genes, by section, whichever agent owns them; genes of
            other sections keep the search's. Only for searches with the option
            ``gene_mutation``.
        start: where the first population comes from: ``uniform``, ``heard`` (what is heard in the
            target), ``bank`` (its neighbours among known sounds) or ``informed`` (both).
        keep_note: whether the note stays within a semitone of the pitch that is heard in the
            target, if that is clear.

    Raises:
        ValueError: if a gene does not have exactly one owner, an option is out of range, or a
            section is unknown.
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
        start: Start = "uniform",
        keep_note: bool = False,
    ) -> None:
        super().__init__(space, population, search)
        self.start, self.keep_note = start, keep_note
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
        """Return one phase with an agent for each group."""
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
        """Return the positions of each agent's genes, by agent."""
        return self.groups
