"""What the harness counts on in a search."""

import random
from typing import Any, get_args

import numpy as np

from harness.conformance.subject import Check, Subject, Unfit, want, want_array, want_refused
from harness.record.packing import pack, unpack
from strategies.searches.base import Distances, Genomes, Sense, Sight

_DIMS, _SEED, _GENERATIONS, _VIEWS = 5, 3, 4, 4


def _made(subject: Subject) -> str:
    """It can be made, and refuses too few genes or genomes with a ValueError.

    The constructor takes dims, population and seed, passes them to super().__init__, and sets
    smallest_population if it needs more than one genome.
    """
    search, smallest = _search(subject), _smallest(subject)
    want(search.dims == _DIMS, f"dims is {search.dims}; wanted {_DIMS}")
    want(search.population == _population(subject), f"population is {search.population}")
    allowed = get_args(Sense)
    known = isinstance(search.sees, tuple) and set(search.sees) <= set(allowed)
    want(known, f"sees is {search.sees!r}; wanted a tuple of {', '.join(allowed)}")
    want_refused(lambda: subject.make(0, search.population, 0), "a search over 0 genes")
    want_refused(lambda: subject.make(2, smallest - 1, 0), f"a population of {smallest - 1}")
    return f"population of {smallest} or more"


def _asks(subject: Subject) -> str:
    """It asks for genomes of shape (n, dims), n 1 to population, in [0, 1].

    Return an array of floats, at most self.population rows, and clip it: np.clip(genomes, 0,
    1).
    """
    _live(_search(subject), _GENERATIONS)
    return ""


def _repeats(subject: Subject) -> str:
    """The same seed and the same distances lead to the same genomes.

    Draw only from self.random, and never iterate over a set.
    """
    one, other = _search(subject), _search(subject)
    first = _first(subject)
    for search in (one, other):
        search.tell(first.copy(), _distances(first))
    _want_same(_live(one, _GENERATIONS), _live(other, _GENERATIONS), "another of the same seed")
    return ""


def _round_trip(subject: Subject) -> str:
    """Saved and restored at any time, it continues exactly as it would have.

    Add what you keep between generations to state() and take it back in load(); copy arrays.
    """
    for generations in (0, 1, 3):
        search = _search(subject)
        first = _first(subject)
        if generations:
            search.tell(first.copy(), _distances(first))
        _live(search, generations)
        state = search.state()
        packed = pack(state)
        loaded = _search(subject)
        loaded.load(_read_only(unpack(packed)))
        how = f"loaded after {generations} generations"
        _want_same(_live(search, _GENERATIONS), _live(loaded, _GENERATIONS), how)
        _want_same(list(search.members()), list(loaded.members()), f"{how}, members()")
        want(pack(state) == packed, "a saved state changed while the search continued")
    return ""


def _paced(subject: Subject) -> str:
    """At any pace, set always, sometimes or never, it asks for valid genomes, restored or not.

    Use the pace as a number that may come late or never, and keep it in state().
    """
    for paces in ((0.0, 0.4, 1.0), (1.0, 1.0, 0.0), (None, 0.5, None)):
        search, first = _search(subject), _first(subject)
        search.tell(first.copy(), _distances(first))
        for pace in paces:
            if pace is not None:
                search.pace(pace)
            _live(search, 2)
            _want_ranked(search)
        loaded = _search(subject)
        loaded.load(_read_only(unpack(pack(search.state()))))
        how = f"loaded at the pace {paces[-1]}"
        _want_same(_live(search, _GENERATIONS), _live(loaded, _GENERATIONS), how)
    return ""


def _told_first(subject: Subject) -> str:
    """It accepts a first population before any ask.

    Let tell work on an empty population, without anything that only ask prepares.
    """
    search, first = _search(subject), _first(subject)
    search.tell(first, _distances(first))
    _want_members(search, [first])
    _live(search, _GENERATIONS)
    return ""


