"""Datasets, banks and actors on real Ray, which is started once for all of them."""

import hashlib

import numpy as np
import pytest
import ray

from harness.plan.choice import Choice
from harness.plan.experiment import BankPlan
from harness.plan.registry import Registry
from harness.run.code import code_here
from harness.train.actors import result_of, start_actor
from harness.train.bank import Bank
from harness.train.bank_maker import make_bank
from harness.train.dataset import EQUAL_SOUND, SILENT, Dataset, DatasetPlan
from harness.train.dataset_maker import make_dataset
from harness.train.example_synth import example_synth
from harness.train.network_store import network_folder
from harness.train.proposals import Proposer
from harness.train.run_context import RunContext
from harness.train.training_job import training_job
from harness.train.training_run import train

pytestmark = pytest.mark.slow

PLAN = DatasetPlan(size=90, seed=1, sample_rate=8000, samples=800, shard=32)

KNOBLESS = '''
import numpy as np
from synth.base import Synth
from synth.space import Parameter, ParameterSpace

class Knobless(Synth):
    """Ten sounds, whatever its knobs."""
    space = ParameterSpace([Parameter("a", "x", "", 0, 1), Parameter("b", "x", "", 0, 1)])

    def render_block(self, genomes):
        which = np.floor(genomes[:, 0] * 10)
        time = np.arange(self.samples) / self.sample_rate
        return np.sin(2 * np.pi * (200 + 150 * which[:, None]) * time).astype(np.float32)
'''


def digests(made):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in made.path.iterdir()
        if path.is_file() and path.name != "times.json"
    }


class StopError(Exception):
    """Ends what is being made."""


def make(cluster, path, synth, plan=PLAN, cpus=2, files=(), on_progress=lambda _: None):
    dataset = Dataset(path)
    make_dataset(dataset, plan, synth, RunContext(files, cluster, cpus, on_progress))
    return dataset


def test_a_dataset_has_the_same_bytes_on_any_number_of_workers_and_resumed(
    cluster, tmp_path, synth
):
    two = make(cluster, tmp_path / "two", synth)
    assert two.complete()["replaced"][SILENT] > 0
    one = make(cluster, tmp_path / "one", synth, cpus=1)
    assert digests(one) == digests(two)

    def stop(manifest):
        if len(manifest["shards"]) == 2:
            raise StopError

    with pytest.raises(StopError):
        make(cluster, tmp_path / "cut", synth, on_progress=stop)
    again = make(cluster, tmp_path / "cut", synth)
    assert digests(again) == digests(two)


def plugin(tmp_path, name, text):
    """A synth from a plug-in file."""
    file = tmp_path / f"{name}.py"
    file.write_text(text)
    registry = Registry((file,))
    space = registry.get("synth", name).space
    return example_synth(Choice.model_validate(name), space, registry), file


def test_knobs_without_effect_are_counted_and_a_lack_of_sounds_is_reported(
    cluster, tmp_path, refused
):
    knobless, file = plugin(tmp_path, "knobless", KNOBLESS)
    ten = DatasetPlan(size=8, seed=1, sample_rate=8000, samples=800, shard=8)
    made = make(cluster, tmp_path / "ten", knobless, ten, files=(file,))
    genomes, _ = made.shard(made.complete(), 0)
    assert len(np.unique(np.floor(genomes[:, 0] * 10))) == 8
    assert made.complete()["replaced"][EQUAL_SOUND] > 0
    many = DatasetPlan(size=20, seed=1, sample_rate=8000, samples=800, shard=8)
    with refused("no new sound", "smaller"):
        make(cluster, tmp_path / "many", knobless, many, files=(file,))


BROKEN = KNOBLESS.replace("class Knobless", "class Broken").replace(
    "    def render_block",
    "    def __init__(self, *_):\n        raise OSError('no such device')\n\n    def render_block",
)


def test_a_synth_that_cannot_be_made_is_reported_with_its_reason(cluster, tmp_path, refused):
    """Ray alone would report that the worker died."""
    broken, file = plugin(tmp_path, "broken", BROKEN)
    with refused("synth 'broken'", "OSError", "no such device"):
        make(cluster, tmp_path / "set", broken, files=(file,))


def test_a_bank_has_the_same_bytes_on_any_number_of_workers_and_resumed(cluster, tmp_path, synth):
    plan = BankPlan(size=5_000, seconds=0.1, sample_rate=16_000)

    def made(folder, cpus, on_progress=lambda _: None):
        bank = Bank(tmp_path / folder, plan, synth)
        make_bank(bank, RunContext((), cluster, cpus, on_progress))
        return bank

    two = made("two", 2)

    def stop(_):
        raise StopError

    with pytest.raises(StopError):
        made("one", 1, stop)
    resumed = Bank(tmp_path / "one", plan, synth)
    assert not resumed.complete
    assert resumed.has(0)
    rows = []
    assert digests(made("one", 1, rows.append)) == digests(two)
    assert [row["sounds"] for row in rows] == [4_096, 5_000]


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
    actor, started = start_actor({"num_cpus": 1}, code_here(()), Proposer, b"no model", 1, [])
    with refused("network 'net'", "not a model"):
        result_of(started, "network 'net'")
    ray.kill(actor)


def test_a_dead_actor_is_not_a_mistake_of_the_user(cluster):
    actor, _ = start_actor({"num_cpus": 1}, code_here(()), dict)
    ray.kill(actor)
    reference = actor.call.remote("keys")
    with pytest.raises(ray.exceptions.RayActorError):
        result_of(reference, "x")
