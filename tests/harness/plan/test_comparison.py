import re
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.plan.options import option_defaults
from harness.plan.trials import shared_genomes, trials_of

PLUGIN = '''
from strategies.base import AgentSpec, Phase, Strategy
from strategies.society import Society


class Twice(Strategy):
    """Its agents own a gene twice."""

    def phases(self, seed):
        half = tuple(range(len(self.space) - 1))
        return [Phase((AgentSpec("a", half, self.search, self.population),
                       AgentSpec("b", (0,), self.search, self.population)))]


class Nobody(Strategy):
    """A gene that nobody owns."""

    def phases(self, seed):
        return [Phase((AgentSpec("a", (0,), self.search, self.population),))]


class Phaseless(Strategy):
    """Without phases."""

    def phases(self, seed):
        return []


class Raises(Strategy):
    """Fails when asked."""

    def phases(self, seed):
        return [][0]


class Refusing(Strategy):
    """Fails when made."""

    def __init__(self, space, population, search):
        raise TypeError("not today")

    def phases(self, seed):
        """Never asked."""
'''


@pytest.fixture(scope="module")
def usual(planned):
    return planned()


@pytest.fixture
def with_plugin(planned, tmp_path):
    (tmp_path / "odd.py").write_text(PLUGIN)
    return lambda **changes: planned(tmp_path, plugins=["odd.py"], **changes)


def test_the_grid_has_every_cell_once_seeds_first(usual):
    trials = trials_of(usual)
    cells = [(t.strategy, t.fitness, t.target, t.seed) for t in trials]
    assert len(set(cells)) == len(cells) == 3 * 2 * 1 * 2
    assert [t.seed for t in trials] == sorted(t.seed for t in trials)
    assert len({t.key for t in trials}) == len({t.name for t in trials}) == len(trials)


def test_keys_are_stable(planned, usual):
    """What is asked, compared or said elsewhere in the experiment changes no trial."""
    keys = {t.name for t in trials_of(usual)}
    assert {
        t.name for t in trials_of(planned(name="other", about="else", questions=["Why?"]))
    } == keys
    assert {t.name for t in trials_of(planned(seeds=3))} > keys
    assert {t.name for t in trials_of(planned(fitness=["waveform", "spectrogram", "mfcc"]))} > keys
    defaults = {"name": "ga", **usual.strategies["end_to_end"].options["search"]["options"]}
    assert {t.name for t in trials_of(planned(search=defaults))} == keys
    assert re.fullmatch(r"end_to_end\.waveform\.reachable\.0-[0-9a-f]{8}", trials_of(usual)[0].name)


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": 2},
        {"budget": 41},
        {"population": 9},
        {"search": {"name": "ga", "mutation": 0.2}},
        {"search": {"name": "ga", "elite": 1}},
        {"targets": [{"contrived": 2, "label": "reachable", "seconds": 0.1, "sample_rate": 8000}]},
        {"targets": [{"contrived": 1, "label": "reachable", "seconds": 0.2, "sample_rate": 8000}]},
        {"strategies": [{"name": "society", "label": "end_to_end", "agent_population": 4}]},
        {"strategies": [{"name": "end_to_end", "search": {"name": "ga", "elite": 0}}]},
    ],
    ids=str,
)
def test_a_change_of_what_matters_changes_the_key(planned, usual, changes):
    def key(comparison):
        return next(t.key for t in trials_of(comparison) if t.strategy == "end_to_end")

    assert key(planned(**changes)) != key(usual)


@pytest.mark.parametrize(
    ("name", "option", "values"),
    [
        ("society", "every", [1, 2]),
        ("society", "credit", ["max", "mean"]),
        ("society", "turns", ["parallel", "in_turn"]),
        ("society", "collaborators", [["best"], ["champion"], ["best", "random"]]),
        ("society", "fitness", [{}, {"filter": "mfcc"}, {"filter": "loudness"}]),
        ("hand_over", "share", [0.3, 0.4]),
    ],
)
def test_every_option_is_in_the_key(planned, name, option, values):
    keys = [
        trials_of(planned(strategies=[{"name": name, "agent_population": 4, option: value}]))[0].key
        for value in values
    ]
    assert len(set(keys)) == len(values)


def test_an_atomic_fitness_is_in_the_key_with_its_version(planned):
    society = {"name": "society", "agent_population": 4, "fitness": {"filter": "mfcc"}}
    versions = trials_of(planned(strategies=[society]))[0].config["versions"]
    assert versions["atomic mfcc"] == versions["synth"]