def _told_less(subject: Subject) -> str:
    """It accepts fewer genomes than it asked for.

    Take the number of genomes from the arrays that tell receives.
    """
    search = _search(subject)
    for part in (1, search.population // 2, search.population, 1, 1):
        asked = _asked(search)[:part]
        search.tell(asked, _distances(asked))
        search.members()
    _live(search, 1)
    return ""


def _members(subject: Subject) -> str:
    """Its members are ranked, best first, with the distances that they were given.

    Keep the genomes as they were told, with their distances, and sort both together in
    members().
    """
    search = _search(subject)
    told = []
    for _ in range(_GENERATIONS):
        told.append(_asked(search).copy())
        search.tell(told[-1].copy(), _distances(told[-1]))
        _want_members(search, told)
    return ""


def _elites(subject: Subject) -> str:
    """Its elites survive; renewed with their own distances they stay as they are.

    Return from elites() what the next generation keeps, and let renew change their distances
    alone.
    """
    search = _lived(subject)
    elites = np.array(search.elites())
    want_array(elites, (len(elites), _DIMS), "elites()")
    want(len(elites) <= search.population, f"{len(elites)} elites of {search.population} genomes")
    before = [part.copy() for part in search.members()]
    search.renew(_distances(elites))
    _want_same(before, list(search.members()), "members() after renew with the same distances")
    _want_same([elites], [search.elites()], "elites() after renew with the same distances")
    _want_same(_live(search, 2), _live(_lived(subject), 2), "with and without such a renew")
    return f"{len(elites)} elites"


def _stale(subject: Subject) -> str:
    """No distance survives that was not renewed.

    Return from elites() every genome whose distance you carry over, and take the new distances
    in renew().
    """
    for search in (_started(subject), _lived(subject)):
        _renewed(search)
    return ""


def _renewed(search: Any) -> None:
    elites = np.array(search.elites())
    # The context moved, and every elite is now worse than all other members.
    search.renew(_distances(elites) + 100)
    _want_ranked(search)
    asked = _asked(search).copy()
    search.tell(asked.copy(), _distances(asked))
    _want_ranked(search)
    told = {row.tobytes(): d for row, d in zip(asked, _distances(asked), strict=True)}
    renewed = {row.tobytes(): d + 100 for row, d in zip(elites, _distances(elites), strict=True)}
    for genome, distance in zip(*search.members(), strict=True):
        known = {told.get(genome.tobytes()), renewed.get(genome.tobytes())}
        want(distance in known, f"a member has the distance {distance:.6g} of an earlier context")
    _live(search, _GENERATIONS)


def _receives(subject: Subject) -> str:
    """It goes on with genomes of another search, if it takes any, restored or not."""
    search = _started(subject)
    if not search.receives:
        return "takes none"
    found = np.random.default_rng(2).random((2, _DIMS))
    search.receive(found.copy(), _distances(found))
    loaded = _search(subject)
    loaded.load(_read_only(unpack(pack(search.state()))))
    first = _first(subject)
    for one in (search, loaded):
        _want_members(one, [first, found])
    asks = _live(search, _GENERATIONS)
    _want_same(asks, _live(loaded, _GENERATIONS), "loaded after receive()")
    _want_members(search, [first, found, *asks])
    return ""


def _shown(subject: Subject) -> str:
    """Shown what it wants to see, it searches, renews its elites, and continues when restored."""
    search = _started(subject)
    if not search.sees:
        return "sees nothing but distances"
    told = [_first(subject)]
    for _ in range(_GENERATIONS):
        told.append(_looked(search))
        _want_members(search, told)
    loaded = _search(subject)
    loaded.load(_read_only(unpack(pack(search.state()))))
    for one in (search, loaded):
        if len(elites := np.array(one.elites())):
            one.see(_sight(elites))
            one.renew(_distances(elites) + 100)
        _want_ranked(one)
    how = "restored after it was shown something"
    for _ in range(_GENERATIONS):
        _want_same([_looked(search)], [_looked(loaded)], how)
    _want_same(list(search.members()), list(loaded.members()), f"{how}, members()")
    _want_collection(search)
    return f"sees {', '.join(search.sees)}"


def _looked(search: Any) -> Genomes:
    """Ask, show and tell; returns the genomes asked for."""
    asked = _asked(search).copy()
    search.see(_sight(asked))
    search.tell(asked.copy(), _distances(asked))
    return asked


def _sight(genomes: Genomes) -> Sight:
    """What is seen of the distance from a point inside the cube: every gene is a part of it."""
    apart = genomes - 0.3
    views = [apart.astype(np.float32)] * _VIEWS
    return Sight(views, _distances(genomes), genomes[:, :2].copy(), apart**2)


def _want_collection(search: Any) -> None:
    found = search.collection()
    if found is None:
        return
    n = len(found.genomes)
    want(n > 0, "collection(): no genomes; wanted one or more, or None")
    want_array(found.genomes, (n, search.dims), "genomes of collection()")
    want_array(found.distances, (n,), "distances of collection()")
    want_array(found.values, (n, found.values.shape[-1]), "values of collection()")
    want((np.diff(found.distances) >= 0).all(), "collection(): not ranked best first")


def _smallest_case(subject: Subject) -> str:
    """It can search one gene, with the smallest population.

    Guard what needs a second gene or genome, or raise smallest_population.
    """
    search = subject.make(1, _smallest(subject), _SEED)
    _live(search, _GENERATIONS)
    _want_ranked(search)
    return ""


def _global_random(subject: Subject) -> str:
    """It neither draws from nor disturbs the global generators of random and NumPy.

    Use self.random instead of random and np.random.
    """
    kept = random.getstate(), np.random.get_state()  # noqa: NPY002 - the global one is the point
    try:
        asks = []
        for seed in (1, 2):
            random.seed(seed)
            np.random.seed(seed)  # noqa: NPY002
            before = repr(random.getstate()), repr(np.random.get_state())  # noqa: NPY002
            asks.append(_live(_search(subject), _GENERATIONS))
            after = repr(random.getstate()), repr(np.random.get_state())  # noqa: NPY002
            for name, one, other in zip(("random", "numpy.random"), before, after, strict=True):
                want(one == other, f"the global state of {name} changed")
        _want_same(asks[0], asks[1], "with the global generators seeded differently")
    finally:
        random.setstate(kept[0])
        np.random.set_state(kept[1])  # noqa: NPY002
    return ""


def _smallest(subject: Subject) -> int:
    return int(getattr(subject.cls, "smallest_population", 1))


def _population(subject: Subject) -> int:
    return max(8, _smallest(subject))


def _search(subject: Subject) -> Any:
    return subject.make(_DIMS, _population(subject), _SEED)


def _first(subject: Subject) -> Genomes:
    return np.random.default_rng(1).random((_population(subject), _DIMS))


def _started(subject: Subject) -> Any:
    """A search that has been told a first population."""
    search, first = _search(subject), _first(subject)
    search.tell(first, _distances(first))
    return search


def _lived(subject: Subject) -> Any:
    """A search that started from a first population, some generations old."""
    search = _started(subject)
    _live(search, _GENERATIONS)
    return search


def _distances(genomes: Genomes) -> Distances:
    """The squared distance from a point inside the cube."""
    return np.asarray(((genomes - 0.3) ** 2).sum(axis=1))


def _asked(search: Any) -> Genomes:
    genomes = search.ask()
    count = min(max(1, len(genomes)), search.population)
    want_array(genomes, (count, search.dims), "ask()")
    inside = (genomes >= 0) & (genomes <= 1)
    if not inside.all():
        raise Unfit(f"ask(): a gene of {genomes[~inside][0]:.6g}; wanted 0 to 1")
    return np.asarray(genomes)


def _live(search: Any, generations: int) -> list[Genomes]:
    """Ask and tell; returns the genomes asked for."""
    asks = []
    for _ in range(generations):
        asked = _asked(search)
        asks.append(asked.copy())
        search.tell(asked, _distances(asks[-1]))
    return asks


def _want_same(one: list[Genomes], other: list[Genomes], how: str) -> None:
    for i, (a, b) in enumerate(zip(one, other, strict=True)):
        want(a.shape == b.shape, f"{how}: shape {b.shape}; wanted {a.shape}")
        want(np.array_equal(a, b), f"{how}: differs in array {i + 1} of {len(one)}")


def _want_ranked(search: Any) -> None:
    genomes, distances = search.members()
    want(len(genomes) > 0, "members(): none after a tell")
    want_array(genomes, (len(genomes), search.dims), "genomes of members()")
    want_array(distances, (len(genomes),), "distances of members()")
    want((np.diff(distances) >= 0).all(), "members(): not ranked best first")


def _want_members(search: Any, told: list[Genomes]) -> None:
    _want_ranked(search)
    genomes, distances = search.members()
    known = {genome.tobytes() for generation in told for genome in generation}
    want(
        all(row.tobytes() in known for row in genomes),
        "members(): a genome that was never evaluated",
    )
    want(
        np.array_equal(distances, _distances(genomes)),
        "members(): a distance that it was not given",
    )


def _read_only(tree: Any) -> Any:
    """Make every array of a state as it comes through Ray: not to be written to."""
    if isinstance(tree, np.ndarray):
        tree.flags.writeable = False
    for item in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        _read_only(item)
    return tree


CHECKS: tuple[Check, ...] = (
    _made,
    _asks,
    _repeats,
    _round_trip,
    _paced,
    _told_first,
    _told_less,
    _members,
    _elites,
    _stale,
    _receives,
    _shown,
    _smallest_case,
    _global_random,
)
