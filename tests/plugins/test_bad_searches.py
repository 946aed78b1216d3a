"""What is wrong with a search or a strategy is caught, and said in one line."""

import textwrap

import pytest

STRATEGY = """
class Bad(EndToEnd):
    def phases(self, seed):
        every = tuple(range(len(self.space)))
        return {returned}
"""


def search(body, base="RandomSearch"):
    return f"\nclass Bad({base}):\n{textwrap.indent(textwrap.dedent(body), '    ')}"


def strategy(returned):
    return STRATEGY.format(returned=returned)


# What is wrong: the plug-in, words of the check that must fail, and what its reason says.
BAD = {
    "search, forgets its generator": (
        search(
            """
            def state(self):
                return {"genomes": self.genomes, "distances": self.distances}

            def load(self, state):
                self.genomes, self.distances = state["genomes"], state["distances"]
            """
        ),
        "continues exactly as it would have",
        "loaded after 1 generations: differs in array 1 of 4",
    ),
    "search, a state that cannot be kept": (
        search("def state(self):\n    return {'random': self.random}"),
        "continues exactly as it would have",
        "raised TypeError: Generator is neither array nor plain value",
    ),
    "search, a state that goes on changing": (
        search(
            """
            def __init__(self, dims, population, seed):
                super().__init__(dims, population, seed)
                self.count = np.zeros(1)

            def ask(self):
                self.count += 1
                return super().ask()

            def state(self):
                return {**super().state(), "count": self.count}
            """
        ),
        "continues exactly as it would have",
        "a saved state changed while the search continued",
    ),
    "search, outside the cube": (
        search("def ask(self):\n    return super().ask() * 1.5"),
        "1 to population, in [0, 1]",
        "ask(): a gene of 1.",
    ),
    "search, none": (
        search("def ask(self):\n    return super().ask()[:0]"),
        "1 to population, in [0, 1]",
        "ask(): gave shape (0, 5); wanted (1, 5)",
    ),
    "search, too many": (
        search("def ask(self):\n    return np.tile(super().ask(), (2, 1))"),
        "1 to population, in [0, 1]",
        "ask(): gave shape (16, 5); wanted (8, 5)",
    ),
    "search, forgets its pace": (
        search(
            """
            progress = 0.0

            def pace(self, progress):
                self.progress = progress

            def ask(self):
                return super().ask() * (1 - self.progress)
            """
        ),
        "At any pace",
        "loaded at the pace 1.0: differs in array 1 of 4",
    ),
    "search, the global random": (
        search("def ask(self):\n    return super().ask() * random.random()"),
        "same distances lead to the same genomes",
        "another of the same seed: differs",
    ),
    "search, disturbs the global random of NumPy": (
        search("def ask(self):\n    np.random.seed(self.seed)\n    return super().ask()"),
        "global generators",
        "the global state of numpy.random changed",
    ),
    "search, disturbs the global random": (
        search("def ask(self):\n    random.seed(self.seed)\n    return super().ask()"),
        "global generators",
        "the global state of random changed",
    ),
    "search, cannot begin with a tell": (
        search("def tell(self, g, d):\n    self.asks\n    super().tell(g, d)"),
        "before any ask",
        "raised AttributeError: 'Bad' object has no attribute 'asks' (plugin.py, line",
    ),
    "search, wants all that it asked for": (
        search("def tell(self, g, d):\n    assert len(g) == 8, len(g)\n    super().tell(g, d)"),
        "fewer genomes than it asked for",
        "raised AssertionError: 1 (plugin.py, line",
    ),
    "search, not ranked": (
        search("def members(self):\n    return self.genomes[::-1], self.distances[::-1]"),
        "ranked, best first",
        "members(): not ranked best first",
    ),
    "search, other distances": (
        search("def members(self):\n    return self.genomes, self.distances / 2"),
        "ranked, best first",
        "members(): a distance that it was not given",
    ),
    "search, hides its elite": (
        search(
            """
            def tell(self, genomes, distances):
                genomes = np.concatenate([self.genomes[:1], genomes])
                super().tell(genomes, np.concatenate([self.distances[:1], distances]))
            """
        ),
        "No distance survives",
        "of an earlier context",
    ),
    "search, renewing changes the ranking": (
        search("def renew(self, distances):\n    super().renew(distances + 1)", "GeneticAlgorithm"),
        "renewed with their own distances",
        "after renew with the same distances",
    ),
    "search, writes to its state": (
        search("def load(self, state):\n    super().load(state)\n    state['genomes'] += 0.0"),
        "continues exactly as it would have",
        "raised ValueError: output array is read-only",
    ),
    "search, cannot search one gene": (
        search(
            "def ask(self):\n    asked = super().ask()\n    asked[:, 1] = 0.5\n    return asked"
        ),
        "one gene, with the smallest population",
        "raised IndexError",
    ),
    "search, takes any number of genes": (
        search("def __init__(self, dims, n, seed):\n    super().__init__(max(dims, 1), n, seed)"),
        "refuses too few genes",
        "a search over 0 genes: was accepted; wanted ValueError",
    ),
    "strategy, owns a gene twice": (
        strategy("[Phase((AgentSpec('one', (0, *every), self.search, 8),))]"),
        "can be made",
        "its agents do not own every gene once",
    ),
    "strategy, owns a gene twice for some seeds": (
        strategy("[Phase((AgentSpec('one', (0,) * (seed % 2) + every, self.search, 8),))]"),
        "each gene is owned once or by all",
        "gene 0 is owned twice",
    ),
    "strategy, leaves a gene out for some seeds": (
        strategy("[Phase((AgentSpec('one', every[seed:], self.search, 8),))]"),
        "each gene is owned once",
        "45 genes are owned; wanted all 46",
    ),
    "strategy, leaves a gene out once it has learned": (
        strategy(
            """[Phase((AgentSpec('one', every[self.known:], self.search, 8),))]

    known = 0

    def probe(self, genomes, distances, renders, seed):
        return genomes[:3]

    def learn(self, probed, distances):
        self.known = len(probed)
"""
        ),
        "at the end just what it wants",
        "its agents do not own every gene once",
    ),
    "strategy, probes more than there is": (
        strategy(
            """[Phase((AgentSpec('one', every, self.search, 8),))]

    def probe(self, genomes, distances, renders, seed):
        return np.resize(genomes, (renders + 1, len(self.space)))
"""
        ),
        "at the end just what it wants",
        "200 renders of a budget of 199",
    ),
    "strategy, two of one name": (
        strategy(
            "[Phase(tuple(AgentSpec('one', g, self.search, 8) for g in (every[:9], every[9:])))]"
        ),
        "names of their own",
        "agents ['one', 'one'] share a name",
    ),
    "strategy, shares that do not increase": (
        strategy("2 * super().phases(seed)"),
        "Shares of the budget increase",
        "shares [1.0, 1.0] do not increase",
    ),
    "strategy, too small a population": (
        strategy("[Phase((AgentSpec('one', every, self.search, 3),))]"),
        "can be made",
        "population 3; GeneticAlgorithm needs 4 or more",
    ),
    "strategy, an unknown search": (
        strategy("[Phase((AgentSpec('one', every, SearchChoice('gaa'), 8),))]"),
        "can be made",
        "search 'gaa' is not registered; did you mean 'ga'?",
    ),
    "strategy, draws": (
        strategy("[Phase((AgentSpec(str(random.random()), every, self.search, 8),))]"),
        "The same seed gives the same phases",
        "seed 0 gave other phases",
    ),
    "strategy, contexts that draw": (
        strategy(
            """[
            Phase(tuple(AgentSpec(str(g[0]), g, self.search, 8) for g in (every[:9], every[9:])))
        ]

    def contexts(self, phase, standings, champion, before, random_):
        return [np.random.random((1, len(self.space))) for agent in phase.agents]
"""
        ),
        "gives the same rows, in whatever order",
        "differ",
    ),
    "strategy, contexts that remember": (
        strategy(
            """[
            Phase(tuple(AgentSpec(str(g[0]), g, self.search, 8) for g in (every[:9], every[9:])))
        ]

    rounds = 0

    def contexts(self, phase, standings, champion, before, random):
        self.rounds += 1
        return [np.full((1, len(self.space)), 1 / self.rounds) for agent in phase.agents]
"""
        ),
        "saved and resumed after every round",
        " rounds, then ",
    ),
}


@pytest.mark.parametrize(("body", "check", "reason"), BAD.values(), ids=BAD)
def test_a_bad_plugin_is_caught(want_caught, body, check, reason):
    want_caught(body, check, reason)


def test_a_strategy_that_renders_behind_the_ledger_is_caught(monkeypatch):
    from harness.conformance import findings
    from strategies import agent
    from strategies.end_to_end import EndToEnd

    def careless(report, genomes, distances, kinds):
        report.renders["search"] += len(genomes) - 1

    monkeypatch.setattr(agent.Report, "note", careless)
    (finding,) = [f for f in findings("strategy", EndToEnd) if "ledger" in f.name]
    assert not finding.passed
    assert "the ledger says" in finding.detail
