"""The trainer, in this process."""

import numpy as np
import pytest

from harness.train.training_actor import Trainer
from harness.train.training_job import TrainingJob
from networks.training import StopReason

STAGES = {"name": "knobs+sound", "pretrain": 0.5, "directions": 2}


@pytest.fixture
def trainer(tiny_plan, synth):
    def make(recordings=(), dataset=None, **changes):
        return Trainer(TrainingJob(tiny_plan(**changes), synth, (), recordings, dataset))

    return make


@pytest.fixture(scope="module")
def uninterrupted(tiny_plan, synth):
    """A trainer of two stages that trained to the end, with its rows."""
    made = Trainer(TrainingJob(tiny_plan(objective=STAGES), synth, (), (), None))
    return made, followed(made)


def followed(trainer):
    rows = []
    while not (rows and rows[-1]["stopped"]):
        rows.append(trainer.epoch())
    return rows


def measured(row):
    return [row[key] for key in ("number", "stage", "step", "loss", "bits", "log2_distance")]


def test_resumed_it_ends_where_it_would_have_ended(trainer, uninterrupted):
    whole, rows = uninterrupted
    assert [row["stage"] for row in rows] == [0, 0, 1, 1]
    assert [row["stopped"] for row in rows] == ["", "", "", StopReason.ALL_STEPS]
    assert rows[-1]["message"]
    (model, about) = whole.finish()
    assert about["examples"] == 48
    assert len(model) > 1000
    cut, first = trainer(objective=STAGES), []
    # In either stage.
    for epochs in (1, 3):
        first += [cut.epoch() for _ in range(epochs - len(first))]
        resumed = trainer(objective=STAGES)
        resumed.load(cut.state())
        assert [measured(r) for r in [*first, *followed(resumed)]] == [measured(r) for r in rows]
        assert resumed.finish()[1]["test"] == about["test"]


@pytest.mark.parametrize(
    ("objective", "each"),
    [
        ("knobs", 1),
        ({"name": "sound", "directions": 3}, 7),
        ({"name": "reinforce", "draws": 5}, 6),
        ({"name": "neuroevolution", "population": 4}, 9),
    ],
)
def test_every_method_trains_and_counts_its_renders(trainer, objective, each):
    made = trainer(objective=objective, batch=4)
    rows = followed(made)
    assert all(np.isfinite(row["loss"]) for row in rows)
    _, about = made.finish()
    assert about["examples"] == 24
    assert about["renders"] == 24 * each
    assert set(about["test"]) >= {"one_render_share", "coverage_90", "errors", "covered"}
    assert len(about["test"]["errors"]) == 46


def test_recordings_are_used_when_sounds_are_compared(trainer, uninterrupted):
    recording = np.sin(np.arange(800) * 0.6).astype(np.float32)
    with_, (_, without) = followed(trainer([recording], objective=STAGES)), uninterrupted
    assert all(np.isfinite(row["loss"]) for row in with_)
    # Knobs are learnt from the same examples, sound from others.
    assert [a["loss"] == b["loss"] for a, b in zip(with_, without, strict=True)] == [
        True, True, False, False,
    ]  # fmt: skip


def test_splits_and_stages_have_examples_of_their_own(trainer):
    made = trainer(objective="knobs+sound")
    sources = [made._source(name, 4)(0).genes for name in ("train", "validation", "test")]
    made._stage = 1
    sources.append(made._source("train", 4)(0).genes)
    assert len(np.unique(np.concatenate(sources), axis=0)) == 16


def test_with_a_dataset_renders_are_its_size(trainer, noise_set):
    made = trainer(dataset=noise_set().path)
    followed(made)
    _, about = made.finish()
    assert about["renders"] == 300
    assert about["test"]["examples"] == 16
