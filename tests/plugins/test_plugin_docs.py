"""docs/plugins.md is true: its plug-ins conform, its experiments run, its tables match."""

import re
import runpy
import sys
import tomllib
from pathlib import Path

import pytest

import ga_synth as public
from ga_synth import testing
from harness.plan.experiment import read_experiment
from harness.plan.registry import _GROUPS, Registry
from harness.plan.resolve import resolve
from harness.plan.trials import trials_of

TEXT = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
PYTHON = [text for language, text in BLOCKS if language == "python"]


SMALLEST = {"volume": "fitness", "climber": "search", "halves": "strategy"}


def file_name(block):
    return re.match(r"# (\S+)\n", block)[1]


PLUGINS = [block for block in PYTHON if not file_name(block).startswith("test_")]


@pytest.fixture
def folder(tmp_path):
    """Every file of the page, in one folder."""
    for language, block in BLOCKS:
        if language in ("python", "yaml"):
            (tmp_path / file_name(block)).write_text(block, encoding="utf-8")
    return tmp_path


def test_the_page_shows_every_kind():
    assert [file_name(block) for block in PYTHON] == [
        "volume.py",
        "climber.py",
        "halves.py",
        "test_plugins.py",
        "my_fitness.py",
        "my_octaves.py",
        "my_search.py",
        "my_strategy.py",
        "my_synth.py",
        "my_network.py",
        "my_gain.py",
    ]


def test_the_three_smallest_have_at_most_fifteen_lines():
    first = [block for block in PYTHON if file_name(block).removesuffix(".py") in SMALLEST]
    assert PYTHON[:3] == first
    assert all(len(block.splitlines()) <= 15 for block in first)


@pytest.mark.parametrize(("name", "kind"), SMALLEST.items())
def test_the_three_smallest_pass_the_public_checks(folder, name, kind):
    registry = Registry((folder / f"{name}.py",))
    getattr(testing, f"check_{kind}")(registry.get(kind, name))


def test_the_example_of_a_test_file_passes(folder, monkeypatch):
    monkeypatch.syspath_prepend(folder)
    module = runpy.run_path(str(folder / "test_plugins.py"))
    module["test_they_conform"]()
    for name in SMALLEST:
        del sys.modules[name]


def test_the_three_smallest_run_together(folder, run_here):
    settings = ["budget=60", "population=8", "seeds=1", "targets.0.seconds=0.1"]
    settings += ["targets.0.sample_rate=8000", "judges=[loudness]"]
    comparison = resolve(read_experiment(folder / "small.yaml", settings), folder)
    journal = run_here(comparison, folder / "runs")
    trials = trials_of(comparison)
    assert {(trial.strategy, trial.fitness) for trial in trials} == {
        (strategy, fitness)
        for strategy in ("halves", "end_to_end", "random")
        for fitness in ("volume", "spectrogram")
    }
    for trial in trials:
        assert journal.folder(trial).failure == ""
        assert journal.folder(trial).judgement()["renders"] == 60


@pytest.mark.parametrize("block", PLUGINS, ids=file_name)
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
    (commands,) = [text for language, text in BLOCKS if not language]
    for command in commands.strip().splitlines():
        name, *arguments = command.partition("#")[0].split()
        assert name == "ga-synth"
        code, out, err = ga_synth(*arguments)
        assert (code, err) == (0, "")
        assert "my_fitness" in out


def test_its_entry_points_are_those_that_are_looked_up():
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


@pytest.mark.parametrize("name", ["Fitness", "Network", "Search", "Strategy", "Synth"])
def test_every_base_class_has_the_attribute_example(name):
    base = getattr(public, name)
    assert base.example == {}
    assert "example:" in base.__doc__


def test_the_attributes_of_a_strategy_are_in_the_table():
    rows = dict(re.findall(r"^\| `(control|reference|baseline)` \| `(.*?)` \|", TEXT, re.MULTILINE))
    assert {name: str(getattr(public.Strategy, name)) for name in rows} == {
        "control": "False", "reference": "False", "baseline": "",
    }  # fmt: skip
    assert rows["baseline"] == '""'
