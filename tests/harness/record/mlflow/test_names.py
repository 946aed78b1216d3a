"""Names that MLflow takes, whatever ours are."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.record.mlflow.names import key, originals

TRICKY = st.text(st.sampled_from("ax:/._ -28(=é#"), max_size=12)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=f"sqlite:///{tmp_path_factory.mktemp('names')}/db")


@pytest.mark.parametrize("name", ["timbre", "osc1", "log_spectral", "amp-2", "osc 1: pitch", "a.b"])
def test_ordinary_names_stay_as_they_are(name):
    assert key("judge", name) == f"judge/{name}"
    assert key("diversity", name) == f"diversity/{name}"
    assert originals([(key("judge", name), name)]) == {}


@given(TRICKY, TRICKY)
def test_no_two_names_become_one(one, other):
    assert (key("error", one) == key("error", other)) == (one == other)
    assert (key("diversity", one) == key("diversity", other)) == (one == other)


def test_no_section_or_judge_takes_the_name_of_another_measure():
    ours = {"whole_distance", "sound_assembled", "evaluated_distance"}
    assert not {key("diversity", name) for name in ours} & {f"diversity/{name}" for name in ours}
    assert key("judge", "parameter_error") != "judge/parameter_error"


def test_mlflow_takes_them_all(client):
    names = [
        "a=b", "amp & env #1", "osc 1: pitch (Hz)", "", ".", "..", "/", "a//b", "../x", "a/", "\n",
        "x" * 400, "(" * 400, "y" * 399 + "z", "y" * 399 + "w", ":x28:", "🎹",
    ]  # fmt: skip
    run_id = client.create_run("0").info.run_id
    keys = [key("error", name) for name in names] + [key("diversity", name) for name in names]
    for one in keys:
        client.log_metric(run_id, one, 1.0)
        client.log_param(run_id, one, "1")
        client.set_tag(run_id, one, "1")
    assert set(client.get_run(run_id).data.metrics) == set(keys)
    assert len(set(keys)) == len(keys)


def test_a_tag_says_what_was_meant():
    pairs = [(key("error", name), name) for name in ("cutoff", "a=b")]
    assert json.loads(originals(pairs)["names"]) == {"error/a:x3d:b": "a=b"}
