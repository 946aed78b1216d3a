"""What is refused before Ray is started."""

from dataclasses import replace

import numpy as np
import pytest

from harness.plan.choice import Choice
from harness.train.training_job import training_job
from synth.sound import flac_bytes
from synth.space import ParameterSpace


def test_a_dataset_that_fits_is_taken(noise_set, tiny_plan, synth, tmp_path):
    dataset = noise_set()
    job = training_job(tiny_plan(dataset=dataset.path.name), synth, (), tmp_path)
    assert job.dataset == dataset.path.resolve()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sample_rate": 16_000}, ["sample_rate", "8000", "16000"]),
        ({"seconds": 0.2}, ["samples", "800", "1600"]),
    ],
)
def test_a_dataset_of_another_format_is_refused(
    noise_set, tiny_plan, synth, refused, changes, words
):
    plan = tiny_plan(dataset=str(noise_set().path), **changes)
    with refused("network 'net'", *words):
        training_job(plan, synth, (), noise_set().path)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "height"}, ["parameter 1", "'height'"]),
        ({"unit": "Hz"}, ["unit", "'Hz'"]),
        ({"high": 999.0}, ["high", "999.0"]),
        ({"circular": True}, ["circular", "True"]),
    ],
)
def test_a_dataset_with_as_many_other_parameters_is_refused(
    noise_set, tiny_plan, synth, refused, fields, words
):
    dataset = noise_set()
    first, *rest = synth.space
    other = replace(synth, space=ParameterSpace([replace(first, **fields), *rest]))
    with refused("network 'net'", str(dataset.path), *words):
        training_job(tiny_plan(dataset=str(dataset.path)), other, (), dataset.path)


def test_a_dataset_of_another_synth_or_version_is_refused(noise_set, tiny_plan, synth, refused):
    plan = tiny_plan(dataset=str(noise_set().path))
    with refused("'subtractive'", "'other'"):
        other = replace(synth, choice=Choice.model_validate("other"))
        training_job(plan, other, (), noise_set().path)
    with refused("version", "'9'"):
        training_job(plan, replace(synth, version="9"), (), noise_set().path)


def test_a_dataset_without_validation_items_is_refused(noise_set, tiny_plan, synth, refused):
    dataset = noise_set(size=2)
    with refused("network 'net'", "2 items", "validation", "larger"):
        training_job(tiny_plan(dataset=str(dataset.path)), synth, (), dataset.path)


def test_recordings_are_converted_to_the_format_of_the_network(tmp_path, tiny_plan, synth):
    sound = np.sin(np.arange(3000) * 0.3).astype(np.float32)
    (tmp_path / "a.flac").write_bytes(flac_bytes(sound, 16_000))
    job = training_job(tiny_plan(recordings=["a.flac"]), synth, (), tmp_path)
    assert [one.shape for one in job.recordings] == [(800,)]
