"""Actors on real Ray: their failures are reported with the reason."""

import pytest
import ray

from harness.train.actors import result_of, start_actor
from harness.train.network_store import network_folder
from harness.train.proposals import Proposer
from harness.train.run_context import RunContext
from harness.train.training_job import training_job
from harness.train.training_run import train

pytestmark = pytest.mark.slow


def test_a_damaged_shard_is_reported_at_once(
    cluster, noise_set, tiny_plan, synth, tmp_path, refused
):
    dataset = noise_set()
    job = training_job(tiny_plan(dataset=str(dataset.path)), synth, (), tmp_path)
    shard = dataset.path / "shard-00000.zip"
    shard.write_bytes(shard.read_bytes()[:-7])
    folder = network_folder(tmp_path, "net", "0" * 16)
    with refused("network 'net'", "shard-00000.zip", "damaged"):
        train(job, folder, RunContext((), cluster, 1))
    assert not folder.trained


def test_a_model_that_cannot_be_loaded_is_reported_at_once(cluster, refused):
    actor, started = start_actor({"num_cpus": 1}, Proposer, b"no model", 1)
    with refused("network 'net'", "not a model"):
        result_of(started, "network 'net'")
    ray.kill(actor)


def test_a_dead_actor_is_not_a_mistake_of_the_user(cluster):
    actor, _ = start_actor({"num_cpus": 1}, dict)
    ray.kill(actor)
    reference = actor.call.remote("keys")
    with pytest.raises(ray.exceptions.RayActorError):
        result_of(reference, "x")
