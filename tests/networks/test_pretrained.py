"""The network that ships fits the voice as it is, and is as good as its card says."""

import hashlib
import json

import numpy as np
import pytest

from benchmarks.proposals import AUDIO, examples, in_tune, reader_for, shares
from common.random import generator
from harness.plan.shipped import shipped_networks
from networks.model import load
from synth.subtractive.parameters import SPACE

FOLDER = shipped_networks()["subtractive"]
_LARGEST = 8_000_000


@pytest.fixture(scope="module")
def about():
    return json.loads((FOLDER / "network.json").read_text(encoding="utf-8"))


def test_its_file_is_the_one_that_is_described_and_small_enough(about):
    data = (FOLDER / "model.keras").read_bytes()
    assert hashlib.sha256(data).hexdigest() == about["sha256"]
    assert len(data) <= _LARGEST
    assert (FOLDER / "card.md").read_text(encoding="utf-8")


def test_it_was_trained_for_the_parameters_that_the_voice_has(about):
    assert [one["name"] for one in about["synth"]["parameters"]] == list(SPACE.names)
    ends = [(one["low"], one["high"], one["curve"]) for one in about["synth"]["parameters"]]
    assert ends == [(p.low, p.high, p.curve) for p in SPACE]
    plan = about["plan"]
    assert (plan["sample_rate"], plan["seconds"]) == (AUDIO.sample_rate, 4)


def test_it_knows_the_sounds_of_the_voice_as_it_is(tensorflow):
    """If the voice sounded otherwise than in training, it would be no better than chance."""
    reader = reader_for(load(FOLDER / "model.keras"))
    batch = examples(48, tame=True)
    assert reader.bits(batch) < -0.3
    proposals = reader.proposals(batch.given, 16, generator("pretrained test", 0))
    found = shares(proposals, batch.sounds)
    assert np.median(found["closest of 16 draws"]) < 0.8
    assert np.median(found["one render"]) < 1.0
    assert np.mean(in_tune(proposals, batch.sounds)) > 0.15
