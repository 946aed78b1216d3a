"""Islands in a trial: how they start, what moves between them, and what that costs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import InputError
from harness.plan.trials import trials_of
from harness.run.jobs import StepJob
from harness.run.trial.assemble import assembled, starts
from strategies.base import AgentSpec, Phase, SearchChoice

GA = SearchChoice("ga")


@pytest.fixture
def archipelago(small):
    """Makes a comparison of three islands of four genomes each."""

    def make(budget=156, **options):
        islands = {"name": "islands", "islands": 3, "migrants": 1, "every": 2, **options}
        return small(strategies=[islands], budget=budget, seeds=1, listens=0)

    return make


@settings(max_examples=50, deadline=None)
@given(genomes=st.integers(1, 20), islands=st.integers(2, 5), population=st.integers(1, 6))
def test_the_first_population_is_dealt_out_so_that_no_island_is_better(
    genomes, islands, population
):
    agents = tuple(AgentSpec(str(i), (0, 1), GA, population) for i in range(islands))
    random = np.random.default_rng(genomes)
    first, distances = random.random((genomes, 2)), random.random(genomes)
    found = starts(Phase(agents), first, [distances] * islands)
    order = np.argsort(distances)
    for number, standing in enumerate(found):
        assert 1 <= len(standing.genomes) <= population
        dealt = order[number::islands][:population]
        if len(dealt):
            assert np.array_equal(standing.genomes, first[dealt])
            assert np.array_equal(standing.distances, distances[dealt])


@pytest.fixture
def sent(run_trial, steps):
    """Runs the one trial of a comparison: what each island begins its steps with, by round."""

    def run(comparison):
        rounds = []

        class Noted(steps):
            def advance(self, jobs, outcomes):
                if isinstance(jobs[0], StepJob):
                    rounds.append(([job.context.migrants for job in jobs], self.now.standings))
                return super().advance(jobs, outcomes)

        run, rows, bound = run_trial(comparison, trials_of(comparison)[0], kind=Noted)
        return rounds, run, rows, bound

    return run


def test_the_best_of_every_island_move_on_after_every_exchange_and_cost_nothing(archipelago, sent):
    rounds, run, rows, bound = sent(archipelago())
    assert rounds[0][0] == [None] * 3
    assert len(rounds) == 6
    for migrants, standings in rounds[1:]:
        for number, come in enumerate(migrants):
            assert np.array_equal(come.genomes, standings[number - 1].genomes[:1])
            assert np.array_equal(come.distances, standings[number - 1].distances[:1])
    assert run.ledger == {**dict.fromkeys(run.ledger, 0), "first": 12, "search": 144}
    assert run.spent == bound.renders == 156
    assert rows[-1]["best"] == run.best


def test_without_migrants_nothing_moves(archipelago, sent):
    rounds, *_ = sent(archipelago(migrants=0))
    assert [migrants for migrants, _ in rounds] == [[None] * 3] * 6


def test_all_islands_are_one_population_best_first(archipelago, sent):
    _, run, rows, _ = sent(archipelago())
    genomes = assembled(run.plan, run.now)
    distances = np.concatenate([standing.distances for standing in run.standings])
    members = np.concatenate([standing.genomes for standing in run.standings])
    assert len(genomes) == len(members)
    assert np.array_equal(genomes, members[np.argsort(distances, kind="stable")])
    assert np.array_equal(genomes[0], run.champion)
    assert rows[-1]["mean"] == pytest.approx(distances.mean())
    assert len(assembled(run.plan, run.now, 5)) == 5


def test_a_search_that_takes_no_migrants_is_refused_unless_there_are_none(small):
    islands = {"name": "islands", "islands": 2, "search": "descent"}
    with pytest.raises(InputError, match="search 'descent' takes no migrants; choose another"):
        small(strategies=[islands])
    small(strategies=[{**islands, "migrants": 0}])


def test_too_many_islands_for_the_search_are_refused(small):
    with pytest.raises(InputError, match=r"agent 'island_1'.*population 2; GeneticAlgorithm needs"):
        small(strategies=[{"name": "islands", "islands": 6}])
