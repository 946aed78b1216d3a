"""The searches that extend ``ga`` to control diversity: each changes only what it should."""

import re

import numpy as np
import pytest
from scipy.stats import binomtest

from strategies.diversity import diversity
from strategies.searches.ga import GeneticAlgorithm
from strategies.searches.ga_crowding import DeterministicCrowding
from strategies.searches.ga_immigrants import RandomImmigrants
from strategies.searches.ga_schedule import MutationSchedule
from strategies.searches.ga_set_point import DiversitySetPoint
from strategies.searches.ga_sharing import FitnessSharing


def sphere(genomes):
    return ((genomes - 0.3) ** 2).sum(axis=1)


def rastrigin(genomes):
    x = 10.24 * (genomes - 0.37)
    return (x**2 - 10 * np.cos(2 * np.pi * x) + 10).sum(axis=1)


def live(search, generations, function=sphere, pace=None):
    """Everything that was asked."""
    asks = []
    for i in range(generations):
        if pace is not None:
            search.pace(pace(i))
        asked = search.ask()
        asks.append(asked.copy())
        search.tell(asked, function(asks[-1]))
    return asks


def spread(search):
    return diversity(search.members()[0], {})["whole"]["distance"]


@pytest.mark.parametrize("population", [8, 9])
@pytest.mark.parametrize(
    "same",
    [
        lambda *a: RandomImmigrants(*a, immigrants=0.0),
        lambda *a: MutationSchedule(*a, mutation=0.1, mutation_end=0.1),
        lambda *a: GeneticAlgorithm(*a, gene_mutation=[None, 0.1, 0.1, None, 0.1]),
    ],
    ids=["immigrants", "schedule", "gene_mutation"],
)
def test_with_nothing_to_control_it_is_ga_to_the_bit(same, population):
    one, other = same(5, population, 3), GeneticAlgorithm(5, population, 3)
    for asked, wanted in zip(live(one, 6), live(other, 6), strict=True):
        np.testing.assert_array_equal(asked, wanted)


def test_the_plain_one_breeds_what_it_always_bred():
    """Numbers of version 0.2: the same seed gives the same search."""
    search = GeneticAlgorithm(7, 5, 5)
    assert live(search, 12)[-1][0, :3] == pytest.approx(
        [0.5456061737527569, 0.6785834670177304, 0.515325561042142], rel=1e-9
    )
    search = GeneticAlgorithm(7, 51, 51, mutation=0.3, elite=0, tournament=2)
    assert live(search, 12)[-1][0, :3] == pytest.approx(
        [0.23511385172041574, 0.36276430374070956, 0.6925784550598488], rel=1e-9
    )


def changed(search, genes=3000):
    """Share of each gene's children that mutated, of parents that are all alike."""
    search.tell(np.full((4, genes), 0.4), np.ones(4))
    return search.ask() != 0.4


def test_each_gene_mutates_with_its_own_probability():
    by_gene = [0.5, None, 0.0, 0.9] * 250
    mutated = changed(GeneticAlgorithm(1000, 40, 1, mutation=0.1, gene_mutation=by_gene), 1000)
    for i, wanted in enumerate((0.5, 0.1, 0.0, 0.9)):
        often = mutated[:, i::4]
        assert binomtest(int(often.sum()), often.size, wanted).pvalue > 0.001


@pytest.mark.parametrize(
    ("course", "half"), [("linear", (0.4 + 0.1) / 2), ("exponential", (0.4 * 0.1) ** 0.5)]
)
def test_mutation_goes_from_begin_to_end_with_the_pace(course, half):
    for progress, wanted in ((None, 0.4), (0.0, 0.4), (0.5, half), (1.0, 0.1)):
        search = MutationSchedule(3000, 20, 0, mutation=0.4, mutation_end=0.1, course=course)
        if progress is not None:
            search.pace(progress)
        often = changed(search)
        assert binomtest(int(often.sum()), often.size, wanted).pvalue > 0.001


