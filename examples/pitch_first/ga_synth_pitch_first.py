"""A strategy with two phases, an atomic fitness and an option."""

from ga_synth import AgentSpec, Exchange, Phase, Strategy


class PitchFirst(Strategy):
    """One agent looks for the pitch beside another for the rest; then one agent has all genes.

    Args:
        space: the synth's parameters, with a section called pitch.
        population: genomes of a generation.
        search: the algorithm of all agents.
        share: of the budget, for the first phase; above 0 and below 1.

    Raises:
        ValueError: if the share does not fit, or the synth has no such section or nothing else.
    """

    def __init__(self, space, population, search, *, share: float = 0.3):
        super().__init__(space, population, search)
        if not 0 < share < 1:
            raise ValueError(f"share {share}; allowed: above 0 and below 1")
        self._share = share
        self._pitch = tuple(space.sections.get("pitch", ()))
        self._rest = tuple(gene for gene in range(len(space)) if gene not in self._pitch)
        if not self._pitch or not self._rest:
            raise ValueError(
                f"needs a section pitch beside others; has {', '.join(space.sections)}"
            )

    def phases(self, seed):
        """Two agents, each completed by the other's best, until the share is spent; then one."""
        half = self.population // 2
        first = (
            AgentSpec("pitch", self._pitch, self.search, half, fitness="pitch"),
            AgentSpec("rest", self._rest, self.search, half),
        )
        every = tuple(range(len(self.space)))
        return [
            Phase(first, Exchange(("best",)), share=self._share),
            Phase((AgentSpec("all", every, self.search, self.population),)),
        ]
