"""``ga-synth export``: what is written, and what is refused in one line."""

import shutil
from pathlib import Path

import pandas as pd
import pytest


@pytest.fixture
def finished(tiny_journal, tmp_path, monkeypatch):
    """A folder of comparisons with a finished one, and a current folder to write to."""
    shutil.copytree(tiny_journal.path.parent, tmp_path / "runs")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "runs"


@pytest.mark.parametrize(
    ("format_", "written"),
    [
        ("coco", "tiny-coco/README.txt"),
        ("ioh", "tiny-ioh/society/IOHprofiler_f1_waveform.reachable.json"),
        ("csv", "tiny-csv/trials.csv"),
        ("parquet", "tiny-parquet/trials.parquet"),
        ("bibtex", "tiny.bib"),
    ],
)
def test_each_format_is_written_named_and_never_overwritten(
    ga_synth, mistaken, finished, format_, written
):
    words = ("export", "tiny", "--format", format_, "--out", finished)
    done = ga_synth(*words)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"{Path(written).parts[0]}: written")
    before = Path(written).read_bytes()
    mistaken(words, f"{Path(written).parts[0]} exists already", "--to")
    assert Path(written).read_bytes() == before
    assert ga_synth(*words, "--to", "elsewhere").code == 0
    assert Path("elsewhere").exists()
    assert len(list(Path.cwd().iterdir())) == 2


def test_csv_and_parquet_hold_the_same_trials(ga_synth, finished):
    for format_ in ("csv", "parquet"):
        assert ga_synth("export", "tiny", "--format", format_, "--out", finished).code == 0
    one = pd.read_csv("tiny-csv/trials.csv")
    other = pd.read_parquet("tiny-parquet/trials.parquet")
    assert len(one) == len(other) == 12
    assert one["best"].tolist() == other["best"].tolist()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["tinny"], ["nothing has been run there", "did you mean 'tiny'"]),
        ([".."], ["is no name of a comparison"]),
        (["tiny", "--format", "bibtx"], ["--format 'bibtx'", "did you mean 'bibtex'"]),
        (["tiny", "--to", "no/folder"], ["cannot write no/folder", "no such file"]),
        (["tiny", "--format", "bibtex", "--to", "no/x.bib"], ["cannot write no/x.bib"]),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written(mistaken, finished, words, said):
    mistaken(["export", *words, "--out", finished], *said)
    assert list(Path.cwd().iterdir()) == []


def test_a_comparison_that_is_not_finished_is_refused(mistaken, finished):
    trials = sorted((finished / "tiny" / "trials").iterdir())
    for trial in trials[:3]:
        shutil.rmtree(trial)
    mistaken(["export", "tiny", "--out", finished], "not finished: 3 of 12 trials")
    assert list(Path.cwd().iterdir()) == []
