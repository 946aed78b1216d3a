from dataclasses import replace

import pytest

from harness.plan.choice import Choice
from harness.plan.experiment import Experiment
from harness.record.mlflow.networks import EXPERIMENT, STORE
from harness.record.packing import pack
from harness.train.network_store import network_folder
from synth.space import ParameterSpace

FOUND = {"weights": 1, "test": {}}


@pytest.fixture
def stored(tmp_path, tiny_plan, synth):
    folder = network_folder(tmp_path, "net", "0123456789abcdef")
    folder.save(tiny_plan(), synth, b"model", FOUND)
    return folder


def changed(synth, **fields):
    """The synth with another first parameter."""
    first, *rest = synth.space
    return replace(synth, space=ParameterSpace([replace(first, **fields), *rest]))


def test_a_network_is_found_by_its_key_under_any_label(stored, tmp_path, synth):
    again = network_folder(tmp_path, "renamed", "0123456789abcdef")
    assert again.path == stored.path
    assert again.trained
    assert again.model(synth) == b"model"
    assert again.about()["plan"]["name"] == "features_mlp"
    assert not network_folder(tmp_path, "net", "f" * 16).trained
    # Half a key is not enough.
    assert not network_folder(tmp_path, "net", "01234567" + "f" * 8).trained


@pytest.mark.parametrize("name", [STORE, EXPERIMENT])
def test_no_experiment_can_have_the_name_of_the_store(tiny, name):
    with pytest.raises(ValueError, match="name"):
        Experiment.model_validate(tiny(name=name))


def test_another_model_in_its_place_is_refused(stored, synth, refused):
    (stored.path / "model.keras").write_bytes(b"other")
    with refused("model.keras", "damaged", "train it again"):
        stored.model(synth)
    (stored.path / "model.keras").unlink()
    with refused("cannot read model.keras"):
        stored.model(synth)


def test_another_synth_is_refused_with_what_differs(stored, synth, refused):
    name = synth.space[0].name
    cases = [
        (replace(synth, choice=Choice.model_validate("other")), ["'subtractive'", "'other'"]),
        (replace(synth, version="9"), ["version", "'9'"]),
        (changed(synth, name="pitch"), ["parameter 1", repr(name), "'pitch'"]),
        (changed(synth, unit="Hz"), ["unit", repr(name), "'Hz'"]),
        (changed(synth, high=999.0), ["high", repr(name), "999.0"]),
    ]
    for other, words in cases:
        for use in (stored.check, stored.model):
            with refused(str(stored.path), *words):
                use(other)


def test_training_is_not_resumed_with_another_synth(tmp_path, synth, refused):
    folder = network_folder(tmp_path, "net", "0" * 16)
    folder.begin(synth)
    folder.begin(synth)
    with refused("another synth", "unit", "'Hz'"):
        folder.begin(changed(synth, unit="Hz"))


def test_epochs_after_a_checkpoint_are_written_again(tmp_path):
    folder = network_folder(tmp_path, "net", "0" * 16)
    for number in range(3):
        folder.add_epoch({"number": number, "loss": 1.0}, None)
    folder.add_epoch({"number": 1, "loss": 2.0}, pack({"a": 1}))
    assert [(row["number"], row["loss"]) for row in folder.history()] == [(0, 1.0), (1, 2.0)]
    assert folder.checkpoint() == pack({"a": 1})


def test_training_starts_from_scratch_where_a_checkpoint_is_damaged(tmp_path):
    folder = network_folder(tmp_path, "net", "0" * 16)
    assert folder.checkpoint() is None
    folder.add_epoch({"number": 0}, b"no checkpoint")
    assert folder.checkpoint() is None
