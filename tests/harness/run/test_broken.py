"""A synth or fitness that fails for some candidates costs those, not the trial."""

import json

import numpy as np
import pytest

from common.errors import InputError
from harness.plan.trials import trials_of
from harness.record.journal import Journal
from harness.run.broken import WORST, heard

PLUGINS = '''
import os

import numpy as np
from fitness.waveform import Waveform
from synth.base import Synth
from synth.space import Parameter, ParameterSpace


class Wild(Synth):
    """Gives what its option says for a third of its first knob."""

    space = ParameterSpace(
        [
            Parameter("hertz", "pitch", "Hz", 55.0, 880.0, "log", "pitch"),
            Parameter("level", "amp", "", 0.1, 1.0, "linear", "loudness"),
        ]
    )

    def __init__(self, sample_rate, samples, *, value: float = 1e18) -> None:
        super().__init__(sample_rate, samples)
        self.value = value

    def render_block(self, genomes):
        hertz, level = self.space.to_values(genomes).T[:, :, None]
        t = np.arange(self.samples) / self.sample_rate
        sounds = (level * np.sin(2 * np.pi * hertz * t)).astype(np.float32)
        sounds[genomes[:, 0] > 0.67, 100] = self.value
        return sounds


class NowAndThen(Waveform):
    """Gives no number for some sounds."""

    def distance(self, sound):
        odd = int(1e3 * np.abs(sound).sum()) % 5 == 1
        return float("nan") if odd else super().distance(sound)


class Never(Waveform):
    """Never gives a number."""

    def distance(self, sound):
        return float("inf")
'''
WILD = "synth 'wild' gave NaN, infinity or a peak above 10,000"
NAN = "fitness 'now_and_then' gave NaN or infinity"


@pytest.fixture
def faulty(planned, tmp_path):
    (tmp_path / "faulty.py").write_text(PLUGINS)

    def plan(**changes):
        given = {"plugins": ["faulty.py"], "fitness": ["waveform"], "seeds": 1, "budget": 60}
        target = {"contrived": 1, "seconds": 0.1, "sample_rate": 8000}
        return planned(tmp_path, **{"targets": [target], **given, **changes})

    return plan


@pytest.mark.parametrize("value", [1e18, 3e4, float("nan"), float("-inf")])
def test_a_synth_that_is_wild_at_some_knobs_loses_no_trial(faulty, run_here, tmp_path, value):
    comparison = faulty(synth={"name": "wild", "value": value})
    journal = run_here(comparison, tmp_path / "out")
    for trial in trials_of(comparison):
        folder = journal.folder(trial)
        assert (folder.finished, folder.failure) == (True, "")
        judgement = folder.judgement()
        assert judgement["best"] < 10
        assert list(judgement["broken"]) == [WILD]
        assert 0 < judgement["broken"][WILD] < 60
        rows = folder.rows()
        assert all(row["mean"] < 10 for row in rows)
        assert all(distance < 10 for row in rows for _, distance in row["improvements"])


def test_so_does_a_fitness_that_gives_no_number_now_and_then(faulty, run_here, tmp_path):
    comparison = faulty(fitness=["now_and_then"], judges=["loudness"])
    journal = run_here(comparison, tmp_path / "out")
    judgements = [journal.folder(trial).judgement() for trial in trials_of(comparison)]
    assert all(judgement["broken"][NAN] > 0 for judgement in judgements)
    assert all(judgement["best"] < 10 for judgement in judgements)


def test_the_experiment_may_ask_for_failure(faulty, run_here, tmp_path):
    comparison = faulty(synth="wild", broken="fail")
    journal = run_here(comparison, tmp_path / "out")
    assert {journal.folder(trial).failure for trial in trials_of(comparison)} == {WILD}
    keys = {trial.key for trial in trials_of(comparison)}
    assert not keys & {trial.key for trial in trials_of(faulty(synth="wild"))}


def test_a_trial_without_one_whole_candidate_fails(faulty, run_here, tmp_path):
    comparison = faulty(fitness=["never"])
    journal = run_here(comparison, tmp_path / "out")
    for trial in trials_of(comparison):
        failure = journal.folder(trial).failure
        assert "every candidate" in failure
        assert "fitness 'never' gave NaN or infinity (60 times)" in failure


def test_what_is_not_broken_has_no_trace_of_it(tiny_journal, planned):
    for trial in trials_of(planned()):
        folder = tiny_journal.folder(trial)
        assert "broken" not in folder.judgement()
        assert "broken" not in folder.read("config.json")


class _StopsSoon:
    """Asks for a stop after a few rounds."""

    def __init__(self, rounds):
        self.left = rounds

    @property
    def signal(self):
        self.left -= 1
        return int(self.left < 0)


def test_a_resumed_run_counts_the_same(faulty, run_here, digests, tmp_path):
    comparison = faulty(synth="wild")
    calm = run_here(comparison, tmp_path / "calm")
    for _ in range(40):
        run_here(comparison, tmp_path / "torn", stop=_StopsSoon(3))
    assert digests(Journal(tmp_path / "torn", "tiny")) == digests(calm)


def test_a_contrived_target_is_never_broken(faulty):
    for seed in range(8):
        target = {"contrived": seed, "seconds": 0.1, "sample_rate": 8000}
        comparison = faulty(synth="wild", targets=[target])
        (loaded,) = comparison.targets.values()
        assert np.abs(loaded.sounds).max() <= 1


def test_a_probe_names_what_is_broken(faulty, workers_here):
    from harness.run.probe import probed

    with pytest.raises(InputError, match="synth 'wild' gave"):
        probed(faulty(synth="wild"), workers_here, {"a": (0,), "b": (1,)}, 20)


def test_the_terminal_says_how_many(faulty, run_here, tmp_path, capsys):
    from harness.api.progress import Progress

    comparison = faulty(synth="wild")
    trials = trials_of(comparison)
    for as_json in (False, True):
        with Progress(trials, (), 60, as_json=as_json) as progress:
            run_here(comparison, tmp_path / str(as_json), on_event=progress.on_event)
        out = capsys.readouterr().out
        if as_json:
            ends = [json.loads(line) for line in out.splitlines() if '"finished"' in line]
            assert all(end["broken"][WILD] > 0 for end in ends)
        else:
            assert f"in {len(trials)} trials: {WILD}" in out


def test_what_is_broken_is_left_out_of_a_mean():
    assert heard(np.array([1.0, WORST, 2.0, WORST / 8])).tolist() == [1.0, 2.0]
    assert heard(np.array([WORST])).tolist() == [WORST]