def test_a_changed_plug_in_changes_the_key(planned, tmp_path):
    def key(text):
        path = tmp_path / f"{len(text)}.py"
        path.write_text(text)
        return trials_of(planned(plugins=[str(path)], fitness=["mine"]))[0].key

    mine = "from fitness.waveform import Waveform\n\n\nclass Mine(Waveform):\n    '''Mine.'''\n"
    assert key(mine) != key(mine + "# changed\n")


def test_first_genomes_are_the_same_for_all_strategies_and_fitness(usual):
    by_cell = {}
    for trial in trials_of(usual):
        genomes = shared_genomes(usual, trial)
        assert genomes.shape == (8, len(usual.space))
        assert ((genomes >= 0) & (genomes < 1)).all()
        first = by_cell.setdefault((trial.target, trial.seed), genomes)
        np.testing.assert_array_equal(genomes, first)


def test_first_genomes_differ_between_seeds_targets_and_experiment_seeds(planned):
    sounds = [{"contrived": i, "seconds": 0.1, "sample_rate": 8000} for i in (1, 2)]
    found = [
        shared_genomes(comparison, trial)
        for comparison in (planned(targets=sounds), planned(targets=sounds, seed=5))
        for trial in trials_of(comparison, ["strategy=random", "fitness=waveform"])
    ]
    assert len(found) == 8
    assert all(not np.isclose(a, b).any() for a, b in combinations(found, 2))


def test_randomness_of_a_trial_depends_on_its_key_and_purpose(usual):
    one, other, *_ = trials_of(usual)
    states = [t.random(*p).generate_state(2) for t in (one, other) for p in ((0,), (1, 0), (1, 1))]
    assert len({tuple(s) for s in states}) == 6
    np.testing.assert_array_equal(one.random(1, 0).generate_state(2), states[1])


@settings(max_examples=20)
@given(
    strategies=st.lists(st.sampled_from(["end_to_end", "society", "random"]), min_size=1),
    seeds=st.lists(st.sampled_from(["0", "1"]), min_size=1),
)
def test_only_keeps_just_what_is_named(usual, strategies, seeds):
    only = [f"strategy={','.join(strategies)}", f"seed={','.join(seeds)}"]
    wanted = [t for t in trials_of(usual) if t.strategy in strategies and str(t.seed) in seeds]
    assert trials_of(usual, only) == wanted


@pytest.mark.parametrize(
    ("only", "words"),
    [
        ("strategy", ["needs axis=label"]),
        ("stratgy=society", ["unknown axis", "'strategy'"]),
        ("strategy=socety", ["no strategy 'socety'", "'society'"]),
        ("strategy=", ["no strategy ''"]),
        ("strategy=society,", ["no strategy ''"]),
        ("seed=2", ["no seed '2'", "allowed: 0, 1"]),
        ("target=bass", ["no target 'bass'", "allowed: reachable"]),
        ("fitness=mfcc", ["no fitness 'mfcc'"]),
    ],
)
def test_bad_only(usual, refused, only, words):
    with refused(f"--only {only!r}", *words):
        trials_of(usual, [only])


def test_only_of_one_axis_said_twice_must_agree(usual, refused):
    assert {
        t.strategy for t in trials_of(usual, ["strategy=society,random", "strategy=random"])
    } == {"random"}
    with refused("no strategy 'random'"):
        trials_of(usual, ["strategy=society", "strategy=random"])


