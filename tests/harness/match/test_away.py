"""Kept away from a patch: the knobs that must move cannot be where they are in it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.match.away import away_from, movable, reseeded
from harness.match.finish import Finisher
from harness.match.plan import planned
from synth.space import Parameter, ParameterSpace
from synth.subtractive.parameters import SPACE


@pytest.fixture(scope="module")
def narrowed(tmp_path_factory):
    """A plan with a known knob and a known range, and its finisher."""
    from harness.match.options import MatchOptions
    from synth.sound import flac_bytes

    from .conftest import RATE, voice

    folder = tmp_path_factory.mktemp("away")
    (folder / "a.flac").write_bytes(flac_bytes(voice(), RATE))
    options = MatchOptions(
        fix={"resonance": 0.5}, ranges={"cutoff": (500.0, 5_000.0)}, bank=64, budget=40, out=folder
    )
    plan = planned(folder / "a.flac", options)
    return plan, Finisher(plan)


@given(seed=st.integers(0, 10_000), count=st.integers(1, 6))
@settings(max_examples=20, deadline=None)
def test_moved_knobs_are_elsewhere_and_all_that_is_known_stays(narrowed, seed, count):
    plan, finisher = narrowed
    random = np.random.default_rng(seed)
    found = finisher.found(plan.complete(random.random((1, len(plan.comparison.space))))[0])
    genes = random.choice(movable(plan.comparison.space), count, replace=False).tolist()
    away = away_from(plan, found, genes)
    inside = away.complete(random.random((8, len(away.comparison.space))))
    before = plan.reduced(found.genome[None])[0]
    after = plan.reduced(inside)
    assert np.abs(after[:, genes] - before[genes]).min() >= 0.3 - 1e-6
    values = plan.space.to_values(inside)
    assert np.allclose(values[:, SPACE.index("resonance")], 0.5)
    cutoff = values[:, SPACE.index("cutoff")]
    assert cutoff.min() >= 499.9
    assert cutoff.max() <= 5_000.1


def test_what_the_target_tells_and_switches_do_not_move():
    assert {"note", "onset", "level"}.isdisjoint(SPACE.names[gene] for gene in movable(SPACE))
    two = Parameter("mode", "filter", "", 0.0, 1.0, steps=2)
    assert movable(ParameterSpace([two, Parameter("cut", "filter", "", 0.0, 1.0)])) == [1]


def test_every_search_has_its_own_seed_and_ends_only_when_it_is_spent(sound, asked):
    plan = planned(sound, asked(stop_below=0.5))
    seeds = {reseeded(plan, number).comparison.experiment.seed for number in range(1, 20)}
    assert len(seeds) == 19
    assert reseeded(plan, 1).options.stop_below is None
