"""Descent on problems whose answer is known; the contract of searches is tested for all of them."""

import numpy as np
import pytest

from strategies.agent import Context, Scores, step
from strategies.base import AgentSpec, SearchChoice
from strategies.searches.base import Sight
from strategies.searches.descent import Descent

DIMS, POPULATION = 12, 32
SPEC = AgentSpec("all", tuple(range(DIMS)), SearchChoice("descent"), POPULATION)
# Three views of a smooth curved map; the first is what the distance is the mean of.
MIXING = np.random.default_rng(1).normal(size=(4, DIMS, 60))


def views(genomes, wanted):
    curved = [np.tanh((genomes - 0.5) @ mixing) for mixing in MIXING]
    aims = [np.tanh((wanted - 0.5) @ mixing) for mixing in MIXING]
    return [(one - aim).astype(np.float32) for one, aim in zip(curved, aims, strict=True)]


class Problem:
    """Counts what is evaluated."""

    def __init__(self, sighted=True):
        self.wanted = np.random.default_rng(2).uniform(0.2, 0.8, DIMS)
        self.sighted, self.evaluated = sighted, []

    def distances(self, genomes):
        return np.abs(views(genomes, self.wanted)[0]).mean(axis=1).astype(np.float64)

    def __call__(self, genomes):
        self.evaluated.append(genomes)
        found = self.distances(genomes)
        sight = Sight(views(genomes, self.wanted), found) if self.sighted else None
        return Scores(found, found, sight)


def searched(problem, budget=600, **options):
    search = Descent(DIMS, POPULATION, 3, **options)
    first = np.random.default_rng(4).random((POPULATION, DIMS))
    search.tell(first, problem.distances(first))
    spent, best = POPULATION, np.inf
    while spent < budget:
        context = Context(first[:1], "max", False, 1, budget - spent, spent / budget, 1 / budget)
        report = step(SPEC, search, context, problem)
        spent += report.spent
        best = min([best, *(distance for _, _, distance in report.improvements)])
    assert spent == budget
    return best, search


def test_it_comes_home_where_views_show_the_way():
    best, _ = searched(Problem())
    start = Problem().distances(np.random.default_rng(4).random((POPULATION, DIMS))).min()
    assert best < start / 100


def test_without_sight_it_still_searches():
    best, search = searched(Problem(sighted=False))
    assert np.isfinite(best)
    assert search.members()[1][0] == best


@pytest.mark.parametrize("budget", [POPULATION + 1, POPULATION + 5, POPULATION + 14, 97, 251])
def test_any_budget_may_end_anywhere(budget):
    searched(Problem(), budget)


def test_with_few_renders_at_a_time_it_moves_only_some_genes():
    problem = Problem()
    search = Descent(DIMS, 5, 0)
    first = np.random.default_rng(4).random((5, DIMS))
    search.tell(first, problem.distances(first))
    for _ in range(20):
        asked = search.ask()
        assert len(asked) <= 5
        search.see(Sight(views(asked, problem.wanted), problem.distances(asked)))
        search.tell(asked, problem.distances(asked))
    assert search.members()[1][0] < 0.9 * problem.distances(first).min()


def test_one_view_is_enough():
    best, _ = searched(Problem(), views=["levels"])
    assert best < 0.05


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"starts": -1}, "starts -1"),
        ({"guide": 1.0}, "guide 1.0"),
        ({"polish": 2}, "polish 2"),
        ({"views": []}, r"views \[\]"),
        ({"views": ["taste"]}, "views 'taste'"),
    ],
)
def test_options_out_of_range_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        Descent(DIMS, POPULATION, 0, **options)


class Deceptive(Problem):
    """The best of the first population leads to a minimum from which hardly anything leads out."""

    def __init__(self):
        super().__init__()
        self.trap = np.full(DIMS, 0.1)

    def distances(self, genomes):
        trapped = 0.2 + 0.02 * np.abs(genomes - self.trap).max(axis=1)
        return np.where(self._near(genomes), trapped, 1.0 + super().distances(genomes))

    def _near(self, genomes):
        return np.abs(genomes - self.trap).max(axis=1) < 0.3


def races(search, problem, first, budget):
    """Return how many of the first population have raced."""
    search.tell(first, problem.distances(first))
    spent, tried = len(first), 0
    while spent < budget:
        context = Context(first[:1], "max", False, 1, budget - spent, spent / budget, 1 / budget)
        spent += step(SPEC, search, context, problem).spent
        tried = len(first) - len(search.state()["reserve"])
    return tried


def test_after_hops_without_gain_the_next_starts_race():
    first = np.random.default_rng(4).random((POPULATION, DIMS))
    first[0] = 0.12
    search = Descent(DIMS, POPULATION, 3, starts=2)
    assert races(search, Deceptive(), first, 3_000) > 2
    assert search.members()[1][0] < 0.3


def test_no_race_begins_once_the_reserve_is_used_up():
    first = np.random.default_rng(4).random((3, DIMS))
    search = Descent(DIMS, POPULATION, 3, starts=2)
    assert races(search, Deceptive(), first, 4_000) == 3
