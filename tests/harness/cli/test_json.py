"""What ``--json`` prints is what docs/json.md says."""

import json
import re
import shutil
from pathlib import Path

import pytest
from typer.main import get_command

from harness.cli.main import app
from harness.record.journal import Journal

PAGE = (Path(__file__).parents[3] / "docs" / "json.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (`.*?) \| (?:a value|lines) \| (.*) \|$", PAGE, re.MULTILINE)
KEYS = {
    command: set(re.findall(r"`(\w+)`", keys))
    for commands, keys in ROWS
    for command in re.findall(r"`([^`]+)`", commands)
}

# What is there for some of the command's options only.
RARE = {"left_out", "listening_test"}


@pytest.fixture(scope="module")
def out(tiny_journal, tmp_path_factory):
    out = tmp_path_factory.mktemp("json") / "runs"
    shutil.copytree(tiny_journal.path, out / "tiny")
    return out


def keys_of(found, kind=dict):
    """The keys of a value, and of the values in it that belong to the same object."""
    assert isinstance(found, kind)
    return set(found) if kind is dict else {key for one in found for key in one}


def below(command, words=""):
    inner = getattr(command, "commands", {})
    if not inner:
        yield words, command
    for name, one in inner.items():
        yield from below(one, f"{words} {name}".strip())


def test_every_command_that_has_it_is_in_the_table():
    having = {
        words
        for words, command in below(get_command(app))
        if any("--json" in parameter.opts for parameter in command.params)
    }
    documented = {command for command in KEYS if "-" not in command or command in having}
    assert {command.replace(" NAME", "") for command in documented} == having
    assert {words for words, _ in below(get_command(app))} - having == {"ui"}


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["report", "tiny"], "report NAME"),
        (["report"], "report"),
        (["export", "tiny", "--format", "bibtex"], "export"),
        (["init", "project"], "init"),
        (["new", "fitness", "my_ears"], "new"),
    ],
)
def test_a_value_has_the_keys_that_are_documented(
    ga_synth, out, tmp_path, monkeypatch, words, command
):
    monkeypatch.chdir(tmp_path)
    where = ["--out", out] if words[0] in ("report", "export") else []
    done = ga_synth(*words, *where, "--json")
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    answers = keys_of(found["answers"], list) if "answers" in found else set()
    assert keys_of(found) <= KEYS[command] <= keys_of(found) | answers | RARE


def test_the_status_of_each_comparison(ga_synth, out):
    found = json.loads(ga_synth("status", "--out", out, "--json").out)
    assert keys_of(found["tiny"]) == KEYS["status"]
    assert found["tiny"]["trials"] == len(Journal(out, "tiny").experiment()["trials"])


def test_what_would_be_run(ga_synth):
    done = ga_synth("run", "first", "--set", "seeds=1", "--dry-run", "--json")
    found = json.loads(done.out)
    assert keys_of(found) == KEYS["run --dry-run"]
    assert found["renders"] == 1_200 * len(found["trials"])


def test_a_check_prints_a_line_for_each_finding(ga_synth, tmp_path):
    (tmp_path / "bad.py").write_text(
        "import numpy as np\nfrom ga_synth import Fitness\n\n\nclass Bad(Fitness):\n"
        '    """Bad."""\n\n    def distance(self, sounds):\n        return -np.ones(len(sounds))\n'
    )
    done = ga_synth("check", tmp_path / "bad.py", "--json")
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 1
    assert lines[0]["subject"] == ["fitness", "bad"]
    findings = [line["finding"] for line in lines if "finding" in line]
    assert keys_of(findings, list) == {"name", "passed", "detail", "mend"}
    assert not all(finding["passed"] for finding in findings)
    assert keys_of(lines, list) <= KEYS["check"]


def test_what_is_registered(ga_synth):
    (voice,) = json.loads(ga_synth("show", "subtractive", "--json").out)
    assert {"description", "options", "parameters"} <= voice.keys()
    assert keys_of([voice], list) == KEYS["list"] | {"description", "options", "parameters"}
    assert voice["parameters"][0] | {"name": "note", "unit": "semitones"} == voice["parameters"][0]
    assert json.loads(ga_synth("show", "first", "--json").out)["name"] == "first"
