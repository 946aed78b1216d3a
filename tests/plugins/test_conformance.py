"""The conformance suite over everything that is registered."""

import os

import pytest

from harness.conformance import findings
from harness.plan.registry import Registry

# Those that need to be told which synthesizer are checked with one in tests/synth/real.
REGISTERED = [
    (plugin.kind, plugin.name)
    for plugin in Registry().all()
    if (plugin.kind, plugin.name) not in (("synth", "plugin"), ("synth", "rig"))
]


@pytest.mark.parametrize(("kind", "name"), REGISTERED)
def test_everything_registered_conforms(kind, name):
    cls = Registry().get(kind, name)
    if kind == "synth" and (lacking := cls.missing()):
        (pytest.fail if os.environ.get("REQUIRE_REAL_PARTS") == "1" else pytest.skip)(lacking)
    found = list(findings(kind, cls))
    assert [(f.name, f.detail) for f in found if not f.passed] == []
    assert len(found) >= 7
    assert all(f.name and "\n" not in f.name + f.detail for f in found)
    assert len({f.name for f in found}) == len(found)


def test_a_judge_is_checked_as_a_fitness():
    cls = Registry().get("judge", "loudness")
    assert list(findings("judge", cls)) == list(findings("fitness", cls))


def test_a_synth_is_held_to_what_it_declares(plugin_file, findings_of_file):
    body = """
    class Drifting(Synth):
        space = ParameterSpace([Parameter("level", "amp", "", 0, 1)])
        repeatability = {repeatability!r}
        tolerance = {tolerance}
        renders = 0

        def render_block(self, genomes):
            sounds = np.repeat(genomes, self.samples, axis=1) * (1 + 1e-5 * (self.renders % 3))
            self.renders += 1
            return sounds.astype(np.float32)
    """
    failed = {}
    for declared in (("exact", 0.0), ("near", 1e-6), ("near", 1e-3), ("history", 0.0)):
        text = body.format(repeatability=declared[0], tolerance=declared[1])
        path = plugin_file(text, name=f"{declared[0]}_{declared[1]}.py")
        (found,) = findings_of_file(path).values()
        failed[declared] = [f.name for f in found if not f.passed]
    assert len(failed["exact", 0.0]) == len(failed["near", 1e-6]) == 3
    assert failed["near", 1e-3] == failed["history", 0.0] == []


def test_a_strategy_may_use_the_search_beside_it(plugin_file, findings_of_file):
    path = plugin_file(
        """
        class Other(RandomSearch):
            pass

        class Own(Strategy):
            def phases(self, seed):
                every = tuple(range(len(self.space)))
                return [Phase((AgentSpec("all", every, SearchChoice("other"), 7),))]
        """
    )
    found = findings_of_file(path)
    assert set(found) == {("search", "other"), ("strategy", "own")}
    assert all(finding.passed for all_ in found.values() for finding in all_)


def test_options_that_must_be_given_are_taken_from_the_example(plugin_file, findings_of_file):
    body = """
    class Needy(Fitness):
        {example}

        def __init__(self, target, sample_rate, *, power: float) -> None:
            super().__init__(target, sample_rate)
            self._power = power

        def distance(self, sound):
            return float((np.abs(sound - self.target) ** self._power).mean())
    """
    given = plugin_file(body.format(example="example = {'power': 2.0}"), name="given.py")
    (found,) = findings_of_file(given).values()
    assert all(finding.passed for finding in found)
    (found,) = findings_of_file(plugin_file(body.format(example=""))).values()
    (finding,) = found
    assert not finding.passed
    assert "class attribute example: power: " in finding.detail
