import numpy as np
import pytest

from harness.plan.choice import Choice
from harness.plan.networks import NetworkPlan, checked_network
from harness.plan.registry import Registry
from harness.run.workers import Cluster
from harness.train.dataset import Dataset, DatasetPlan, draw_genomes
from harness.train.example_synth import example_synth
from synth.subtractive.parameters import SPACE

TINY = {
    "name": "features_mlp", "label": "net", "steps": 6, "epoch": 2, "seconds": 0.1, "threads": 1,
    "sample_rate": 8000, "validation": 16, "batch": 8, "options": {"dense": 8},
}  # fmt: skip


@pytest.fixture(scope="session")
def space():
    return SPACE


@pytest.fixture(scope="session")
def synth():
    return example_synth(Choice.model_validate("subtractive"), SPACE, Registry())


@pytest.fixture(scope="session")
def tiny_plan():
    """Make the plan of a tiny network, with changes."""

    def make(**changes):
        return checked_network(
            NetworkPlan.model_validate(TINY | changes), Registry(), "networks[0]"
        )

    return make


@pytest.fixture
def noise_set(tmp_path, synth, space):
    """Make a complete dataset of noise, which fits the tiny plan."""

    def make(size=300):
        plan = DatasetPlan(size=size, seed=3, sample_rate=8000, samples=800, shard=size)
        made = Dataset(tmp_path / f"set{size}")
        genomes = draw_genomes(plan, len(space), range(size), [0] * size)
        sounds = np.random.default_rng(0).normal(size=(size, 800)).astype(np.float32)
        made.add(made.begin(plan, synth), genomes, sounds, {})
        return made

    return make


@pytest.fixture(scope="module")
def cluster():
    """Ray with two CPUs, started once for all tests of a file, and ended for those of the next."""
    found = Cluster(2, None)
    with found:
        yield found
