import pytest

from harness.plan.choice import Choice
from harness.record.packing import pack
from harness.train.network_store import network_folder
from synth.space import Parameter, ParameterSpace

FOUND = {"weights": 1, "test": {}}


@pytest.fixture
def kept(tmp_path, tiny_plan, synth, space):
    folder = network_folder(tmp_path, "net", "0123456789abcdef")
    folder.keep(tiny_plan(), synth, space, b"model", FOUND)
    return folder


def test_what_was_kept_is_found_by_its_key_under_any_label(kept, tmp_path, synth, space):
    again = network_folder(tmp_path, "renamed", "0123456789abcdef")
    assert again.path == kept.path
    assert again.trained
    assert again.model(synth, space) == b"model"
    assert again.about()["plan"]["name"] == "features_mlp"
    assert not network_folder(tmp_path, "net", "f" * 16).trained


def test_another_model_in_its_place_is_refused(kept, synth, space, refused):
    (kept.path / "model.keras").write_bytes(b"other")
    with refused("model.keras is damaged or another", "train it anew"):
        kept.model(synth, space)
    (kept.path / "model.keras").unlink()
    with refused("cannot read model.keras"):
        kept.model(synth, space)


def test_another_synth_or_other_parameters_are_refused_duration(kept, synth, space, refused):
    with refused("was trained for synth 'subtractive', not 'other'"):
        kept.model(Choice.model_validate("other"), space)
    first = Parameter("pitch", "pitch", "", 0, 1)
    with refused("other parameters: 'note' where 'pitch' is"):
        kept.model(synth, ParameterSpace([first, *list(space)[1:]]))
    with refused(f"other parameters: {len(space)} where there are {len(space) - 1}"):
        kept.model(synth, ParameterSpace(list(space)[:-1]))


def test_epochs_after_a_checkpoint_are_noted_again(tmp_path):
    folder = network_folder(tmp_path, "net", "0" * 16)
    for number in range(3):
        folder.note({"number": number, "loss": 1.0}, None)
    folder.note({"number": 1, "loss": 2.0}, pack({"a": 1}))
    assert [(row["number"], row["loss"]) for row in folder.history()] == [(0, 1.0), (1, 2.0)]
    assert folder.checkpoint() == pack({"a": 1})


def test_training_begins_anew_where_a_checkpoint_is_damaged(tmp_path):
    folder = network_folder(tmp_path, "net", "0" * 16)
    assert folder.checkpoint() is None
    folder.note({"number": 0}, b"no checkpoint")
    assert folder.checkpoint() is None
