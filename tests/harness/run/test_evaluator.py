"""A bound problem: sound scored while it is made, and what goes wrong on the way."""

from pathlib import Path

import numpy as np
import pytest

from harness.plan.comparison import Comparison
from harness.plan.experiment import Experiment
from harness.run.evaluator import Evaluator
from harness.run.problem import PluginError, problem_of
from harness.run.trial import TrialRun
from simd import BLOCK, LANES
from synth.subtractive.voice import Subtractive

RATE = 8_000
FITNESS = ["fft_series", "log_spectral", "loudness", "mfcc", "multi_scale_spectral", "pitch",
           "spectral_envelope", "spectrogram", "spectrogram_series", "waveform",
           {"name": "weighted", "parts": {"waveform": 1.0, "mfcc": 2.0}},
           {"name": "weighted", "label": "mixed", "parts": {"pitch": 1, "mfcc": 2}}]  # fmt: skip


@pytest.fixture(scope="module")
def bound():
    """A target of 0.7 s, longer than two blocks, with every fitness there is."""
    given = {
        "name": "bound", "budget": 40, "population": 20, "judges": [], "strategies": ["random"],
        "targets": [{"contrived": 2, "seconds": 0.7, "sample_rate": RATE}], "fitness": FITNESS,
    }  # fmt: skip
    comparison = Comparison(Experiment.model_validate(given), Path())
    return Evaluator(problem_of(comparison, "contrived_2"))


@pytest.fixture
def genomes():
    """More than two groups, the last not full."""
    return np.random.default_rng(3).random((2 * LANES + 3, len(Subtractive.space)))


def labels_of(bound):
    return sorted(bound.problem.distances)


def test_heard_while_rendered_distances_are_those_of_whole_sounds(bound, genomes):
    assert bound.problem.sounds.shape[1] > 2 * BLOCK
    sounds = bound.render(genomes)
    for label in labels_of(bound):
        found = bound.evaluate(genomes, [label])[label]
        np.testing.assert_array_equal(found, bound.score(label, sounds), err_msg=label)


def test_several_distances_share_one_render(bound, genomes):
    labels = ["fft_series", "spectrogram", "waveform", "weighted"]
    before = bound.renders
    together = bound.evaluate(genomes, labels)
    assert bound.renders - before == len(genomes)
    assert list(together) == sorted(labels)
    for label in labels:
        np.testing.assert_array_equal(together[label], bound.evaluate(genomes, [label])[label])


def test_no_genomes_have_no_distances(bound, genomes):
    for labels in (["waveform"], ["pitch"]):
        assert bound.evaluate(genomes[:0], labels)[labels[0]].shape == (0,)


def counted(bound, monkeypatch):
    """Counts the samples that are rendered."""
    samples = []
    stream = Subtractive._blocks

    def counting(self, *args):
        for block in stream(self, *args):
            samples.append(len(block))
            yield block

    monkeypatch.setattr(Subtractive, "_blocks", counting)
    return samples


@pytest.mark.parametrize("label", ["fft_series", "waveform", "spectrogram_series"])
def test_sixteen_that_are_all_beyond_the_limit_are_not_heard_to_their_end(
    bound, genomes, monkeypatch, label
):
    exact = bound.evaluate(genomes, [label])[label]
    order = np.argsort(exact)
    limit = exact[order[5]]
    sorted_genomes, wanted = genomes[order], exact[order]
    samples = counted(bound, monkeypatch)
    renders = bound.renders
    found = bound.evaluate(sorted_genomes, [label], limit)[label]
    # The first sixteen hold some that are near, the others are beyond.
    np.testing.assert_array_equal(found[:LANES], wanted[:LANES])
    given_up = np.isinf(found)
    np.testing.assert_array_equal(found[~given_up], wanted[~given_up])
    assert (wanted[given_up] > limit).all()
    assert bound.renders - renders == len(genomes)
    whole = 3 * bound.problem.sounds.shape[1]
    assert sum(samples) < whole if given_up.any() else sum(samples) == whole


def test_a_distance_that_may_still_fall_is_heard_to_its_end(bound, genomes, monkeypatch):
    samples = counted(bound, monkeypatch)
    found = bound.evaluate(genomes, ["loudness"], 0.0)["loudness"]
    assert np.isfinite(found).all()
    assert sum(samples) == 3 * bound.problem.sounds.shape[1]


def test_giving_up_changes_no_row_of_a_trial(small, monkeypatch):
    """A search in which the best survive, with the limit and without it."""
    from harness.run.jobs import perform

    long = {"contrived": 1, "seconds": 0.6, "sample_rate": RATE}
    comparison = small(
        search={"name": "ga", "survival": "best"}, fitness=["waveform"], targets=[long],
        budget=200, population=5,
    )  # fmt: skip
    evaluate, given_up = Evaluator.evaluate, 0

    def noting(self, genomes, labels, limit=np.inf):
        nonlocal given_up
        found = evaluate(self, genomes, labels, limit)
        given_up += int(np.isinf(found["waveform"]).sum())
        return found

    def rows(trial, patched):
        monkeypatch.setattr(Evaluator, "evaluate", patched)
        bound = Evaluator(problem_of(comparison, trial.target))
        run, found = TrialRun(comparison, trial), []
        while not run.finished:
            jobs = run.jobs()
            found.append(run.advance(jobs, [perform(j, bound, comparison.registry) for j in jobs]))
        return found

    for trial in comparison.trials(["seed=0"]):
        hasty = rows(trial, noting)
        assert hasty == rows(trial, lambda self, g, labels, limit=None: evaluate(self, g, labels))
    assert given_up > 0


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda block: block * np.nan, "synth 'subtractive' gave NaN or infinity"),
        (lambda block: block[:, :3], r"gave ndarray of shape \(2048, 3\), 5600 samples to go"),
        (lambda block: np.concatenate([block, block]), "samples to go"),
        (lambda block: block[:-1], "gave blocks that end 3 samples early"),
    ],
)
def test_blocks_that_do_not_fit_are_named(bound, genomes, monkeypatch, spoil, message):
    stream = Subtractive._blocks
    monkeypatch.setattr(Subtractive, "_blocks", lambda self, *args: map(spoil, stream(self, *args)))
    with pytest.raises(PluginError, match=message):
        bound.evaluate(genomes, ["waveform"])


def test_whoever_raises_while_hearing_is_named(bound, genomes, monkeypatch):
    def fall_over(self, ear, sums):
        raise RuntimeError("no\nluck")

    monkeypatch.setattr("fitness.spectrogram.Spectrogram.hear", fall_over)
    with pytest.raises(PluginError, match=r"^fitness 'spectrogram' raised RuntimeError: no$"):
        bound.evaluate(genomes, ["fft_series", "spectrogram", "waveform"])


def test_render_and_score_share_the_cpu_seconds(bound, genomes):
    bound.render_s = bound.score_s = 0.0
    bound.evaluate(genomes, ["multi_scale_spectral"])
    assert 0 < bound.render_s < bound.score_s < 5
