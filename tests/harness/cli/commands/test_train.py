"""Datasets, training and seeded comparisons by the command line, on real Ray and real MLflow."""

import json
import os
import shutil
import signal
import subprocess
import sys

import pytest
import yaml

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
def trained(ga_synth, tmp_path_factory):
    """A trained network, and what was said of it."""
    out = tmp_path_factory.mktemp("out")
    done = ga_synth("train", "features_mlp", *SETS, "--out", out, "--json")
    return out, lines(done)


def test_every_epoch_is_told_and_at_the_end_what_was_learnt(trained):
    _, said = trained
    assert [line["event"] for line in said] == ["epoch"] * 3 + ["trained"]
    assert [line["step"] for line in said[:3]] == [2, 4, 6]
    assert said[-1]["stopped"] == "all steps are done"
    assert said[-1]["test"]["examples"] == 16


def test_it_is_in_mlflow_with_its_curves_and_as_a_registered_model(trained, monkeypatch):
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    from mlflow import MlflowClient

    out, _ = trained
    client = MlflowClient(f"sqlite:///{out / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("networks")
    (run,) = client.search_runs([experiment.experiment_id], "tags.kind = 'network'")
    assert run.data.tags["objective"] == "knobs"
    assert {"test/coverage_90", "error/note", "covered/cutoff"} <= set(run.data.metrics)
    steps = [point.step for point in client.get_metric_history(run.info.run_id, "train/bits")]
    assert steps == [2, 4, 6]
    (version,) = client.search_model_versions("name = 'ga-synth-features_mlp'")
    assert version.run_id == run.info.run_id
    artifacts = [a.path for a in client.list_artifacts(run.info.run_id, "model")]
    assert artifacts == ["model/model.keras", "model/network.json"]


def test_a_trained_one_is_only_shown(trained, ga_synth):
    out, _ = trained
    done = ga_synth("train", "features_mlp", *SETS, "--out", out)
    assert done.code == 0
    assert "on 16 new sounds, one render is" in done.out
    assert "step" not in done.out.split("\n")[0]


def test_a_trainer_that_is_killed_goes_on(trained, tmp_path):
    """The whole process is killed, and the same command given again."""
    _, said = trained
    words = [sys.executable, "-m", "harness.cli", "train", "features_mlp", *SETS, "--out"]
    with subprocess.Popen(
        [*words, str(tmp_path), "--json"], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert json.loads(process.stdout.readline())["event"] == "epoch"
        os.killpg(process.pid, signal.SIGKILL)
    again = subprocess.run(
        [*words, str(tmp_path), "--json"], capture_output=True, text=True, check=False
    )
    assert again.returncode == 0, again.stderr
    last = json.loads(again.stdout.splitlines()[-1])
    # The examples' sounds and the first weights follow from the seed: so does all that is learnt.
    assert last["test"] == said[-1]["test"]


@pytest.fixture
def seeding(tmp_path, tiny):
    """An experiment that begins from a network."""
    experiment = tiny(
        name="seeding",
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


def test_a_comparison_trains_what_it_needs_once_and_says_what_it_buys(
    seeding, ga_synth, tmp_path, mistaken
):
    out = tmp_path / "out"
    done = ga_synth("run", seeding, "--out", out, "--workers", 2)
    assert done.code == 0, done
    assert "net: features_mlp by knobs, step 6 of 6" in done.out
    assert "What does it buy to begin from net?" in done.out
    assert "seeded came as close as end_to_end ends" in done.out
    page = (out / "seeding" / "report.html").read_text()
    assert "Begun from a network" in page
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{out / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("networks")
    (run,) = client.search_runs([experiment.experiment_id])
    assert run.data.tags["network"] == "features_mlp"
    first = trials_of(out)
    # The same network and the same proposals on one worker: the same bytes.
    shutil.rmtree(out / "seeding")
    again = ga_synth("run", seeding, "--out", out, "--workers", 1)
    assert again.code == 0, again
    assert "step 6" not in again.out
    assert trials_of(out) == first
    # Finished, it needs no network any more; nor does a part that begins from none.
    (folder,) = (out / "networks").iterdir()
    kept = folder.rename(tmp_path / "kept")
    for words in ((), ("--only", "strategy=random", "--set", "budget=41")):
        assert ga_synth("run", seeding, "--out", out, *words).code == 0
        assert not folder.exists()
    kept.rename(folder)
    (folder / "model.keras").write_bytes(b"broken")
    shutil.rmtree(folder / "proposals")
    changed = ("--set", "budget=42")
    mistaken(("run", seeding, "--out", out, *changed), "model.keras is damaged")


def test_a_dataset_and_a_network_from_it(ga_synth, tmp_path, mistaken):
    words = ("dataset", tmp_path / "set", "--size", 200, "--seconds", 0.1, "--sample-rate", 8000)
    said = lines(ga_synth(*words, "--json"))
    assert said[-1]["event"] == "whole"
    assert said[-1]["train"] + said[-1]["validation"] + said[-1]["test"] == 200
    again = ga_synth(*words)
    assert "whole, every shard is what was written" in again.out
    where = ("--set", f"dataset={tmp_path / 'set'}")
    done = lines(ga_synth("train", "features_mlp", *SETS, *where, "--out", tmp_path, "--json"))
    assert done[-1]["renders"] == 200
    mistaken(("dataset", tmp_path / "set", "--size", 300), "another one lies there")
    path = tmp_path / "set" / "shard-00000.zip"
    path.write_bytes(path.read_bytes()[:-7])
    mistaken(words, "shard-00000.zip: is damaged")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("train", "features_mpl"), ["'features_mpl'", "did you mean 'features_mlp'"]),
        (("train", "gru_raw", "--objective", "sounds"), ["'sounds'", "did you mean 'sound'"]),
        (("train", "gru_raw", "--synth", "subtractiv"), ["'subtractiv'", "'subtractive'"]),
        (("train", "gru_raw", "--set", "dataset=nowhere"), ["nowhere", "no such file"]),
        (("train", "gru_raw", "--set", "recordings=[no.wav]"), ["no.wav", "no such file"]),
        (("dataset", "x", "--synth", "nothing"), ["synth 'nothing' is not registered"]),
    ],
)
def test_mistakes(mistaken, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    mistaken(words, *said)
