"""Commands, experiments and Python code in README and docs are accepted as they are printed."""

import re
from pathlib import Path
from unittest.mock import create_autospec

import numpy as np
import pytest
import soundfile
import yaml
from typer.main import get_command

import ga_synth
from harness.cli.main import app
from harness.plan.shipped import experiment_path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXPERIMENTS = (ROOT / "docs" / "experiments.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
SHIPPED = sorted((ROOT / "experiments").glob("*.yaml"))
COMMANDS = get_command(app).commands


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def names_in_first_column(text):
    rows = re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
    return set(re.findall(r"`(\w+)`", " ".join(rows)))


def commands_of(text):
    """The words after ``ga-synth`` in code blocks and in code within the text."""
    lines = re.findall(r"^ {4}(?:\.venv/bin/)?ga-synth (.+)$", text, re.MULTILINE)
    lines += re.findall(r"`ga-synth ([^`]+)`", text)
    for block in blocks(text, ""):
        lines += re.findall(r"^ga-synth (.+)$", block, re.MULTILINE)
    for line in lines:
        yield re.split(r"\s#|&&", line.replace("\n", " "))[0].split()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_their_options_exist(page):
    for first, *words in commands_of(page.read_text(encoding="utf-8")):
        if first.startswith("-"):
            continue
        assert first in COMMANDS, first
        command = COMMANDS[first]
        if hasattr(command, "commands") and words and not words[0].startswith("-"):
            assert words[0] in command.commands, words
            command = command.commands[words[0]]
        known = {name for parameter in command.params for name in parameter.opts} | {"--help"}
        given = {word.split("=")[0] for word in words if word.startswith("--")}
        assert given <= known, (first, given - known)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_shipped_experiments_that_are_named_exist(page):
    for words in commands_of(page.read_text(encoding="utf-8")):
        for word in words[1:]:
            if word.startswith("experiments/"):
                assert (ROOT / word).is_file(), word
        if words[0] in ("run", "probe") and words[1:] and re.fullmatch(r"[a-z]+", words[1]):
            assert experiment_path(Path(words[1])).is_file(), words[1]


def test_the_experiment_of_the_readme_is_accepted(tmp_path, monkeypatch):
    (example,) = blocks(README, "yaml")
    monkeypatch.chdir(tmp_path)
    soundfile.write("my_sound.wav", np.sin(np.arange(22_050) * 0.05), 22_050)
    (tmp_path / "mine.yaml").write_text(example, encoding="utf-8")
    loaded = ga_synth.load("mine.yaml")
    assert list(loaded.plan.strategies) == ["end_to_end", "society", "random"]
    assert len(loaded.trials()) == 2 * 2 * 3 * 5


def test_the_python_code_of_the_readme_uses_names_that_exist(monkeypatch):
    loaded = []

    def run(source, *, workers, **changes):
        loaded.append(ga_synth.load(source, **changes))
        return create_autospec(ga_synth.ComparisonResults, instance=True)

    monkeypatch.setattr(ga_synth, "run", run)
    (code,) = blocks(README, "python")
    exec(code, {})  # noqa: S102 - our own page
    (comparison,) = loaded
    (target,) = re.findall(r'best\("(\w+)"\)', code)
    assert target in comparison.plan.targets


def test_every_guide_is_in_the_table_of_the_readme():
    linked = set(re.findall(r"\]\((docs/\w[\w-]*\.md)\)", README))
    # The first page of the site is what the README is in the repository.
    guides = {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")} - {"docs/index.md"}
    assert linked == guides


@pytest.mark.parametrize("example", blocks(EXPERIMENTS, "yaml"))
def test_examples_of_keys_are_accepted(example, experiment_file):
    changes = yaml.safe_load(example)
    strategies = ["end_to_end", "society", "society_scrambled", "random"]
    path = experiment_file(strategies=strategies, budget=100, **changes)
    assert ga_synth.load(path).trials()
    for size, keys in changes.get("sizes", {}).items():
        sized = ga_synth.load(path, size=size)
        assert sized.name == f"tiny-{size}"
        assert {key: getattr(sized.experiment, key) for key in keys} == keys


def test_every_key_of_an_experiment_is_in_the_table():
    assert set(ga_synth.Experiment.model_fields) <= names_in_first_column(EXPERIMENTS)


def test_every_shipped_experiment_is_in_the_table():
    table = EXPERIMENTS.split("## Shipped experiments")[1].split("\n## ")[0]
    stems = {path.stem for path in SHIPPED}
    assert names_in_first_column(table) == stems


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_experiments_say_what_they_ask(path):
    given = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert given["about"].endswith(".")
    assert given["questions"]
    assert all("?" in question for question in given["questions"])
    assert "variance" not in path.read_text(encoding="utf-8")
