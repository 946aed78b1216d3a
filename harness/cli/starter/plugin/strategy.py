"""A strategy: which agent searches which genes."""

from ga_synth import AgentSpec, Phase, Strategy


class NewPlugin(Strategy):
    """One agent for the first half of the genes, one for the second."""

    def phases(self, seed):
        genes, half = tuple(range(len(self.space))), len(self.space) // 2
        parts = {"first": genes[:half], "second": genes[half:]}
        agents = [AgentSpec(name, own, self.search, self.population) for name, own in parts.items()]
        return [Phase(tuple(agents))]
