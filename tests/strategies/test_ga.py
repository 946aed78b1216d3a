"""The genetic algorithm: operators against closed forms, elite, progress, options."""

import random
import re

import numpy as np
import pytest
from deap.tools import selection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import binomtest, kstest

from strategies.searches.ga import GeneticAlgorithm
from strategies.searches.random import RandomSearch


def sphere(genomes):
    return ((genomes - 0.3) ** 2).sum(axis=1)


def children_of(parents, seed=0, population=4, **options):
    """One generation bred from parents that are all as good."""
    options = {"crossover": 0.0, "mutation": 0.0, "tournament": 1, "elite": 0} | options
    search = GeneticAlgorithm(parents.shape[1], population, seed, **options)
    search.tell(parents, np.ones(len(parents)))
    return search.ask()


def spread_factors(eta, genes=20_000):
    """Spread factors of SBX: how far apart two children are, in units of how far their parents."""
    low, high = 0.499, 0.501
    parents = np.stack([np.full(genes, low), np.full(genes, high)])
    factors, uncrossed = [], 0
    for seed in range(2):
        brood = children_of(parents, seed, crossover=1.0, crossover_eta=eta)
        for one, other in (brood[:2], brood[2:]):
            bred = ~np.isin(one, (low, high))
            assert np.allclose(one[bred] + other[bred], low + high)
            if bred.any():  # not if one parent was chosen twice
                factors.append(np.abs(one - other)[bred] / (high - low))
                uncrossed += int((~bred).sum())
    return np.concatenate(factors), uncrossed


@pytest.mark.parametrize("eta", [2.0, 10.0, 20.0])
def test_crossover_spreads_as_deb_and_agrawal_say(eta):
    def cumulative(spread):
        below, above = 0.5 * spread ** (eta + 1), 1 - 0.5 * spread ** -(eta + 1)
        return np.where(spread <= 1, below, above)

    factors, uncrossed = spread_factors(eta)
    assert kstest(factors, cumulative).pvalue > 0.001
    # Each gene of a crossed pair is crossed with probability one half.
    assert binomtest(uncrossed, uncrossed + len(factors), 0.5).pvalue > 0.001


@pytest.mark.parametrize("at", [0.5, 0.2, 0.97])
@pytest.mark.parametrize("eta", [1.0, 15.0])
def test_mutation_steps_as_a_polynomial_cut_at_the_bounds(at, eta):
    parents = np.full((1, 10_000), at)
    steps = children_of(parents, mutation=1.0, mutation_eta=eta)[0] - at
    down, up = -steps[steps < 0], steps[steps > 0]
    assert binomtest(len(up), len(up) + len(down), 0.5).pvalue > 0.001
    for side, room in ((down, at), (up, 1 - at)):
        # The density (1 - step) ** eta, as far as there is room.
        def cumulative(step, room=room):
            return (1 - (1 - step) ** (eta + 1)) / (1 - (1 - room) ** (eta + 1))

        assert side.max() <= room
        assert kstest(side, cumulative).pvalue > 0.001


