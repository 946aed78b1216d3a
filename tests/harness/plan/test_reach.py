"""What a synth cannot reach is said before a run, where the roles of its knobs tell."""

import json
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from common.heard import Heard
from harness.api.runner import RunOptions, run_trials
from harness.plan.reach import notes_of, out_of_reach, target_notes
from harness.plan.trials import trials_of
from harness.record.journal import Journal
from synth.space import Parameter, ParameterSpace
from synth.subtractive.voice import Subtractive

SPACE = Subtractive.space
HEARD = Heard(
    onset=0.1, attack=0.01, length=2.0, ends=True, peak=0.5, f0=440.0, clear=True, drift=0.0,
    roll_off=2_000.0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"f0": 3_800.0}, ["pitch, 3,800 Hz", "above", "3,322 Hz"]),
        ({"f0": 25.0}, ["pitch, 25.0 Hz", "below", "26.0 Hz"]),
        ({"onset": 0.8}, ["starts at 0.80 s", "0.50 s"]),
        ({"length": 14.0}, ["until 14.10 s", "12.50 s"]),
        ({"peak": 3.0}, ["peaks at 3", "2"]),
    ],
)
def test_what_is_beyond_an_end(changes, words):
    (note,) = out_of_reach(replace(HEARD, **changes), SPACE)
    for word in words:
        assert word in note


@pytest.mark.parametrize(
    "changes",
    [{}, {"f0": 3_400.0}, {"f0": 3_800.0, "clear": False}, {"f0": 0.0}, {"onset": 0.52},
     {"length": 12.0}, {"peak": 2.1}],
)  # fmt: skip
def test_what_is_within_or_not_known(changes):
    assert out_of_reach(replace(HEARD, **changes), SPACE) == []


def test_nothing_is_said_where_no_role_or_unit_tells():
    far = replace(HEARD, f0=3_800.0, onset=3.0, length=90.0, peak=9.0)
    assert out_of_reach(far, ParameterSpace([Parameter("pitch", "a", "Hz", 20.0, 200.0)])) == []
    odd = Parameter("pitch", "a", "octaves", 0.0, 1.0, role="f0")
    assert out_of_reach(far, ParameterSpace([odd])) == []
    times = [Parameter(role, "a", "ms", 1.0, 500.0, role=role) for role in ("onset", "length")]
    level = Parameter("level", "a", "dB", -60.0, 6.0, role="level")
    assert len(out_of_reach(far, ParameterSpace([*times, level]))) == 3


def test_targets_of_a_comparison(planned, experiment_file, ga_synth, tmp_path):
    tone = np.sin(2 * np.pi * 500 * np.arange(16_000) / 16_000) * (np.arange(16_000) >= 12_000)
    soundfile.write(tmp_path / "late.wav", tone, 16_000, subtype="FLOAT")
    soundfile.write(tmp_path / "early.wav", tone[12_000:], 16_000, subtype="FLOAT")
    files = [{"file": "late.wav"}, {"file": "early.wav"}]
    contrived = {"contrived": 1, "seconds": 0.1, "sample_rate": 16_000}
    path = experiment_file(targets=[*files, contrived])
    assert "note on target late: It starts" in ga_synth("run", path, "--dry-run").out
    said = json.loads(ga_synth("run", path, "--dry-run", "--json").out)
    assert list(said["notes"]) == ["late"]
    comparison = planned(tmp_path, targets=[*files, contrived])
    journal = Journal(tmp_path / "out", "tiny")
    journal.begin(comparison)
    assert journal.targets()["late"]["notes"] == said["notes"]["late"]
    assert "notes" not in journal.targets()["early"]
    (note,) = target_notes(comparison)["late"]
    assert "starts at 0.7" in note
    assert list(target_notes(comparison)) == ["late"]
    assert notes_of(comparison.targets["contrived_1"], comparison.space) == []


@pytest.mark.parametrize("as_json", [False, True])
def test_a_run_says_so_first(planned, workers_here, tmp_path, capsys, as_json):
    sound = np.array([0.4 * np.sin(np.arange(2_000) * 0.2)] * 2)
    sound[1] *= 1e-4
    soundfile.write(tmp_path / "lop.wav", sound.T, 8_000, subtype="FLOAT")
    changes = {"seeds": 1, "fitness": ["waveform"], "strategies": ["random"]}
    comparison = planned(tmp_path, targets=["lop.wav"], **changes)
    options = RunOptions(tmp_path / "out", mirror=False, as_json=as_json)
    assert run_trials(comparison, trials_of(comparison), options) == 0
    lines = capsys.readouterr().out.splitlines()
    if as_json:
        assert json.loads(lines[0])["event"] == "noted"
        assert "right is 80 dB below" in json.loads(lines[0])["notes"][0]
    else:
        assert "note on target lop: Nearly silent: right is 80 dB below" in lines[1]
