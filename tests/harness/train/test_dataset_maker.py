"""Datasets on real Ray."""

import hashlib

import numpy as np
import pytest

from harness.plan.choice import Choice
from harness.plan.registry import Registry
from harness.run.workers import Cluster
from harness.train.dataset import Dataset, DatasetPlan
from harness.train.dataset_maker import make_dataset

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


@pytest.fixture(scope="module")
def cluster():
    found = Cluster(2, None)
    with found:
        yield found


def digests(dataset):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in dataset.path.iterdir()
    }


def make(cluster, path, synth, space, cpus=2, files=(), plan=PLAN, listen=lambda _: None):
    dataset = Dataset(path)
    make_dataset(dataset, plan, synth, space, files, cluster, cpus, listen)
    return dataset


def test_the_same_bytes_on_any_number_of_workers_and_taken_up_again(
    cluster, tmp_path, synth, space
):
    two = make(cluster, tmp_path / "two", synth, space)
    assert two.whole()["replaced"]["silent"] > 0
    one = make(cluster, tmp_path / "one", synth, space, cpus=1)
    assert digests(one) == digests(two)

    class StopError(Exception):
        pass

    def stop(manifest):
        if len(manifest["shards"]) == 2:
            raise StopError

    with pytest.raises(StopError):
        make(cluster, tmp_path / "cut", synth, space, listen=stop)
    again = make(cluster, tmp_path / "cut", synth, space)
    assert digests(again) == digests(two)


def test_knobs_without_effect_are_told_and_the_dataset_says_when_there_is_no_more(
    cluster, tmp_path, refused
):
    file = tmp_path / "knobless.py"
    file.write_text(KNOBLESS)
    cls = Registry((file,)).get("synth", "knobless")
    arguments = (Choice.model_validate("knobless"), cls.space)
    ten = DatasetPlan(size=8, seed=1, sample_rate=8000, samples=800, shard=8)
    made = make(cluster, tmp_path / "ten", *arguments, files=(file,), plan=ten)
    genomes, _ = made.shard(made.whole(), 0)
    assert len(np.unique(np.floor(genomes[:, 0] * 10))) == 8
    assert made.whole()["replaced"]["equal to the ear"] > 0
    many = DatasetPlan(size=20, seed=1, sample_rate=8000, samples=800, shard=8)
    with refused("found no new sound"):
        make(cluster, tmp_path / "many", *arguments, files=(file,), plan=many)
