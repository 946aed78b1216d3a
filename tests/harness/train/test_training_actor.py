"""The trainer in this process."""

import numpy as np
import pytest

from harness.plan.choice import Choice
from harness.train.dataset import Dataset, DatasetPlan, drawn
from harness.train.proposals import fitting_dataset, recordings_of
from harness.train.training_actor import Trainer
from synth.sound import flac_bytes


@pytest.fixture
def trainer(tiny_plan, synth):
    def make(recordings=(), dataset=None, **changes):
        return Trainer(tiny_plan(**changes), synth, (), 1, recordings, dataset)

    return make


def followed(trainer):
    rows = []
    while not (rows and rows[-1]["stopped"]):
        rows.append(trainer.epoch())
    return rows


def measured(row):
    return [row[key] for key in ("number", "stage", "step", "loss", "bits", "log2_distance")]


@pytest.mark.parametrize("objective", ["knobs", "knobs+sound"])
def test_taken_up_again_it_ends_where_it_would_have_ended(trainer, objective):
    whole = trainer(objective=objective)
    rows = followed(whole)
    cut = trainer(objective=objective)
    first = [cut.epoch() for _ in range(2)]
    again = trainer(objective=objective)
    again.load(cut.state())
    assert [measured(r) for r in [*first, *followed(again)]] == [measured(r) for r in rows]
    (model, about), (same, other) = whole.finish(), again.finish()
    assert about["test"] == other["test"]
    assert about["examples"] == other["examples"] == 48
    assert len(model) > 1000
    assert len(same) > 1000


def test_stages_follow_each_other(trainer):
    rows = followed(trainer(objective={"name": "knobs+sound", "pretrain": 0.5}))
    assert [row["stage"] for row in rows] == [0, 0, 1, 1]
    assert [row["stopped"] for row in rows] == ["", "", "", "all steps are done"]


@pytest.mark.parametrize(
    ("objective", "each"),
    [
        ("knobs", 1),
        ({"name": "sound", "directions": 3}, 7),
        ({"name": "reinforce", "draws": 5}, 6),
        ({"name": "neuroevolution", "population": 4}, 9),
    ],
)
def test_every_way_trains_and_counts_its_renders(trainer, objective, each):
    made = trainer(objective=objective, batch=4)
    rows = followed(made)
    assert all(np.isfinite(row["loss"]) for row in rows)
    _, about = made.finish()
    assert about["examples"] == 24
    assert about["renders"] == 24 * each
    assert set(about["test"]) >= {"one_render_share", "coverage_90", "errors", "covered"}
    assert len(about["test"]["errors"]) == 46


def test_recordings_are_heard_when_it_learns_by_sound(trainer, tmp_path, tiny_plan):
    sound = np.sin(np.arange(3000) * 0.3).astype(np.float32)
    (tmp_path / "a.flac").write_bytes(flac_bytes(sound, 16_000))
    heard = recordings_of(tiny_plan(recordings=["a.flac"]), tmp_path)
    assert [len(one) for one in heard] == [800]
    by_sound = trainer(heard, objective={"name": "knobs+sound", "pretrain": 0.5})
    plain = trainer(objective={"name": "knobs+sound", "pretrain": 0.5})
    with_, without = (followed(one) for one in (by_sound, plain))
    assert all(np.isfinite(row["loss"]) for row in with_)
    # Knobs are learnt from the same examples, sound from others.
    assert [a["loss"] == b["loss"] for a, b in zip(with_, without, strict=True)] == [
        True, True, False, False,
    ]  # fmt: skip


@pytest.fixture
def dataset(tmp_path, synth, space):
    plan = DatasetPlan(size=300, seed=3, sample_rate=8000, samples=800, shard=300)
    made = Dataset(tmp_path / "set")
    genomes = drawn(plan, len(space), range(300), [0] * 300)
    sounds = np.random.default_rng(0).normal(size=(300, 800)).astype(np.float32)
    made.add(made.begin(plan, synth, space, "1"), genomes, sounds, {})
    return made


def test_from_a_dataset_renders_are_its_size(trainer, dataset):
    made = trainer(dataset=dataset.path)
    followed(made)
    _, about = made.finish()
    assert about["renders"] == 300
    assert about["test"]["examples"] == 16


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"sample_rate": 16_000}, ["sample_rate is 8000", "16000"]), ({"seconds": 0.2}, ["samples"])],
)
def test_a_dataset_of_another_kind_is_refused(
    dataset, tiny_plan, synth, space, refused, changes, words
):
    fits = tiny_plan(dataset=str(dataset.path))
    fitting_dataset(fits, dataset.path, synth, space)
    with refused("network 'net'", *words):
        fitting_dataset(tiny_plan(dataset=str(dataset.path), **changes), dataset.path, synth, space)
    with refused("its synth is 'subtractive'; the network wants 'other'"):
        fitting_dataset(fits, dataset.path, Choice.model_validate("other"), space)
