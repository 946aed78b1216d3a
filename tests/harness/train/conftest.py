import pytest

from harness.plan.choice import Choice
from harness.plan.networks import NetworkPlan, checked_network
from harness.plan.registry import Registry
from synth.subtractive.parameters import SPACE

TINY = {
    "name": "features_mlp", "label": "net", "steps": 6, "epoch": 2, "seconds": 0.1,
    "sample_rate": 8000, "validation": 16, "batch": 8, "options": {"dense": 8},
}  # fmt: skip


@pytest.fixture(scope="session")
def space():
    return SPACE


@pytest.fixture(scope="session")
def synth():
    return Choice.model_validate("subtractive")


@pytest.fixture(scope="session")
def tiny_plan():
    """Makes the plan of a tiny network, with changes."""

    def make(**changes):
        return checked_network(
            NetworkPlan.model_validate(TINY | changes), Registry(), "networks[0]"
        )

    return make
