import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

EXPERIMENT = Path(__file__).parents[4] / "experiments" / "calibration.yaml"


@pytest.fixture(scope="module")
def out(tiny_journal, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    shutil.copytree(tiny_journal.path, folder / "tiny")
    return folder


def test_it_prints_and_writes(ga_synth, out):
    done = ga_synth("calibrate", "tiny", "--out", out, "--comparisons", "200")
    assert (done.code, done.err) == (0, "")
    for part in ("too few for any decision", "two labels", "calibration.svg"):
        assert part in " ".join(done.out.split())
    svg = (out / "tiny" / "calibration.svg").read_text(encoding="utf-8")
    assert svg.startswith('<svg style="background: white; color: black" ')
    assert 'xmlns="http://www.w3.org/2000/svg"' in svg
    read = json.loads((out / "tiny" / "calibration.json").read_text())
    assert (read["comparisons"], read["rows"]) == (200, [])
    assert list(pd.read_csv(out / "tiny" / "calibration.csv"))[:3] == [
        "kind",
        "measure",
        "strategies",
    ]


def test_as_json(ga_synth, out):
    said = json.loads(ga_synth("calibrate", "tiny", "--out", out, "--json").out)
    assert (said["comparisons"], said["allowed"]) == (1000, 0.05)
    assert said["plot"].endswith("calibration.svg")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["tiney"], "did you mean 'tiny'?"),
        (["tiny", "--comparisons", "199"], "--comparisons"),
        (["tiny", "--comparisons", "many"], "valid integer"),
    ],
)
def test_mistakes(mistaken, out, words, hint):
    mistaken(["calibrate", *words, "--out", out], hint)


@pytest.mark.parametrize(("size", "trials"), [([], 720), (["--size", "smoke"], 30)])
def test_the_experiment_holds_strategies_under_two_names(ga_synth, size, trials):
    done = ga_synth("run", EXPERIMENT, *size, "--dry-run")
    assert (done.code, done.err) == (0, "")
    assert "strategy: end_to_end, end_to_end_again, society, society_again, random" in done.out
    assert f"{trials} trials of " in done.out


def test_help_names_it_and_compare(ga_synth):
    said = ga_synth("--help").out
    assert "calibrate" in said
    assert "compare" in said
