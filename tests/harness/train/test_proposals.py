"""Proposals of a comparison's networks, without Ray: training and prediction are stand-ins."""

import threading
from contextlib import nullcontext
from shutil import copytree

import numpy as np
import pytest

from harness.plan.shipped import shipped_networks
from harness.record.sealed import read_record, write_record
from harness.train import proposals
from harness.train.proposals import propose
from strategies.proposal import Proposal
from synth.subtractive.parameters import SPACE

NET = {"name": "features_mlp", "label": "net"}
SEEDED = {"name": "seeded_end_to_end", "network": "net"}


class Listener:
    """Remembers what it is told."""

    def __init__(self):
        self.waited, self.waits = [], threading.Event()

    def on_epoch(self, label, row):
        pass

    def on_wait(self, label, holder):
        self.waited.append((label, holder))
        self.waits.set()


@pytest.fixture
def trainings(monkeypatch):
    """Stand in for training and prediction; gives the networks that were trained, in order."""
    done = []

    def train(job, folder, context):
        done.append(job.plan.label)
        folder.save(job.plan, job.synth, b"model", {"stopped": "all steps"})

    def predict(self, targets, options):
        genes = len(self._synth.space)
        flat = Proposal(np.full((genes, 4), 0.25), np.array(self._synth.circular))
        sha256 = self.folder.about()["sha256"]
        for target in targets:
            extra = {"model": sha256, "audio_changes": ["cut"]}
            write_record(self._file(target), {**flat.plain(), **extra})

    monkeypatch.setattr(proposals, "train", train)
    monkeypatch.setattr(proposals, "tensorflow_options", lambda *_: {})
    monkeypatch.setattr(proposals._Network, "_predict", predict)
    return done


@pytest.fixture
def comparison(planned):
    return planned(networks=[NET], strategies=[SEEDED])


def proposed(comparison, out, listener=None):
    return propose(comparison, ["net"], out, nullcontext(1), listener or Listener())


def files(out):
    (found,) = (out / "_networks").glob("*/proposals/*.json")
    return found


def test_a_network_is_trained_and_asked_once(comparison, trainings, tmp_path):
    made, found = proposed(comparison, tmp_path)
    assert found["net"]["audio_changes"] == {"reachable": ["cut"]}
    assert made["net", "reachable"].bins == 4
    assert proposed(comparison, tmp_path)[1] == found
    assert trainings == ["net"]


def test_of_two_runs_one_trains_and_the_other_waits(comparison, trainings, tmp_path, monkeypatch):
    waiting, training = Listener(), threading.Event()
    quick = proposals.train

    def slow(*arguments):
        training.set()
        assert waiting.waits.wait(timeout=30)
        quick(*arguments)

    monkeypatch.setattr(proposals, "train", slow)
    first = threading.Thread(target=proposed, args=(comparison, tmp_path))
    first.start()
    assert training.wait(timeout=30)
    _, found = proposed(comparison, tmp_path, waiting)
    first.join()
    assert trainings == ["net"]
    assert found["net"]["plan"]["label"] == "net"
    ((label, holder),) = waiting.waited
    assert label == "net"
    assert "process" in holder


def test_a_damaged_proposal_is_refused(comparison, trainings, tmp_path, refused):
    proposed(comparison, tmp_path)
    path = files(tmp_path)
    plain = read_record(path)
    for damaged in (
        {**plain, "probabilities": [[1, "x"]]},
        {key: value for key, value in plain.items() if key != "probabilities"},
        {**plain, "probabilities": plain["probabilities"][:-1]},
    ):
        write_record(path, damaged)
        with refused(str(path), "damaged", "remove"):
            proposed(comparison, tmp_path)


def test_of_a_changed_proposal_the_network_is_asked_again(comparison, trainings, tmp_path):
    proposed(comparison, tmp_path)
    path = files(tmp_path)
    before = path.read_bytes()
    path.write_bytes(before.replace(b"0.25", b"0.35", 1))
    assert path.read_bytes() != before
    proposed(comparison, tmp_path)
    assert path.read_bytes() == before


def test_a_proposal_of_another_model_is_refused(comparison, trainings, tmp_path, refused):
    proposed(comparison, tmp_path)
    path = files(tmp_path)
    write_record(path, read_record(path) | {"model": "0" * 64})
    with refused(str(path), "another network"):
        proposed(comparison, tmp_path)


def test_a_network_of_other_parameters_is_refused(comparison, trainings, tmp_path, refused):
    proposed(comparison, tmp_path)
    path = files(tmp_path).parents[1] / "network.json"
    about = read_record(path)
    about["synth"]["parameters"][0]["high"] += 1
    write_record(path, about)
    with refused("another synth", "high", repr(comparison.space[0].name)):
        proposed(comparison, tmp_path)


SHIPPED = {"pretrained": "subtractive", "label": "net"}


def test_a_pretrained_network_is_installed_and_not_trained(planned, trainings, tmp_path):
    comparison = planned(networks=[SHIPPED], strategies=[SEEDED])
    _, found = proposed(comparison, tmp_path)
    assert trainings == []
    (model,) = (tmp_path / "_networks").glob("net-*/model.keras")
    assert model.read_bytes() == (shipped_networks()["subtractive"] / "model.keras").read_bytes()
    assert found["net"]["plan"]["objective"]["name"] == "joint"
    assert found["net"]["cpu_s"] > 0


def test_a_pretrained_network_seeds_another_synth_through_the_knobs_they_share(
    planned, trainings, tmp_path
):
    narrowed = {"name": "narrowed", "synth": "subtractive", "fix": {"noise_level": 0.0}}
    comparison = planned(synth=narrowed, networks=[SHIPPED], strategies=[SEEDED])
    made, _ = proposed(comparison, tmp_path)
    assert len(made["net", "reachable"]) == len(comparison.space) == len(SPACE) - 1


def test_a_pretrained_network_of_other_parameters_is_refused(
    planned, trainings, tmp_path, monkeypatch, refused
):
    comparison = planned(networks=[SHIPPED], strategies=[SEEDED])
    folder = tmp_path / "shipped"
    copytree(shipped_networks()["subtractive"], folder)
    about = read_record(folder / "network.json")
    about["synth"]["parameters"][3]["high"] = 99.0
    write_record(folder / "network.json", about)
    monkeypatch.setattr(proposals, "shipped_networks", lambda: {"subtractive": folder})
    with refused("pretrained network", "high", "99", "ga-synth train"):
        proposed(comparison, tmp_path / "out")
    assert not list(tmp_path.glob("out/_networks/*/network.json"))
