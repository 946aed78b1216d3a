"""A slow synth starts from a match on the built-in one."""

import os
import signal

import numpy as np
import pytest

from harness.match.match import run_match
from harness.match.options import MatchOptions
from harness.match.plan import planned
from harness.match.search import NothingYet
from harness.plan.registry import Registry

SLOW = '''
import numpy as np
from ga_synth import Parameter, ParameterSpace, Synth
from synth.subtractive.parameters import SPACE as WHOLE
from synth.subtractive.voice import Subtractive

DRIVE = WHOLE.index("drive")
OWN = Parameter("own", "x", "", 0, 1)


class Slow(Synth):
    """The built-in voice, but it does not stream, and one knob is of its own."""

    space = ParameterSpace([*(p for p in WHOLE if p.name != "drive"), OWN])

    def render_block(self, genomes):
        whole = np.insert(genomes[:, :-1], DRIVE, WHOLE.genome(drive=1.0)[DRIVE], axis=1)
        return Subtractive(self.sample_rate, self.samples).render(whole)


class Bare(Synth):
    """Has a note and nothing else that the built-in synth has."""

    space = ParameterSpace([Parameter("note", "pitch", "semitones", 20, 100, role="f0"), OWN])

    def render_block(self, genomes):
        raise RuntimeError("never rendered")
'''


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """The first match is as small as the others of these tests."""
    monkeypatch.setattr("harness.match.plan.FAST_BANK", 256)
    monkeypatch.setattr("harness.match.plan.FIRST_BUDGET", 120)


@pytest.fixture
def asked(tmp_path):
    """Makes options of a match on the slow synth."""
    plugin = tmp_path / "slow.py"
    plugin.write_text(SLOW)
    given = {"synth": "slow", "budget": 60, "out": tmp_path / "matches", "plugins": [plugin]}
    return lambda **changes: MatchOptions(**given | changes)


def test_it_starts_from_what_the_built_in_synth_found(sound, asked, recorded):
    ends, alone = [], []
    # One seed may be lucky without it.
    for seed in range(3):
        shown = recorded()
        out = asked().out / f"seed {seed}"
        found = run_match(planned(sound, asked(seed=seed, out=out)), shown)
        assert shown.firsts[-1] == (120, 120)
        assert any("carried over from subtractive" in note for note in shown.notes)
        # Only the slow synth's own renders count.
        assert found.searched.renders == 60
        ends.append(found.best.distances[found.plan.trial.fitness])
        options = asked(seed=seed, fast_first=False, out=out / "alone")
        found = run_match(planned(sound, options), recorded())
        alone.append(found.best.distances[found.plan.trial.fitness])
    assert sum(ends) < sum(alone)


def test_the_same_command_answers_from_its_files(sound, asked, recorded):
    first = run_match(planned(sound, asked()), recorded())
    shown = recorded()
    again = run_match(planned(sound, asked()), shown)
    assert shown.rounds == []
    assert again.best.patch == first.best.patch


def test_a_stop_in_the_first_match_is_gone_on_from(sound, asked, recorded):
    class Impatient(recorded):
        def first(self, renders, of):
            super().first(renders, of)
            if not renders > 60:
                os.kill(os.getpid(), signal.SIGINT)

    whole = run_match(planned(sound, asked(out=asked().out / "whole")), recorded())
    stopped = Impatient()
    with pytest.raises(NothingYet):
        run_match(planned(sound, asked()), stopped)
    assert stopped.rounds == []
    resumed = run_match(planned(sound, asked()), recorded())
    assert np.array_equal(resumed.best.genome, whole.best.genome)


@pytest.mark.parametrize(
    "changes",
    [
        {"fast_first": False},
        {"synth": "bare"},
        {"synth": None},
        {"strategy": "end_to_end"},
    ],
)
def test_others_start_elsewhere(sound, asked, changes):
    assert planned(sound, asked(**changes)).first is None


def test_a_patch_to_start_from_is_enough(sound, asked, recorded):
    own = run_match(planned(sound, asked(synth=None, bank=64)), recorded())
    plan = planned(sound, asked(start=own.plan.folder))
    assert plan.first is None
    assert plan.start.carried is not None


def test_the_plug_in_is_what_it_says(asked):
    registry = Registry(tuple(asked().plugins))
    assert not registry.get("synth", "slow")(16_000, 100).streams
