"""The synth ``narrowed``: what is fixed stays, what is left sounds as the whole synth does."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError
from harness.plan.experiment import Experiment
from harness.plan.narrowed import Narrowed
from harness.plan.resolve import resolve
from synth.subtractive.parameters import SPACE
from synth.subtractive.voice import Subtractive

RATE, SAMPLES = 8_000, 800


def narrowed(**options):
    return Narrowed(RATE, SAMPLES, **{"synth": "subtractive", **options})


def test_it_renders_what_the_whole_synth_renders():
    one = narrowed(fix={"cutoff": 800.0, "noise_level": 0.0}, range={"amp_attack": [0.0, 0.05]})
    assert len(one.space) == len(SPACE) - 2
    genomes = np.random.default_rng(0).random((20, len(one.space)))
    whole = one.complete(genomes)
    values = SPACE.to_values(whole)
    assert np.allclose(values[:, SPACE.index("cutoff")], 800.0)
    assert not values[:, SPACE.index("noise_level")].any()
    assert values[:, SPACE.index("amp_attack")].max() <= 0.05 + 1e-12
    expected = Subtractive(RATE, SAMPLES).render(whole)
    assert np.array_equal(one.render(genomes), expected)
    streamed = [np.array(block) for blocks in one.blocks(genomes[:16]) for block in blocks]
    assert np.array_equal(np.concatenate(streamed).T[:16], expected[:16])


@given(st.integers(0, 2**32 - 1))
def test_genomes_survive_the_way_to_the_whole_synth_and_back(seed):
    one = narrowed(
        fix={"level": 0.5}, range={"cutoff": [100.0, 900.0], "bend": [-1.0, 3.0], "note": [40, 41]}
    )
    genomes = np.random.default_rng(seed).random((3, len(one.space)))
    assert np.abs(one.reduced(one.complete(genomes)) - genomes).max() < 1e-9
    foreign = np.random.default_rng(seed).random((3, len(SPACE)))
    inside = one.reduced(foreign)
    assert ((inside >= 0) & (inside <= 1)).all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"fix": {"cutof": 1.0}}, ["cutof", "cutoff"]),
        ({"fix": {"cutoff": 1.0}}, ["cutoff 1", "20 to 20000 Hz"]),
        ({"range": {"cutoff": [30_000.0, 40_000.0]}}, ["30000", "allowed"]),
        ({"range": {"cutoff": [200.0, 100.0]}}, ["lowest"]),
        ({"range": {"cutoff": [200.0]}}, ["lowest"]),
        ({"fix": {"cutoff": 500.0}, "range": {"cutoff": [200.0, 900.0]}}, ["both"]),
        ({"fix": SPACE.describe(np.full(len(SPACE), 0.5))}, ["every knob is fixed"]),
    ],
)
def test_what_does_not_fit_is_refused(options, words):
    with pytest.raises(ValueError, match=r"knob|allowed|lowest") as caught:
        narrowed(**options)
    assert all(word in str(caught.value) for word in words)


def test_an_experiment_may_narrow_its_synth(tiny):
    synth = {"name": "narrowed", "synth": "subtractive", "fix": {"noise_level": 0.0}}
    comparison = resolve(Experiment.model_validate(tiny(synth=synth)), Path())
    assert len(comparison.space) == len(SPACE) - 1
    with pytest.raises(InputError, match="no_such_synth"):
        resolve(
            Experiment.model_validate(tiny(synth={**synth, "synth": "no_such_synth"})),
            Path(),
        )
