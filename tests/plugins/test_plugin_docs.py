"""What docs/plugins.md says is tried: its code conforms, its experiment is accepted."""

import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from harness.plan.resolve import resolve
from harness.plan.trials import trials_of

TEXT = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
PYTHON = [text for language, text in BLOCKS if language == "python"]


def file_name(block):
    return re.match(r"# (\S+)\n", block)[1]


@pytest.fixture
def folder(tmp_path):
    """Every file of the page, in a folder."""
    for language, block in BLOCKS:
        if language in ("python", "yaml"):
            (tmp_path / file_name(block)).write_text(block, encoding="utf-8")
    return tmp_path


def test_the_page_shows_every_kind():
    assert [file_name(block) for block in PYTHON] == [
        "my_fitness.py",
        "my_octaves.py",
        "my_search.py",
        "my_strategy.py",
        "my_synth.py",
        "my_network.py",
        "my_gain.py",
    ]


@pytest.mark.parametrize("block", PYTHON, ids=file_name)
def test_its_code_conforms(folder, findings_of_file, block):
    found = findings_of_file(folder / file_name(block))
    ((_, name),) = found
    assert f"{name}.py" == file_name(block)
    assert [(f.name, f.detail) for all_ in found.values() for f in all_ if not f.passed] == []


def test_its_experiment_is_accepted(folder, ga_synth):
    code, out, err = ga_synth("run", folder / "my_experiment.yaml", "--dry-run")
    assert (code, err) == (0, "")
    assert "fitness: spectrogram, crossings" in out
    assert "18 trials of 400 renders" in out


def test_its_experiment_runs(folder, run_here):
    from harness.plan.experiment import read_experiment

    settings = ["budget=60", "seeds=1", "targets.0.seconds=0.1"]
    experiment = read_experiment(folder / "my_experiment.yaml", settings)
    comparison = resolve(experiment, folder)
    journal = run_here(comparison, folder / "runs")
    for trial in trials_of(comparison):
        assert journal.folder(trial).failure == ""
        judgement = journal.folder(trial).judgement()
        assert judgement["renders"] == 60
        assert {"mfcc", "my_fitness", "crossings", "spectrogram"} == set(judgement["distances"])


def test_its_commands_work(folder, ga_synth, monkeypatch):
    monkeypatch.chdir(folder)
    ((_, commands),) = [block for block in BLOCKS if not block[0]]
    for command in commands.strip().splitlines():
        name, *arguments = command.partition("#")[0].split()
        assert name == "ga-synth"
        code, out, err = ga_synth(*arguments)
        assert (code, err) == (0, "")
        assert "my_fitness" in out


def test_its_entry_points_are_those_that_are_looked_up():
    from harness.plan.registry import _GROUPS

    (toml,) = [text for language, text in BLOCKS if language == "toml"]
    assert set(tomllib.loads(toml)["project"]["entry-points"]) == set(_GROUPS.values())


@pytest.mark.parametrize("options", ['frames: "8"', "frames: 8.5", "frams: 8", "frames: 0"])
def test_options_are_as_strict_as_it_says(folder, ga_synth, options):
    path = folder / "my_experiment.yaml"
    path.write_text(path.read_text().replace("frames: 4", options), encoding="utf-8")
    code, _, err = ga_synth("run", path, "--dry-run")
    assert code == 2
    assert err.count("\n") == 1
    assert options.split(":")[0] in err
    if options.startswith("frams"):
        assert "did you mean 'frames'?" in err


def test_the_base_classes_say_what_it_says():
    for module, name in (
        ("fitness.base", "Fitness"),
        ("synth.base", "Synth"),
        ("strategies.base", "Strategy"),
        ("strategies.searches.base", "Search"),
    ):
        base = getattr(import_module(module), name)
        assert base.example == {}
        assert "example:" in base.__doc__
