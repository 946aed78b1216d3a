"""What searches see of candidates: measures and parts, of sounds that are streamed or whole."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fitness.measures import Measures
from fitness.streaming import SoundStream
from harness.plan.experiment import Experiment
from harness.plan.resolve import resolve
from harness.run.broken import WORST
from harness.run.evaluator import Evaluator
from harness.run.problem import problem_of
from simd import LANES
from simd.blocks import blocks_of
from synth.subtractive.voice import Subtractive

RATE = 8_000
# The second has a part that needs whole sounds.
PARTS = {
    "streamed": {"waveform": 1.0, "mfcc": 2.0, "loudness": 0.5},
    "whole": {"pitch": 1.0, "mfcc": 2.0},
}
FITNESS = [{"name": "weighted", "label": label, "parts": parts} for label, parts in PARTS.items()]


@pytest.fixture(scope="module")
def problem():
    given = {
        "name": "seen", "budget": 40, "population": 20, "judges": [], "strategies": ["random"],
        "targets": [{"contrived": 2, "seconds": 0.4, "sample_rate": RATE}],
        "fitness": [*FITNESS, "spectrogram"],
    }  # fmt: skip
    return problem_of(resolve(Experiment.model_validate(given), Path()), "contrived_2")


@pytest.fixture(params=["mono", "stereo"])
def bound(request, problem):
    (left,) = problem.sounds
    sounds = [left] if request.param == "mono" else [left, left[::-1] / 3]
    return Evaluator(replace(problem, sounds=np.array(sounds, np.float32)))


@pytest.fixture
def genomes():
    """More than one group, the last not full."""
    return np.random.default_rng(3).random((LANES + 5, len(Subtractive.space)))


@pytest.mark.parametrize("label", ["streamed", "whole", "spectrogram"])
def test_parts_sum_up_to_the_distance_and_change_none(bound, genomes, label):
    labels = [label, "spectrogram"]
    alone = bound.evaluate(genomes, labels)
    found = bound.evaluate(genomes, labels, sees=("parts",), of=label)
    for one in labels:
        np.testing.assert_array_equal(found[one], alone[one])
    parts = bound.sight.parts
    assert parts.shape == (len(genomes), len(PARTS.get(label, ["all"])))
    np.testing.assert_allclose(parts.sum(axis=1), found[label], rtol=1e-12)
    assert bound.sight.measures.size == bound.sight.guide.size == 0
    assert not bound.sight.residuals


@pytest.mark.parametrize("label", ["streamed", "whole"])
def test_measures_are_those_of_the_sounds_less_those_of_the_target(bound, genomes, label):
    bound.evaluate(genomes, [label], sees=("measures", "parts"), of=label)
    measures = Measures(bound.problem.sounds[0], RATE)
    stream = SoundStream([measures])
    wanted = []
    for start in range(0, len(genomes), LANES):
        sounds = bound.render(genomes[start : start + LANES])
        stream.begin(len(sounds))
        for block in blocks_of(sounds):
            stream.push(block)
        stream.end()
        wanted.append(measures.measured(stream.sums(0))[: len(sounds)] - measures.of_target)
    np.testing.assert_array_equal(bound.sight.measures, np.concatenate(wanted))
    assert len(bound.sight.parts) == len(genomes)


@pytest.mark.parametrize("label", ["streamed", "whole"])
def test_everything_can_be_seen_at_once(bound, genomes, label):
    found = bound.evaluate(genomes, [label], sees=("views", "measures", "parts"), of=label)
    sight, channels = bound.sight, len(bound.problem.sounds)
    assert len(sight.residuals) == 4
    assert {len(one) for one in (*sight.residuals, *sight[1:], found[label])} == {len(genomes)}
    bound.evaluate(genomes, [label], sees=("views",))
    for one, other in zip(sight.residuals, bound.sight.residuals, strict=True):
        np.testing.assert_array_equal(one, other)
        assert one.shape[1] % channels == 0


@pytest.mark.parametrize("label", ["streamed", "whole"])
@pytest.mark.parametrize("value", [np.nan, 1e18])
def test_a_broken_sound_is_the_worst_in_every_part(bound, genomes, monkeypatch, label, value):
    stream = Subtractive._blocks

    def spoiled(self, *args):
        for block in stream(self, *args):
            changed = block.copy()
            changed[7, 2] = value
            yield changed

    monkeypatch.setattr(Subtractive, "_blocks", spoiled)
    bound.evaluate(genomes, [label], sees=("measures", "parts"), of=label)
    broken = np.arange(len(genomes)) % LANES == 2
    assert (bound.sight.parts[broken] == WORST).all()
    assert (bound.sight.parts[~broken] < WORST).all()
    assert (np.abs(bound.sight.measures) <= 1).all()
