"""L-SHADE: every draw against a plain loop, its shrinking, stale parents, options."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.record.packing import pack, unpack
from strategies.searches.l_shade import LShade
from strategies.searches.random import RandomSearch


def sphere(genomes):
    return ((genomes - 0.3) ** 2).sum(axis=1)


def rastrigin(genomes):
    x = 10.24 * (genomes - 0.37)
    return (x**2 - 10 * np.cos(2 * np.pi * x) + 10).sum(axis=1)


class Plain:
    """The paper's algorithm, genome by genome, its draws taken in the order of the search."""

    def __init__(self, dims, population, seed, memory=6, p=0.11, rate=2.6):
        self.random = np.random.default_rng(seed)
        self.dims, self.first, self.p, self.rate = dims, population, p, rate
        self.m_f, self.m_cr, self.k = [0.5] * memory, [0.5] * memory, 0
        self.archive = []

    def start(self, genomes, distances):
        order = np.argsort(distances, kind="stable")
        self.x = [genomes[i].copy() for i in order]
        self.f = [float(distances[i]) for i in order]

    def ask(self, progress):
        wanted = round((4 - self.first) * progress + self.first)
        self.x, self.f = self.x[:wanted], self.f[:wanted]
        room = round(self.rate * wanted)
        if len(self.archive) > room:
            kept = self.random.permutation(len(self.archive))[:room]
            self.archive = [self.archive[i] for i in kept]
        n, draw = len(self.x), self.random
        slots = draw.integers(len(self.m_f), size=n)
        normal, cauchy = draw.standard_normal(n), draw.standard_cauchy(n)
        self.cr = [
            0.0 if self.m_cr[r] == -1 else min(1, max(0, self.m_cr[r] + 0.1 * normal[i]))
            for i, r in enumerate(slots)
        ]
        self.sf = [self.m_f[r] + 0.1 * cauchy[i] for i, r in enumerate(slots)]
        while any(f <= 0 for f in self.sf):
            again = [i for i in range(n) if self.sf[i] <= 0]
            for i, c in zip(again, draw.standard_cauchy(len(again)), strict=True):
                self.sf[i] = self.m_f[slots[i]] + 0.1 * c
        self.sf = [min(f, 1.0) for f in self.sf]
        best = draw.integers(max(2, round(self.p * n)), size=n)
        ones = draw.integers(n - 1, size=n)
        others = draw.integers(n + len(self.archive) - 2, size=n)
        chance, forced = draw.random((n, self.dims)), draw.integers(self.dims, size=n)
        union = self.x + self.archive
        children = []
        for i in range(n):
            r1 = [j for j in range(n) if j != i][ones[i]]
            r2 = [j for j in range(len(union)) if j not in (i, r1)][others[i]]
            child = self.x[i].copy()
            for j in range(self.dims):
                if chance[i, j] < self.cr[i] or j == forced[i]:
                    pull = self.x[best[i]][j] - self.x[i][j]
                    v = self.x[i][j] + self.sf[i] * (pull + (self.x[r1][j] - union[r2][j]))
                    if v < 0:
                        v = self.x[i][j] / 2
                    elif v > 1:
                        v = (self.x[i][j] + 1) / 2
                    child[j] = v
            children.append(child)
        return np.array(children)

    def tell(self, children, distances):
        s_f, s_cr, gains = [], [], []
        for i, (child, distance) in enumerate(zip(children, distances, strict=True)):
            if distance < self.f[i]:
                s_f.append(self.sf[i])
                s_cr.append(self.cr[i])
                gains.append(self.f[i] - distance)
                self.archive.append(self.x[i])
            if distance <= self.f[i]:
                self.x[i], self.f[i] = child.copy(), float(distance)
        if gains:
            w = [g / sum(gains) for g in gains]

            def lehmer(s):
                return sum(a * b * b for a, b in zip(w, s, strict=True)) / sum(
                    a * b for a, b in zip(w, s, strict=True)
                )

            self.m_f[self.k] = lehmer(s_f)
            over = self.m_cr[self.k] == -1 or max(s_cr) == 0
            self.m_cr[self.k] = -1 if over else lehmer(s_cr)
            self.k = (self.k + 1) % len(self.m_f)
        self.start(self.x, np.array(self.f))


@pytest.mark.parametrize("function", [sphere, rastrigin])
@pytest.mark.parametrize("dims", [1, 6])
def test_it_is_the_papers_algorithm(function, dims):
    search, plain = LShade(dims, 20, 5), Plain(dims, 20, 5)
    first = np.random.default_rng(0).random((20, dims))
    search.tell(first, function(first))
    plain.start(first, function(first))
    for progress in np.linspace(0, 1, 30):
        search.pace(progress)
        asked, wanted = search.ask(), plain.ask(progress)
        np.testing.assert_allclose(asked, wanted, rtol=0, atol=1e-9)
        search.tell(asked, function(asked))
        plain.tell(asked, function(asked))
    assert len(plain.archive) > 4


