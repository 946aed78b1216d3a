"""Datasets, training and seeded comparisons by the command line, on real Ray and real MLflow."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml

from harness.record.files import locked

pytestmark = pytest.mark.slow

SETTINGS = ("steps=6", "epoch=2", "seconds=0.1", "sample_rate=8000", "validation=16", "batch=8")
SETS = [word for setting in SETTINGS for word in ("--set", setting)]
NET = {
    "name": "features_mlp", "label": "net", "steps": 6, "epoch": 2, "seconds": 0.1,
    "sample_rate": 8000, "validation": 16, "batch": 8,
}  # fmt: skip


def lines(done):
    assert done.code == 0, done
    return [json.loads(line) for line in done.out.splitlines()]


@pytest.fixture(scope="module")
def dataset(one_ray, ga_synth, tmp_path_factory):
    """The words that make a dataset, and what they printed."""
    folder = tmp_path_factory.mktemp("dataset") / "set"
    words = ("dataset", folder, "--size", 200, "--seconds", 0.1, "--sample-rate", 8000)
    return words, lines(ga_synth(*words, "--json"))


@pytest.fixture(scope="module")
def words(dataset):
    """What trains a network on the dataset, but for the folder."""
    return ["train", "features_mlp", *SETS, "--set", f"dataset={dataset[0][1]}"]


@pytest.fixture(scope="module")
def trained(words, one_ray, ga_synth, tmp_path_factory):
    """A network trained on the dataset, and the output of the command."""
    out = tmp_path_factory.mktemp("out")
    return out, lines(ga_synth(*words, "--out", out, "--json"))


def test_epochs_and_the_result_are_printed(trained):
    out, printed = trained
    assert [line["event"] for line in printed] == ["epoch"] * 3 + ["trained"]
    assert [line["step"] for line in printed[:3]] == [2, 4, 6]
    assert [line["stopped"] for line in printed] == ["", "", "all steps", "all steps"]
    assert printed[-1]["test"]["examples"] == 16
    assert printed[-1]["renders"] == 200
    (folder,) = (out / "_networks").iterdir()
    assert printed[-1]["folder"] == str(folder)


def test_it_is_in_mlflow_with_its_curves_and_as_a_registered_model(trained, monkeypatch):
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    from mlflow import MlflowClient

    out, _ = trained
    client = MlflowClient(f"sqlite:///{out / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("trained networks")
    (run,) = client.search_runs([experiment.experiment_id], "tags.kind = 'network'")
    assert run.data.tags["objective"] == "knobs"
    assert {"test/coverage_90", "error/note", "covered/cutoff"} <= set(run.data.metrics)
    steps = [point.step for point in client.get_metric_history(run.info.run_id, "train/bits")]
    assert steps == [2, 4, 6]
    (version,) = client.search_model_versions("name = 'ga-synth-features_mlp'")
    assert version.run_id == run.info.run_id
    artifacts = [a.path for a in client.list_artifacts(run.info.run_id, "model")]
    assert artifacts == ["model/model.keras", "model/network.json"]


def test_a_trained_one_is_only_shown(words, trained, ga_synth):
    out, _ = trained
    done = ga_synth(*words, "--out", out)
    assert done.code == 0
    assert "16 test sounds" in done.out
    assert "loss" not in done.out


def test_a_network_that_another_run_holds_is_waited_for(words, trained):
    out, printed = trained
    command = [sys.executable, "-m", "harness.cli", *words, "--json", "--out", str(out)]
    with ExitStack() as held:
        held.enter_context(locked(Path(printed[-1]["folder"])))
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        first = json.loads(process.stdout.readline())
        assert (first["event"], first["network"]) == ("waiting", "features_mlp")
        assert f"process {os.getpid()}" in first["holder"]
        assert process.poll() is None
    rest, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    assert [json.loads(line)["event"] for line in rest.splitlines()] == ["trained"]


def test_killed_training_is_resumed(words, trained, one_ray, ga_synth, tmp_path):
    """The whole process is killed, and the command repeated, with another number of workers."""
    _, printed = trained
    words = [*words, "--out", str(tmp_path), "--json"]
    command = [sys.executable, "-m", "harness.cli", *words]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert json.loads(process.stdout.readline())["event"] == "epoch"
        os.killpg(process.pid, signal.SIGKILL)
    last = lines(ga_synth(*words, "--workers", "1"))[-1]
    # Examples and initial weights follow from the seed, and so does everything that is learnt.
    assert last["test"] == printed[-1]["test"]


@pytest.fixture
def seeding(tmp_path, tiny):
    """An experiment whose searches start from a network."""
    experiment = tiny(
        name="seeding",
        seeds=1,
        fitness=["spectrogram"],
        networks=[NET],
        strategies=[
            "end_to_end",
            {"name": "network", "network": "net"},
            {"name": "seeded_end_to_end", "label": "seeded", "network": "net"},
            {"name": "seeded_society", "network": "net", "agent_population": 4},
            "random",
        ],
    )
    path = tmp_path / "seeding.yaml"
    path.write_text(yaml.safe_dump(experiment))
    return path


def trials_of(out):
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted((out / "seeding" / "trials").rglob("*"))
        if path.is_file() and path.name != "times.jsonl"
    }


def test_a_comparison_trains_a_network_once_and_reports_its_gain(
    seeding, one_ray, ga_synth, tmp_path, mistaken, request
):
    out = tmp_path / "out"
    done = ga_synth("run", seeding, "--out", out, "--workers", 2)
    assert done.code == 0, done
    assert "net: features_mlp, knobs, step 6 of 6" in done.out
    assert re.search(r"starting from net\?", done.out)
    page = (out / "seeding" / "report.html").read_text()
    assert "Started from a network" in page
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{out / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("trained networks")
    (run,) = client.search_runs([experiment.experiment_id])
    assert run.data.tags["network"] == "features_mlp"
    first = trials_of(out)
    # What follows is neither mirrored nor drawn again.
    request.getfixturevalue("unmirrored")
    request.getfixturevalue("undrawn")
    # With one worker: the same network, the same proposals, the same bytes.
    shutil.rmtree(out / "seeding")
    again = ga_synth("run", seeding, "--out", out, "--workers", 1)
    assert again.code == 0, again
    assert "step 6" not in again.out
    assert trials_of(out) == first
    # A finished comparison does not need its networks, nor does a part that uses none.
    (folder,) = (out / "_networks").iterdir()
    kept = folder.rename(tmp_path / "kept")
    request.getfixturevalue("workers_here")
    for words in ((), ("--only", "strategy=random", "--set", "budget=41")):
        assert ga_synth("run", seeding, "--out", out, *words).code == 0
        assert not folder.exists()
    kept.rename(folder)
    (folder / "model.keras").write_bytes(b"broken")
    shutil.rmtree(folder / "proposals")
    changed = ("--set", "budget=42")
    mistaken(("run", seeding, "--out", out, *changed), "model.keras is damaged")


def test_a_dataset_is_made_once_and_a_damaged_one_refused(dataset, ga_synth, tmp_path, mistaken):
    words, printed = dataset
    assert printed[-1]["event"] == "complete"
    assert printed[-1]["train"] + printed[-1]["validation"] + printed[-1]["test"] == 200
    again = ga_synth(*words)
    assert "complete" in again.out
    mistaken(("dataset", words[1], "--size", 300), "another dataset", "size")
    damaged = shutil.copytree(words[1], tmp_path / "set")
    path = damaged / "shard-00000.zip"
    path.write_bytes(path.read_bytes()[:-7])
    mistaken(("dataset", damaged, *words[2:]), "shard-00000.zip", "damaged")


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (("train", "features_mpl"), ["'features_mpl'", "did you mean 'features_mlp'"]),
        (("train", "gru_raw", "--objective", "sounds"), ["'sounds'", "did you mean 'sound'"]),
        (("train", "gru_raw", "--synth", "subtractiv"), ["'subtractiv'", "'subtractive'"]),
        (("train", "gru_raw", "--set", "dataset=nowhere"), ["nowhere", "no such file"]),
        (("train", "gru_raw", "--set", "recordings=[no.wav]"), ["no.wav", "no such file"]),
        (("dataset", "x", "--synth", "nothing"), ["synth 'nothing' is not registered"]),
    ],
)
def test_mistakes(mistaken, tmp_path, monkeypatch, words, printed):
    monkeypatch.chdir(tmp_path)
    mistaken(words, *printed)