SOCIETY = {"name": "society", "agent_population": 4}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"synth": "subtractiv"}, ["synth: synth 'subtractiv' is not", "'subtractive'"]),
        ({"synth": {"name": "subtractive", "voices": 2}}, ["synth: ", "no option 'voices'"]),
        ({"search": "gaa"}, ["search: search 'gaa' is not", "'ga'"]),
        ({"search": {"name": "ga", "mutaton": 0.1}}, ["search: ", "did you mean 'mutation'?"]),
        ({"search": {"name": "ga", "mutation": "x"}}, ["search: mutation", "number"]),
        ({"search": {"name": "ga", "mutation": 1.5}}, ["mutation 1.5", "0 to 1"]),
        ({"fitness": ["waveform", "mfc"]}, ["fitness[1]: fitness 'mfc' is not", "'mfcc'"]),
        ({"fitness": [{"name": "waveform", "q": 1}]}, ["fitness[0]", "no option 'q'"]),
        ({"fitness": ["weighted"]}, ["fitness[0]: parts: is missing"]),
        ({"fitness": [{"name": "weighted", "parts": {"wave": 1}}]}, ["'weighted' on", "wave"]),
        ({"judges": ["pich"]}, ["judges[0]: judge 'pich' is not", "'pitch'"]),
        ({"strategies": ["socety"]}, ["strategies[0]: strategy 'socety'", "'society'"]),
        ({"strategies": [{"name": "society", "evry": 1}]}, ["strategies[0]", "'every'"]),
        ({"strategies": [{**SOCIETY, "credit": "min"}]}, ["credit", "'max' or 'mean'", "'min'"]),
        ({"strategies": [{**SOCIETY, "search": "gaa"}]}, ["strategies[0].search", "'ga'"]),
        ({"strategies": [{**SOCIETY, "search": 3}]}, ["strategies[0].search: needs a name"]),
        ({"strategies": [{**SOCIETY, "search": {"name": "ga", "elite": 4}}]}, ["elite 4"]),
        ({"strategies": [{"name": "society", "agent_population": 9}]}, ["agent_population 9"]),
        ({"population": 3, "strategies": ["end_to_end"]}, ["population 3", "4 or more"]),
        ({"strategies": [{"name": "society", "agent_population": 3}]}, ["population 3", "needs 4"]),
        ({"strategies": [{**SOCIETY, "grouping": {"a": ["pitch"]}}]}, ["grouping", "nobody owns"]),
        ({"strategies": [{**SOCIETY, "grouping": {"a": ["pich"]}}]}, ["'pich'", "pitch"]),
        ({"strategies": [{**SOCIETY, "grouping": {"a": ["pitch"], "b": ["pitch"]}}]},
         ["owned by a and by b"]),
        ({"strategies": [{**SOCIETY, "fitness": {"filtr": "mfcc"}}]}, ["agent 'filtr'"]),
        ({"strategies": [{**SOCIETY, "fitness": {"filter": "mfc"}}]},
         ["strategy 'society'", "agent 'filter'", "fitness 'mfc'", "'mfcc'"]),
        ({"strategies": [{**SOCIETY, "fitness": {"filter": "weighted"}}]},
         ["agent 'filter'", "parts: is missing"]),
        ({"targets": [{"contrived": 1, "seconds": 0.1, "sample_rate": 8000}] * 2},
         ["targets[1]: duplicate label 'contrived_1'"]),
        ({"targets": ["no.wav"]}, ["no.wav", "no such file"]),
        ({"plugins": ["no.py"]}, ["no.py", "no such file"]),
    ],
    ids=str,
)  # fmt: skip
def test_refuses(planned, refused, changes, words):
    with refused(*words):
        planned(**changes)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("twice", ["do not own every gene once"]),
        ("nobody", ["do not own every gene once"]),
        ("phaseless", ["has no phases"]),
        ("raises", ["raised IndexError"]),
        ("refusing", ["raised TypeError: not today"]),
    ],
)
def test_a_strategy_plug_in_that_does_not_fit(with_plugin, refused, name, words):
    with refused(f"strategy {name!r}", *words):
        with_plugin(strategies=[name])


def test_options_are_resolved_with_their_defaults(usual):
    search = usual.strategies["end_to_end"].options["search"]["options"]
    assert search == option_defaults(usual.registry.get("search", "ga"))
    society = usual.strategies["society"].options
    assert society["credit"] == "max"
    assert society["search"]["options"] == search


def test_a_strategy_may_choose_its_own_search(planned):
    comparison = planned(strategies=["end_to_end", {**SOCIETY, "search": "random"}])
    chosen = {
        label: {a.search.name for p in comparison.phases[label] for a in p.agents}
        for label in comparison.strategies
    }
    assert chosen == {"end_to_end": {"ga"}, "society": {"random"}}


QUIET = '''
from fitness.base import Fitness


class Quiet(Fitness):
    """Half for everything but the target."""

    def distance(self, sound):
        return 0.5 * float((sound != self.target).any())
'''


def test_a_file_can_be_a_part_of_a_weighted_sum_and_its_text_is_in_the_keys(
    planned, run_here, refused, tmp_path
):
    def keys(text, *parts):
        (tmp_path / f"{len(text)}.py").write_text(text)
        weighted = {"name": "weighted", "parts": dict.fromkeys(parts, 1.0)}
        changes = {"fitness": [weighted], "judges": [], "strategies": ["random"], "seeds": 1}
        comparison = planned(tmp_path, plugins=[f"{len(text)}.py"], **changes)
        return comparison, [trial.key for trial in trials_of(comparison)]

    comparison, first = keys(QUIET, "quiet", "waveform")
    journal = run_here(comparison, tmp_path / "out")
    (trial,) = trials_of(comparison)
    assert journal.folder(trial).judgement()["distances"]["weighted"] > 0
    assert keys(QUIET + "# changed\n", "quiet", "waveform")[1] != first
    assert keys(QUIET, "waveform")[1] == keys(QUIET + "# again\n", "waveform")[1]
    with refused("weighted", "unknown fitness 'quite'", "did you mean 'quiet'"):
        keys(QUIET, "quite")
