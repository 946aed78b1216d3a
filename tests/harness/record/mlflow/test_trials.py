"""A real MLflow: its database in a file, and its server as a process."""

import json
import shutil

import numpy as np
import pytest

from harness.cli.commands.view import report_answers
from harness.record.journal import Journal
from harness.record.mlflow.store import tracking_uri
from harness.record.mlflow.trials import Mirror
from harness.record.sealed import read_record, write_record
from tests.harness.record.mlflow.servers import free_port, mlflow_server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of an MLflow server that runs for this module."""
    folder = tmp_path_factory.mktemp("server")
    with mlflow_server(folder, f"sqlite:///{folder}/db") as address:
        yield address


@pytest.fixture(scope="module", params=["database", "server"])
def store(request, tmp_path_factory):
    """The folder of comparisons whose runs go to a database in it, or to a server."""
    out = tmp_path_factory.mktemp("out")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        if request.param == "server":
            patch.setenv("MLFLOW_TRACKING_URI", request.getfixturevalue("server"))
        yield out


@pytest.fixture(scope="module")
def client(store):
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=tracking_uri(store))


@pytest.fixture(scope="module")
def names(tiny_journal):
    """The trials that are mirrored here: one of society, one of random."""
    return [n for n in tiny_journal.experiment()["trials"] if ".waveform.reachable.0" in n][1:]


@pytest.fixture(scope="module")
def sync(tiny_journal, store, names):
    mirror = lambda: Mirror(tiny_journal, store).sync(names)  # noqa: E731
    assert mirror() == 2
    return mirror


@pytest.fixture
def runs(client, sync):
    def found():
        experiment = client.get_experiment_by_name("tiny")
        every = client.search_runs([experiment.experiment_id], "tags.kind = 'trial'")
        assert len({run.data.tags["trial"] for run in every}) == len(every)
        return {run.data.tags["trial"]: run for run in every}

    return found


def test_one_run_a_trial_that_says_what_it_was(names, runs, tiny_journal):
    assert set(runs()) == set(names)
    for name, run in runs().items():
        config = tiny_journal.folder(name).read("config.json")
        tags = {k: v for k, v in run.data.tags.items() if not k.startswith("mlflow.")}
        assert len(tags.pop("judgement")) == 16
        assert tags | {"strategy": "", "trial": ""} == {
            "strategy": "", "trial": "", "fitness": "waveform", "synth": "subtractive",
            "target": "reachable", "seed": "0", "kind": "trial",
        }  # fmt: skip
        assert tags["strategy"] == config["strategy"]["label"]
        assert run.info.run_name == f"{tags['strategy']} × waveform, reachable, seed 0"
        (heard,) = run.inputs.dataset_inputs
        assert heard.dataset.name == "reachable"
        assert run.info.status == "FINISHED"
        assert 0 < run.info.start_time < run.info.end_time
        assert run.data.params["budget"] == "40"
        assert run.data.params["strategy"] == config["strategy"]["name"]
    society = next(run for name, run in runs().items() if name.startswith("society"))
    assert society.data.params["strategy.credit"] == '"max"'
    assert society.data.params["search"] == "ga"
    searched = tiny_journal.folder(society.data.tags["trial"]).read("config.json")["strategy"]
    for knob, setting in searched["options"]["search"]["options"].items():
        assert json.loads(society.data.params[f"search.{knob}"]) == setting
    assert all(run.data.tags["mlflow.note.content"] for run in runs().values())


def test_metrics_by_renders_in_groups(names, runs, client, tiny_journal):
    folder, run = tiny_journal.folder(names[0]), runs()[names[0]]
    assert {metric.split("/")[0] for metric in run.data.metrics} == {
        "best", "diversity", "judge", "cost",
    }  # fmt: skip
    rows = folder.rows()
    for metric, value in (
        ("best/distance", lambda row: row["best"]),
        ("best/population_mean", lambda row: row["mean"]),
        ("diversity/filter", lambda row: row["diversity"]["assembled"]["filter"]["distance"]),
        (
            "diversity/whole_distance",
            lambda row: row["diversity"]["assembled"]["whole"]["distance"],
        ),
    ):
        history = client.get_metric_history(run.info.run_id, metric)
        points = sorted((point.step, point.value) for point in history)
        assert points == [(row["renders"], value(row)) for row in rows]
    judgement = folder.judgement()
    for label, distance in judgement["distances"].items():
        assert run.data.metrics[f"judge/{label}"] == pytest.approx(distance)
    assert run.data.metrics["judge/parameter_error"] == pytest.approx(judgement["parameter_error"])
    assert sum(
        value for name, value in run.data.metrics.items() if name.startswith("cost/renders_")
    ) == 40  # fmt: skip
    shares = [run.data.metrics[f"cost/{part}_share"] for part in ("render", "score", "search")]
    assert all(0 < share < 1 for share in shares)
    assert sum(shares) == pytest.approx(1)
    spent = client.get_metric_history(run.info.run_id, "cost/cpu_s")
    by_step = [point.value for point in sorted(spent, key=lambda point: point.step)]
    assert by_step == sorted(by_step)


def test_artifacts(names, runs, client, tiny_journal, tmp_path):
    run_id = runs()[names[0]].info.run_id
    files = {f.path for folder in ("", "target") for f in client.list_artifacts(run_id, folder)}
    assert files == {
        "best.flac", "genome.json", "spectrograms.png", "target", "target/reachable.flac",
    }  # fmt: skip
    for name, source in (
        ("best.flac", tiny_journal.folder(names[0]).path),
        ("genome.json", tiny_journal.folder(names[0]).path),
        ("target/reachable.flac", tiny_journal.path / "targets"),
    ):
        got = client.download_artifacts(run_id, name, str(tmp_path))
        with open(got, "rb") as file:  # noqa: PTH123 - MLflow gives text
            assert file.read() == (source / name.split("/")[-1]).read_bytes()
    with open(client.download_artifacts(run_id, "spectrograms.png", str(tmp_path)), "rb") as file:  # noqa: PTH123
        assert file.read(4) == b"\x89PNG"


def test_sound_diversity_is_mirrored_where_it_was_measured(names, runs, client, tiny_journal):
    measured = [row for row in tiny_journal.folder(names[0]).rows() if "sound" in row]
    history = client.get_metric_history(runs()[names[0]].info.run_id, "diversity/sound_assembled")
    assert sorted((point.step, point.value) for point in history) == [
        (row["renders"], row["sound"]["assembled"]) for row in measured
    ]


def test_an_overview_has_a_run_a_strategy_and_one_with_the_report(
    sync, store, client, tiny_journal, tmp_path, undrawing
):
    """After the comparison was answered; a second time it is replaced."""
    out = tmp_path / "copy"
    shutil.copytree(tiny_journal.path, out / "tiny")
    journal = Journal(out, "tiny")
    with undrawing():
        report_answers(journal, out, as_json=True)
    summary = read_record(journal.path / "summary.json")
    for _ in range(2):
        Mirror(journal, store).overview()
    experiment = client.get_experiment_by_name("tiny").experiment_id
    found = client.search_runs([experiment], "tags.kind = 'summary'")
    by_name = {run.info.run_name: run for run in found}
    assert sorted(by_name) == ["end_to_end", "random", "society"]
    assert len(found) == len(by_name)
    society = by_name["society"]
    assert society.data.tags["strategy"] == "society"
    expected = summary["society"]
    assert society.data.metrics["measure/diversity"] == expected["measures"]["diversity"][0]
    metrics = (
        "curve/diversity",
        "uncertainty/curve_diversity_low",
        "uncertainty/curve_diversity_high",
    )
    for column, metric in enumerate(metrics, start=1):
        history = client.get_metric_history(society.info.run_id, metric)
        points = sorted((point.step, point.value) for point in history)
        assert points == [
            (row[0], row[column])
            for row in expected["curves"]["diversity"]
            if np.isfinite(row[column])
        ]
    assert [f.path for f in client.list_artifacts(society.info.run_id, "closest")] == [
        "closest/reachable"
    ]
    (report,) = client.search_runs([experiment], "tags.kind = 'report'")
    files = {f.path for f in client.list_artifacts(report.info.run_id)}
    assert "report.html" in files


def test_twice_adds_nothing_and_what_was_cut_short_is_made_anew(names, sync, runs, client):
    before = {name: run.info.run_id for name, run in runs().items()}
    assert sync() == 0
    assert {name: run.info.run_id for name, run in runs().items()} == before
    client.update_run(before[names[0]], status="RUNNING")
    assert sync() == 1
    after = {name: run.info.run_id for name, run in runs().items()}
    assert after[names[0]] != before[names[0]]
    assert after[names[1]] == before[names[1]]
    assert {run.info.status for run in runs().values()} == {"FINISHED"}


def test_a_trial_that_was_judged_again_is_mirrored_again(
    names, sync, store, client, tiny_journal, tmp_path
):
    out = tmp_path / "copy"
    shutil.copytree(tiny_journal.path, out / "again")
    journal = Journal(out, "again")
    mirror, counts = Mirror(journal, store), []
    assert mirror.sync(names, counts.append) == 2
    assert counts == [1, 2]
    folder = journal.folder(names[0])
    judged = folder.judgement()
    judged["distances"] = {"a=b": 0.5}
    write_record(folder.path / "judgement.json", judged)
    assert mirror.sync(names) == 1
    assert Mirror(journal, store).sync(names) == 0
    experiment = client.get_experiment_by_name("again").experiment_id
    (run,) = client.search_runs([experiment], f"tags.trial = '{names[0]}'")
    judges = {key for key in run.data.metrics if key.startswith("judge/")}
    assert judges == {"judge/a:x3d:b", "judge/parameter_error"}
    assert json.loads(run.data.tags["names"]) == {"judge/a:x3d:b": "a=b"}


def test_a_deleted_experiment_is_taken_up_again(names, sync, runs, client):
    client.delete_experiment(client.get_experiment_by_name("tiny").experiment_id)
    sync()
    assert set(runs()) == set(names)


def test_what_is_not_finished_is_left_out(planned, tiny_journal, store, tmp_path):
    journal = Journal(tmp_path, "other")
    journal.begin(planned(name="other"))
    assert Mirror(journal, store).sync(journal.experiment()["trials"]) == 0


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:{port}", "nonsense://x", "sqlite:////dev/null/x"]
)
def test_a_dead_server_is_said_quickly_and_nothing_is_lost(
    tiny_journal, monkeypatch, refused, address
):
    from harness.cli.commands.view import sync

    address = address.format(port=free_port())
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    monkeypatch.delenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", raising=False)
    before = sorted(tiny_journal.path.rglob("*"))
    waits = []
    # Counted, not measured: what a busy machine takes beside them is not our fault.
    monkeypatch.setattr("time.sleep", waits.append)
    with refused(f"MLflow at {address}: "):
        sync("tiny", tiny_journal.path.parent)
    assert sum(waits) < 15
    assert sorted(tiny_journal.path.rglob("*")) == before


def test_a_damaged_trial_is_left_out_and_the_others_are_mirrored(
    names, store, tiny_journal, tmp_path
):
    out = tmp_path / "damaged"
    shutil.copytree(tiny_journal.path, out / "damaged")
    journal = Journal(out, "damaged")
    path = journal.folder(names[0]).path / "genome.json"
    path.write_bytes(path.read_bytes()[:-9])
    mirror = Mirror(journal, store)
    assert mirror.sync(names) == 1
    assert list(mirror.damaged) == [names[0]]
    assert "genome.json" in mirror.damaged[names[0]]