def run(search, function, budget):
    best, spent = np.inf, 0
    while spent < budget:
        search.pace(spent / budget)
        asked = search.ask()[: budget - spent]
        distances = function(asked)
        search.tell(asked, distances)
        best, spent = min(best, distances.min()), spent + len(asked)
    return best


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("function", "budget", "share"), [(sphere, 4000, 1e-4), (rastrigin, 2e4, 0.02)]
)
def test_far_better_than_random_search(seed, function, budget, share):
    at_random = run(RandomSearch(10, 100, seed), function, int(budget))
    assert run(LShade(10, 100, seed), function, int(budget)) < share * at_random


def test_the_population_shrinks_linearly_with_the_pace_and_the_archive_with_it():
    search = LShade(3, 40, 0, smallest=10, archive=1.5)
    sizes = []
    for progress in np.linspace(0, 1, 16):
        search.pace(progress)
        asked = search.ask()
        sizes.append(len(asked))
        search.tell(asked, rastrigin(asked))
    assert sizes == [40 - 2 * i for i in range(16)]
    search.ask()
    assert len(search.state()["archive"]) <= 15


def test_without_a_pace_it_does_not_shrink():
    search = LShade(3, 12, 0)
    for _ in range(10):
        asked = search.ask()
        assert len(asked) == 12
        search.tell(asked, sphere(asked))


def lived(**options):
    search = LShade(4, 12, 1, **options)
    for _ in range(3):
        asked = search.ask()
        search.tell(asked, sphere(asked))
    return search


def test_a_parent_of_which_nothing_is_known_gives_way_to_its_child():
    search = lived(renewed=0.25)
    assert len(search.elites()) == 3
    search.renew(sphere(search.elites()) + 1.0)
    assert len(search.members()[0]) == 3
    kept = search.members()[0].copy()
    asked = search.ask()
    assert len(asked) == 12
    memory = search.state()["memory"]
    search.tell(asked, np.full(12, 5.0))
    genomes, distances = search.members()
    assert {row.tobytes() for row in genomes} == {r.tobytes() for r in [*kept, *asked[3:]]}
    assert (distances[3:] == 5.0).all()
    # Nothing was learnt of factors from parents that nobody knows.
    np.testing.assert_array_equal(search.state()["memory"], memory)


def test_all_parents_are_renewed_unless_an_option_says_otherwise():
    search = lived()
    np.testing.assert_array_equal(search.elites(), search.members()[0])
    changed = sphere(search.elites()) + np.linspace(1.0, 0.0, 12)
    search.renew(changed)
    np.testing.assert_array_equal(search.members()[1], np.sort(changed))


def test_where_the_context_did_not_change_what_was_renewed_all_parents_stand():
    search, other = lived(renewed=0.25), lived(renewed=0.25)
    search.renew(sphere(search.elites()))
    assert pack(search.state()) == pack(other.state())


@settings(max_examples=60, deadline=None)
@given(
    dims=st.integers(1, 5),
    population=st.integers(4, 15),
    seed=st.integers(0, 2**32),
    paces=st.lists(st.none() | st.floats(0, 1), min_size=1, max_size=6),
    told=st.floats(0, 1),
    shift=st.sampled_from([0.0, 0.5, -0.5]),
    options=st.fixed_dictionaries(
        {
            "memory": st.integers(1, 7),
            "best": st.floats(0.01, 1),
            "archive": st.floats(0, 4),
            "renewed": st.floats(0.01, 1),
        }
    ),
)
def test_children_are_in_the_cube_and_members_ranked_whatever_happens(
    dims, population, seed, paces, told, shift, options
):
    search = LShade(dims, population, seed, **options)
    for pace in paces:
        if pace is not None:
            search.pace(pace)
        asked = search.ask()
        assert 1 <= len(asked) <= population
        assert ((asked >= 0) & (asked <= 1)).all()
        asked = asked[: max(1, round(told * len(asked)))]
        search.tell(asked, sphere(asked))
        assert (np.diff(search.members()[1]) >= 0).all()
        if len(elites := search.elites()):
            search.renew(sphere(elites) + shift)
        assert len(search.members()[0]) > 0
        again = LShade(dims, population, 0, **options)
        again.load(unpack(pack(search.state())))
        assert pack(again.state()) == pack(search.state())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"memory": 0}, "memory 0; allowed: 1 or more"),
        ({"best": 0.0}, "best 0.0; allowed: above 0 to 1"),
        ({"renewed": 1.5}, "renewed 1.5; allowed: above 0 to 1"),
        ({"archive": -1.0}, "archive -1.0; allowed: 0 or more"),
        ({"archive": float("nan")}, "archive nan; allowed: 0 or more"),
        ({"smallest": 3}, "smallest 3; allowed: 4 to 10"),
        ({"smallest": 11}, "smallest 11; allowed: 4 to 10"),
        ({"population": 3}, "population 3; LShade needs 4 or more"),
    ],
)
def test_options_out_of_range_are_said_in_one_line(options, message):
    with pytest.raises(ValueError, match=re.escape(message)) as refused:
        LShade(**({"dims": 5, "population": 10, "seed": 0} | options))
    assert str(refused.value) == message
