"""Randomness: the same key gives the same numbers, and no two purposes share any."""

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from common.random import generator, random_source, seed

KEYS = st.lists(st.one_of(st.integers(0, 2**70), st.text(max_size=4)), max_size=4)


@given(KEYS)
def test_the_same_key_gives_the_same_numbers(key):
    assert generator("a", *key).random() == generator("a", *key).random()
    assert seed("a", *key) == int(random_source("a", *key).generate_state(1)[0])


@given(KEYS, KEYS)
def test_another_key_or_domain_gives_other_numbers(one, other):
    assert seed("a", *one) != seed("b", *one)
    assert one == other or seed("a", *one) != seed("a", *other)


def test_keys_of_zeros_differ_by_their_length():
    # What NumPy itself does not tell apart.
    assert np.random.default_rng([0, 0]).random() == np.random.default_rng([0, 0, 0]).random()
    assert generator("a", 0, 0).random() != generator("a", 0, 0, 0).random()


def test_every_use_of_randomness_has_a_domain():
    """Where a seed comes from outside as a number, or a constant draws test patches, is listed."""
    allowed = {
        "common/random.py",  # the one place that makes generators from domains
        "harness/plan/targets.py",  # contrived targets keep their sounds
        "harness/run/trial/advance.py",  # from a trial's own source
        "harness/run/trial/assemble.py",
        "harness/run/trial/plan.py",
    }
    root = Path(__file__).parents[2]
    for package in ("harness/plan", "harness/run", "harness/train", "harness/api", "networks"):
        for file in (root / package).rglob("*.py"):
            name = str(file.relative_to(root))
            if "default_rng(" in file.read_text(encoding="utf-8"):
                assert name in allowed, name


def test_a_contrived_target_and_a_dataset_share_no_genomes():
    from harness.train.dataset import DatasetPlan, draw_genomes

    plan = DatasetPlan(4, 0, 8000, 800)
    drawn = draw_genomes(plan, 46, [0], [0])
    assert not np.isin(drawn, np.random.default_rng([0, 0]).random(46)).any()
