import json
import shutil

import pandas as pd
import pytest


@pytest.fixture(scope="module")
def out(tiny_journal, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    shutil.copytree(tiny_journal.path, folder / "tiny")
    return folder


def test_it_tells_and_writes(ga_synth, out):
    done = ga_synth("calibrate", "tiny", "--out", out, "--comparisons", "200")
    assert (done.code, done.err) == (0, "")
    for part in ("could decide nothing, true or false", "no A/A was truly run", "calibration.svg"):
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
    ("words", "said"),
    [
        (["tiney"], "did you mean 'tiny'?"),
        (["tiny", "--comparisons", "199"], "--comparisons"),
        (["tiny", "--comparisons", "many"], "valid integer"),
    ],
)
def test_mistakes(mistaken, out, words, said):
    mistaken(["calibrate", *words, "--out", out], said)
