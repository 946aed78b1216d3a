"""The step of an agent: what it completes, what it credits, and that it never overspends."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies.agent import KINDS, Context, Scores, step
from strategies.base import AgentSpec, SearchChoice
from strategies.searches.base import Search, Sight, ranked
from strategies.searches.ga import GeneticAlgorithm

GENES = 4
HIDDEN = np.array([0.2, 0.4, 0.6, 0.8])


class Noted(Search):
    """Asks for known genomes, keeps some elites, and records each tell."""

    def __init__(self, dims, population, elite=0):
        super().__init__(dims, population, 0)
        self.random = np.random.default_rng(0)
        self.asked, self.told, self.renewed, self.paces = [], [], [], []
        self.kept = self.random.random((elite, dims)), np.arange(float(elite))
        self.now = self.kept

    def pace(self, progress):
        assert len(self.paces) == len(self.asked)
        self.paces.append(progress)

    def ask(self):
        self.asked.append(self.random.random((self.population, self.dims)))
        return self.asked[-1].copy()

    def tell(self, genomes, distances):
        self.told.append((genomes.copy(), distances.copy()))
        self.now = ranked(genomes, distances)

    def members(self):
        return self.now

    def elites(self):
        return self.kept[0]

    def renew(self, distances):
        self.renewed.append(distances.copy())

    def state(self):
        return {}

    def load(self, state):
        pass


class Evaluation:
    """Distances of complete genomes, by the trial's fitness and by the agent's own objective."""

    def __init__(self):
        self.genomes = []

    def __call__(self, genomes):
        self.genomes += [row.copy() for row in genomes]
        return Scores(self.distances(genomes), self.objectives(genomes))

    @staticmethod
    def distances(genomes):
        return np.abs(genomes - HIDDEN).sum(axis=1)

    @staticmethod
    def objectives(genomes):
        return (genomes[:, 0] + 10 * genomes[:, -1]) % 1


def spec_of(*genes, population=5):
    return AgentSpec("one", genes, SearchChoice("noted"), population)


def context_of(collaborators, credit="max", moved=False, generations=1, renders=1000):
    rows = np.random.default_rng(1).random((collaborators, GENES))
    return Context(rows, credit, moved, generations, renders)


def test_sub_genomes_are_completed_with_every_collaborator_in_order():
    search, evaluation, context = Noted(2, 5), Evaluation(), context_of(3)
    report = step(spec_of(3, 1), search, context, evaluation)
    expected = []
    for asked in search.asked[0]:
        for collaborator in context.collaborators:
            genome = collaborator.copy()
            genome[[3, 1]] = asked
            expected.append(genome)
    assert np.array_equal(evaluation.genomes, expected)
    assert np.array_equal(report.evaluated, expected)


def test_collaborators_are_not_written_to():
    context = context_of(2)
    before = context.collaborators.copy()
    step(spec_of(0, 1), Noted(2, 5), context, Evaluation())
    assert np.array_equal(context.collaborators, before)


@pytest.mark.parametrize(("credit", "of"), [("max", np.min), ("mean", np.mean)])
def test_credit_is_the_best_or_the_mean_of_the_agents_own_objective(credit, of):
    search, evaluation = Noted(2, 5), Evaluation()
    report = step(spec_of(0, 2), search, context_of(3, credit), evaluation)
    objectives = evaluation.objectives(np.array(evaluation.genomes)).reshape(5, 3)
    (genomes, distances), *more = search.told
    assert not more
    assert np.array_equal(genomes, search.asked[0])
    assert distances == pytest.approx(of(objectives, axis=1))
    assert report.standing.distances == pytest.approx(np.sort(of(objectives, axis=1)))


def test_renders_are_charged_by_kind():
    report = step(spec_of(0, 1), Noted(2, 5, elite=2), context_of(3, moved=True), Evaluation())
    assert report.renders == {
        "first": 0,
        "probe": 0,
        "search": 5,
        "collaborator": 14,
        "re-evaluation": 2,
    }
    assert tuple(report.renders) == KINDS
    assert report.spent == 21


@pytest.mark.parametrize("moved", [True, False])
def test_elites_are_evaluated_anew_only_if_the_context_moved(moved):
    search, evaluation = Noted(2, 5, elite=2), Evaluation()
    report = step(spec_of(0, 1), search, context_of(1, moved=moved, generations=3), evaluation)
    assert report.renders["re-evaluation"] == (2 if moved else 0)
    assert len(search.renewed) == moved
    assert len(search.told) == 3
    if moved:
        first = np.array(evaluation.genomes[:2])
        assert np.array_equal(first[:, :2], search.kept[0])
        assert np.array_equal(search.renewed[0], evaluation.objectives(first))


def test_a_search_without_elites_is_not_renewed():
    search = Noted(2, 5)
    assert step(spec_of(0, 1), search, context_of(1, moved=True), Evaluation()).spent == 5
    assert search.renewed == []


def test_the_last_generation_is_cut_to_what_may_be_spent():
    search = Noted(2, 5)
    report = step(spec_of(0, 1), search, context_of(2, generations=9, renders=17), Evaluation())
    assert report.spent == 17
    # Twice a whole generation, three genomes with two collaborators, one with the first alone.
    assert [len(genomes) for genomes, _ in search.told] == [5, 3, 1]
    assert np.array_equal(search.told[1][0], search.asked[1][:3])


def test_the_search_is_told_its_pace_before_every_ask():
    """It moves on with what the step itself spends, re-evaluated elites and collaborators too."""
    search = Noted(2, 5, elite=2)
    context = replace(context_of(2, moved=True, generations=3), done=0.25, share_of_render=0.01)
    step(spec_of(0, 1), search, context, Evaluation())
    assert search.paces == pytest.approx([0.25 + 0.04, 0.25 + 0.14, 0.25 + 0.24])
    late = Noted(2, 5)
    step(spec_of(0, 1), late, replace(context, done=0.95, moved=False), Evaluation())
    assert late.paces == [0.95, 1.0, 1.0]


def test_with_nothing_to_spend_nothing_happens():
    search = Noted(2, 5, elite=1)
    report = step(spec_of(0, 1), search, context_of(2, moved=True, renders=0), Evaluation())
    assert report.spent == 0
    assert search.told == []
    assert report.improvements == []
    assert np.array_equal(report.standing.genomes, search.kept[0])


ALLOWANCES = {
    "renders": st.integers(0, 60),
    "collaborators": st.integers(1, 5),
    "population": st.integers(1, 9),
    "generations": st.integers(1, 4),
    "elite": st.integers(0, 4),
    "moved": st.booleans(),
}


@settings(max_examples=200, deadline=None)
@given(**ALLOWANCES)
def test_the_allowance_is_never_exceeded_and_every_render_is_counted(
    renders, collaborators, population, generations, elite, moved
):
    search, evaluation = Noted(2, population, elite), Evaluation()
    context = context_of(collaborators, "mean", moved, generations, renders)
    report = step(spec_of(1, 3, population=population), search, context, evaluation)
    wanted = (elite * moved + population * generations) * collaborators
    assert report.spent == len(evaluation.genomes) <= renders
    if wanted <= renders:
        assert report.spent == wanted
    # What is left over could not pay for one more candidate with all collaborators.
    assert report.spent > min(wanted, renders) - collaborators
    assert len(search.told) <= generations
    assert all(1 <= len(genomes) <= population for genomes, _ in search.told)
    assert all(np.isfinite(distances).all() for _, distances in search.told)
    assert report.renders["search"] == sum(len(genomes) for genomes, _ in search.told)
    assert report.renders["re-evaluation"] == sum(len(d) for d in search.renewed)
    assert report.renders["first"] == 0


@settings(max_examples=100, deadline=None)
@given(**ALLOWANCES)
def test_improvements_are_in_order_and_true(
    renders, collaborators, population, generations, elite, moved
):
    evaluation = Evaluation()
    context = context_of(collaborators, "max", moved, generations, renders)
    report = step(spec_of(0, 1), Noted(2, population, elite), context, evaluation)
    best, expected = np.inf, []
    for i, genome in enumerate(evaluation.genomes):
        distance = float(evaluation.distances(genome[None])[0])
        if distance < best:
            best = distance
            expected.append((i + 1, genome.tolist(), distance))
    found = [(at, genome.tolist(), distance) for at, genome, distance in report.improvements]
    assert found == expected


def test_an_agent_with_all_genes_searches_as_if_alone():
    """End-to-end is a society of one: its context shows in nothing."""

    def lived(collaborator):
        search = GeneticAlgorithm(GENES, 8, 0)
        context = Context(np.full((1, GENES), collaborator), "max", False, 5, 40)
        return step(spec_of(0, 1, 2, 3), search, context, Evaluation()).standing

    one, other = lived(0.1), lived(0.9)
    assert np.array_equal(one.genomes, other.genomes)
    assert np.array_equal(one.distances, other.distances)
    assert one.distances[0] >= 0


class Seeing(Noted):
    """Records what it is shown, in the order of calls."""

    sees = ("views",)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.calls = []

    def see(self, sight):
        self.calls.append(("see", len(sight.guide)))

    def tell(self, genomes, distances):
        super().tell(genomes, distances)
        self.calls.append(("tell", len(genomes)))

    def renew(self, distances):
        super().renew(distances)
        self.calls.append(("renew", len(distances)))


@pytest.mark.parametrize(("collaborators", "shown"), [(1, True), (2, False)])
def test_a_search_sees_before_it_is_told_unless_a_candidate_is_several_sounds(collaborators, shown):
    def evaluate(genomes):
        found = Evaluation()(genomes)
        views = [np.zeros((len(genomes), 3), np.float32)]
        return replace(found, sight=Sight(views, np.zeros(len(genomes))))

    search = Seeing(2, 5, elite=2)
    context = context_of(collaborators, moved=True, generations=2)
    step(spec_of(0, 1), search, context, evaluate)
    wanted = [("renew", 2), ("tell", 5), ("tell", 5)]
    if shown:
        wanted = [pair for name, n in wanted for pair in (("see", n), (name, n))]
    assert search.calls == wanted
