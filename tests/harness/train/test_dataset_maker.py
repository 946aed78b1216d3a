"""Datasets on real Ray."""

import hashlib

import numpy as np
import pytest

from harness.plan.choice import Choice
from harness.plan.registry import Registry
from harness.train.dataset import EQUAL_SOUND, SILENT, Dataset, DatasetPlan
from harness.train.dataset_maker import make_dataset
from harness.train.example_synth import example_synth
from harness.train.run_context import RunContext

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


def digests(dataset):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in dataset.path.iterdir()
    }


def make(cluster, path, synth, plan=PLAN, cpus=2, files=(), on_progress=lambda _: None):
    dataset = Dataset(path)
    make_dataset(dataset, plan, synth, RunContext(files, cluster, cpus, on_progress))
    return dataset


def test_the_same_bytes_on_any_number_of_workers_and_resumed(cluster, tmp_path, synth):
    two = make(cluster, tmp_path / "two", synth)
    assert two.complete()["replaced"][SILENT] > 0
    one = make(cluster, tmp_path / "one", synth, cpus=1)
    assert digests(one) == digests(two)

    class StopError(Exception):
        pass

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