def test_steps_become_finer_where_the_schedule_says_so():
    steps = []
    for progress in (0.0, 1.0):
        search = MutationSchedule(
            3000, 8, 0, mutation=1.0, mutation_end=1.0, mutation_eta=3.0, mutation_eta_end=50.0
        )
        search.pace(progress)
        search.tell(np.full((4, 3000), 0.4), np.ones(4))
        steps.append(np.abs(search.ask() - 0.4).mean())
    assert steps[1] < 0.2 * steps[0]


def test_a_schedule_cools_the_population():
    search = MutationSchedule(10, 40, 1, mutation=0.5, mutation_end=0.005)
    live(search, 30, pace=lambda i: 0.0)
    hot = spread(search)
    live(search, 30, pace=lambda i: 1.0)
    assert spread(search) < 0.3 * hot


@pytest.mark.parametrize(("immigrants", "count"), [(0.1, 3), (0.5, 15), (1.0, 30)])
def test_so_many_are_drawn_uniformly(immigrants, count):
    search = RandomImmigrants(200, 30, 0, immigrants=immigrants, mutation=0.0, crossover=0.0)
    search.tell(np.full((30, 200), 0.5), np.ones(30))
    asked = search.ask()
    drawn = asked[(asked != 0.5).all(axis=1)]
    assert len(drawn) == count
    assert abs(drawn.mean() - 0.5) < 4 * np.sqrt(1 / 12 / drawn.size)
    assert drawn.std() == pytest.approx(np.sqrt(1 / 12), rel=0.1)


def test_immigrants_keep_a_population_diverse():
    spreads = []
    for immigrants in (0.0, 0.1, 0.3, 0.6):
        search = RandomImmigrants(10, 50, 2, immigrants=immigrants)
        live(search, 40)
        spreads.append(spread(search))
    assert spreads == sorted(spreads)
    assert spreads[-1] > 2 * spreads[0]


def test_shared_distances_are_those_of_a_plain_loop():
    genomes = np.random.default_rng(1).random((12, 4))
    search = FitnessSharing(4, 12, 0, radius=0.4, alpha=2.0)
    search.tell(genomes, sphere(genomes))
    ranked, distances = search.members()
    for i, merit in enumerate(search._merits()):
        niche = 0.0
        for other in ranked:
            apart = np.sqrt(((ranked[i] - other) ** 2).mean())
            niche += 1 - (apart / 0.4) ** 2 if apart < 0.4 else 0.0
        assert merit == pytest.approx(distances[i] * niche)


def two_valleys(genomes):
    return 0.01 + np.minimum(((genomes - 0.2) ** 2).sum(axis=1), ((genomes - 0.8) ** 2).sum(axis=1))


def in_both(search):
    low = (search.members()[0].mean(axis=1) < 0.5).mean()
    return min(low, 1 - low)


@pytest.mark.parametrize("kind", [DeterministicCrowding, FitnessSharing])
def test_niches_live_on_where_plain_ga_loses_one(kind):
    options = {"radius": 0.3} if kind is FitnessSharing else {}
    kept = [in_both(_lived(kind(3, 60, seed, mutation=0.02, **options))) for seed in range(5)]
    plain = [in_both(_lived(GeneticAlgorithm(3, 60, seed, mutation=0.02))) for seed in range(5)]
    assert np.median(kept) > 0.15
    assert np.median(plain) < 0.05


def _lived(search):
    live(search, 60, two_valleys)
    return search


@pytest.mark.parametrize("population", [4, 8, 9])
def test_a_child_replaces_the_more_similar_of_its_own_parents_if_it_is_closer(population):
    search = DeterministicCrowding(6, population, 2)
    first = np.random.default_rng(0).random((population, 6))
    search.tell(first, sphere(first))
    for _ in range(8):
        before, distances = (part.copy() for part in search.members())
        asked = search.ask()
        rivals = search.state()["rivals"]
        assert len(asked) == population
        assert set(rivals.tolist()) == set(range(population)) or population % 2
        for a, b in zip(range(0, population - 1, 2), range(1, population, 2), strict=True):
            (p, q), (c, d) = before[rivals[[a, b]]], asked[[a, b]]
            straight = np.linalg.norm(c - p) + np.linalg.norm(d - q)
            assert straight <= np.linalg.norm(c - q) + np.linalg.norm(d - p) + 1e-12
        told = sphere(asked)
        search.tell(asked, told)
        after = {row.tobytes() for row in search.members()[0]}
        for child, distance, rival in zip(asked, told, rivals, strict=False):
            assert (before[rival].tobytes() in after) == (
                distances[rival] <= min(distance, *told[rivals[:population] == rival])
            )
            bred = (before != child).any(axis=1).all()
            assert not bred or child.tobytes() not in after or distance < distances[rival]