@pytest.mark.parametrize("mutation", [0.02, 0.1, 0.5])
@pytest.mark.parametrize("genes", [1, 3, 300])
def test_each_gene_mutates_as_often_however_many_there_are(mutation, genes):
    parents = np.full((1, genes), 0.4)
    children = [
        children_of(parents, seed, population=60, mutation=mutation)
        for seed in range(max(1, 900 // genes))
    ]
    changed = np.concatenate(children) != 0.4
    assert binomtest(int(changed.sum()), changed.size, mutation).pvalue > 0.001


def test_crossover_and_mutation_can_be_switched_off():
    parents = np.random.default_rng(0).random((6, 4))
    children = children_of(parents, population=20)
    assert {row.tobytes() for row in children} <= {row.tobytes() for row in parents}


@pytest.mark.parametrize(("tournament", "share"), [(1, 1 / 10), (2, 19 / 100), (4, 1 - 0.9**4)])
def test_the_best_wins_as_many_tournaments_as_chance_enters_it(tournament, share):
    parents = np.linspace(0, 1, 10)[:, None]
    search = GeneticAlgorithm(
        1, 4000, 0, crossover=0.0, mutation=0.0, tournament=tournament, elite=0
    )
    search.tell(parents, parents[:, 0])
    wins = int((search.ask() == 0.0).sum())
    assert binomtest(wins, 4000, share).pvalue > 0.001


@pytest.mark.parametrize("population", [4, 5, 11])
def test_the_elite_never_gets_worse_and_keeps_its_genomes(population):
    search = GeneticAlgorithm(6, population, 1, elite=2)
    best = np.inf
    for _ in range(40):
        asked = search.ask()
        elites = search.elites().copy()
        search.tell(asked, sphere(asked))
        genomes, distances = search.members()
        assert distances[0] <= best
        best = distances[0]
        assert len(genomes) == population + len(elites)
        assert {row.tobytes() for row in elites} <= {row.tobytes() for row in genomes}


def test_without_elite_nothing_lives_on():
    search = GeneticAlgorithm(3, 6, 0, elite=0)
    for _ in range(3):
        asked = search.ask()
        search.tell(asked, sphere(asked))
    assert search.elites().shape == (0, 3)
    assert {row.tobytes() for row in search.members()[0]} == {row.tobytes() for row in asked}


def test_elites_that_got_worse_stay_the_elites_and_no_stale_distance_takes_their_place():
    search = GeneticAlgorithm(1, 4, 0, elite=2)
    told = np.array([[0.1], [0.2], [0.3], [0.4]])
    search.tell(told, np.array([1.0, 2.0, 3.0, 4.0]))
    search.renew(np.array([9.0, 8.0]))
    assert search.elites().tolist() == [[0.2], [0.1]]
    assert search.members()[0].ravel().tolist() == [0.3, 0.4, 0.2, 0.1]
    search.tell(np.array([[0.9]]), np.array([5.0]))
    genomes, distances = search.members()
    assert genomes.ravel().tolist() == [0.9, 0.2, 0.1]
    assert distances.tolist() == [5.0, 8.0, 9.0]


def test_the_first_elites_alone_can_be_renewed():
    search = GeneticAlgorithm(1, 4, 0, elite=2)
    search.tell(np.array([[0.1], [0.2], [0.3]]), np.array([1.0, 2.0, 3.0]))
    search.renew(np.array([7.0]))
    assert search.elites().tolist() == [[0.2], [0.1]]
    search.renew(np.empty(0))
    assert search.members()[1].tolist() == [2.0, 3.0, 7.0]


@pytest.mark.parametrize("seed", range(3))
def test_converges_far_better_than_random_search(seed):
    def best(search):
        found = np.inf
        for _ in range(40):
            asked = search.ask()
            search.tell(asked, sphere(asked))
            found = min(found, search.members()[1][0])
        return found

    assert best(GeneticAlgorithm(10, 50, seed)) < 0.02 * best(RandomSearch(10, 50, seed))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"crossover": 1.1}, "crossover 1.1; allowed: 0 to 1"),
        ({"crossover": -0.1}, "crossover -0.1; allowed: 0 to 1"),
        ({"mutation": 2.0}, "mutation 2.0; allowed: 0 to 1"),
        ({"mutation": float("nan")}, "mutation nan; allowed: 0 to 1"),
        ({"crossover_eta": -1.0}, "crossover_eta -1.0; allowed: 0 or more"),
        ({"mutation_eta": float("nan")}, "mutation_eta nan; allowed: 0 or more"),
        ({"tournament": 0}, "tournament 0; allowed: 1 or more"),
        ({"elite": 10}, "elite 10; allowed: 0 to 9"),
        ({"elite": -1}, "elite -1; allowed: 0 to 9"),
        ({"population": 3}, "population 3; GeneticAlgorithm needs 4 or more"),
        ({"dims": 0}, "a search over 0 genes; needs 1 or more"),
    ],
)
def test_options_out_of_range_are_said_in_one_line(options, message):
    with pytest.raises(ValueError, match=re.escape(message)) as refused:
        GeneticAlgorithm(**({"dims": 5, "population": 10, "seed": 0} | options))
    assert str(refused.value) == message


_GENES = st.floats(0, 1) | st.sampled_from([0.0, 5e-324, 1e-14, 0.5, 1 - 2**-53, 1.0])


@settings(max_examples=150, deadline=None)
@given(
    parents=st.tuples(st.integers(1, 8), st.integers(1, 5)).flatmap(
        lambda shape: arrays(np.float64, shape, elements=_GENES)
    ),
    population=st.integers(4, 9),
    seed=st.integers(0, 2**64),
    crossover_eta=st.floats(0, 1e6),
    mutation_eta=st.floats(0, 1e6),
    tournament=st.integers(1, 20),
    elite=st.integers(0, 3),
)
def test_children_are_finite_and_in_the_cube(
    parents, population, seed, crossover_eta, mutation_eta, tournament, elite
):
    search = GeneticAlgorithm(
        parents.shape[1],
        population,
        seed,
        crossover=1.0,
        crossover_eta=crossover_eta,
        mutation=0.5,
        mutation_eta=mutation_eta,
        tournament=tournament,
        elite=elite,
    )
    search.tell(parents, sphere(parents))
    for _ in range(3):
        children = search.ask()
        assert children.shape == (population, parents.shape[1])
        assert children.dtype == np.float64
        assert ((children >= 0) & (children <= 1)).all()
        search.tell(children, sphere(children))


def test_deap_draws_from_what_it_is_lent_and_gets_its_own_back_after_an_error(monkeypatch):
    before = random.getstate()
    search = GeneticAlgorithm(3, 6, 0)
    search.tell(np.eye(3), np.arange(3.0))
    monkeypatch.setattr(search._tools, "select", lambda parents, wanted: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        search.ask()
    assert selection.random is random
    assert random.getstate() == before