def test_crowding_never_loses_its_best():
    search, best = DeterministicCrowding(6, 12, 0), np.inf
    for _ in range(30):
        live(search, 1, rastrigin)
        assert search.members()[1][0] <= best
        best = search.members()[1][0]


@pytest.mark.parametrize(("dims", "population"), [(10, 50), (40, 50), (5, 16)])
@pytest.mark.parametrize("function", [sphere, rastrigin])
def test_diversity_tracks_the_set_point_where_plain_ga_does_not(dims, population, function):
    plain = GeneticAlgorithm(dims, population, 1)
    live(plain, 60, function)
    for wanted in (0.1, 0.15, 0.2, 0.25):
        search, measured = DiversitySetPoint(dims, population, 1, diversity=wanted), []
        for _ in range(100):
            live(search, 1, function)
            measured.append(spread(search))
        # It settles within 40 generations, and stays there on the mean of the next 60.
        assert np.mean(measured[40:]) == pytest.approx(wanted, rel=0.06)
    assert spread(plain) < 0.75 * 0.2


def test_a_set_point_can_be_moved_to_from_either_side_and_does_not_wind_up():
    """Long out of reach, the controller follows at once when it is in reach again."""
    search = DiversitySetPoint(10, 50, 0, diversity=0.15)
    alike = np.full((50, 10), 0.5)
    for _ in range(100):
        search.ask()
        search.tell(alike, np.ones(50))
    assert np.exp(search.state()["level"]) * 0.1 == pytest.approx(1.0)
    live(search, 40)
    assert np.mean([live(search, 1) and spread(search) for _ in range(40)]) == pytest.approx(
        0.15, rel=0.08
    )


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        (
            GeneticAlgorithm,
            {"gene_mutation": [0.1] * 4},
            "gene_mutation of 4 genes; allowed: all 5",
        ),
        (GeneticAlgorithm, {"gene_mutation": [0.1, 1.5, 0, 0, 0]}, "gene_mutation 1.5; allowed: 0"),
        (DeterministicCrowding, {"crossover": 2.0}, "crossover 2.0; allowed: 0 to 1"),
        (RandomImmigrants, {"immigrants": 1.1}, "immigrants 1.1; allowed: 0 to 1"),
        (RandomImmigrants, {"mutation": 1.1}, "mutation 1.1; allowed: 0 to 1"),
        (FitnessSharing, {"radius": 0.0}, "radius 0.0; allowed: above 0"),
        (FitnessSharing, {"alpha": float("nan")}, "alpha nan; allowed: above 0"),
        (MutationSchedule, {"mutation": 0.0}, "mutation 0; allowed: above 0 to 1"),
        (MutationSchedule, {"mutation_end": 1.1}, "mutation_end 1.1; allowed: 0 to 1"),
        (MutationSchedule, {"mutation_eta_end": -1.0}, "mutation_eta_end -1.0; allowed: 0 or more"),
        (MutationSchedule, {"course": "cosine"}, "course 'cosine'; allowed: linear, exponential"),
        (MutationSchedule, {"mutation_end": 0.0}, "course exponential from or to 0; allowed: "),
        (DiversitySetPoint, {"diversity": 0.0}, "diversity 0.0; allowed: above 0 to 0.5"),
        (DiversitySetPoint, {"mutation": 0.0}, "mutation 0; allowed: above 0 to 1"),
        (DiversitySetPoint, {"proportional": -1.0}, "proportional -1.0; allowed: 0 or more"),
        (DiversitySetPoint, {"integral": 0.0}, "integral 0.0; allowed: above 0"),
    ],
)
def test_options_out_of_range_are_said_in_one_line(kind, options, message):
    with pytest.raises(ValueError, match=re.escape(message)) as refused:
        kind(5, 10, 0, **options)
    assert str(refused.value).startswith(message)
