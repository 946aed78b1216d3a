"""A bound problem: sound scored while it is made, and what goes wrong on the way."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from common.blame import PluginError
from fitness.streaming import SoundStream
from fitness.views import Views
from fitness.waveform import Waveform
from harness.plan.experiment import Experiment
from harness.plan.resolve import resolve
from harness.run.broken import WORST
from harness.run.evaluator import Evaluator
from harness.run.problem import problem_of
from simd import BLOCK_SAMPLES, LANES
from synth.subtractive.voice import Subtractive

RATE = 8_000
FITNESS = ["fft_series", "log_spectral", "loudness", "mfcc", "multi_scale_spectral", "pitch",
           "spectral_envelope", "spectral_transport", "spectrogram", "spectrogram_series", "timbre",
           "waveform",
           {"name": "weighted", "parts": {"waveform": 1.0, "mfcc": 2.0}},
           {"name": "weighted", "label": "mixed", "parts": {"pitch": 1, "mfcc": 2}}]  # fmt: skip


@pytest.fixture(scope="module")
def bound():
    """A target of 0.7 s, longer than two blocks, with every fitness there is."""
    given = {
        "name": "bound", "budget": 40, "population": 20, "judges": [], "strategies": ["random"],
        "targets": [{"contrived": 2, "seconds": 0.7, "sample_rate": RATE}], "fitness": FITNESS,
    }  # fmt: skip
    comparison = resolve(Experiment.model_validate(given), Path())
    return Evaluator(problem_of(comparison, "contrived_2"))


@pytest.fixture
def genomes():
    """More than two groups, the last not full."""
    return np.random.default_rng(3).random((2 * LANES + 3, len(Subtractive.space)))


def labels_of(bound):
    return sorted(bound.problem.distances)


def test_heard_while_rendered_distances_are_those_of_whole_sounds(bound, genomes):
    assert bound.problem.sounds.shape[1] > 2 * BLOCK_SAMPLES
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


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
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


BREAKS = [np.nan, -np.inf, 1e18, -2e4]
SOUND_REASON = "synth 'subtractive' gave NaN, infinity or a peak above 10,000"


@pytest.fixture
def breaking(monkeypatch):
    """Breaks the third sound of every sixteen in its second block."""

    def start(value):
        stream = Subtractive._blocks

        def spoiled(self, *args):
            for i, block in enumerate(stream(self, *args)):
                changed = block.copy()
                if i == 1:
                    changed[7, 2] = value
                yield changed

        monkeypatch.setattr(Subtractive, "_blocks", spoiled)

    return start


@pytest.mark.parametrize("value", BREAKS)
@pytest.mark.parametrize("labels", [["spectrogram", "waveform"], ["pitch", "spectrogram"]])
def test_a_broken_sound_is_the_worst_and_changes_no_other(bound, genomes, breaking, value, labels):
    wanted = bound.evaluate(genomes, labels)
    breaking(value)
    bound.broken.clear()
    found = bound.evaluate(genomes, labels, sees=("views",))
    broken = np.arange(len(genomes)) % LANES == 2
    for label in labels:
        assert (found[label][broken] == WORST).all()
        np.testing.assert_array_equal(found[label][~broken], wanted[label][~broken])
    assert bound.broken == {SOUND_REASON: 3}
    assert all(np.isfinite(view).all() for view in bound.sight.residuals)
    assert np.isfinite(list(bound.sound_diversity({"one": genomes}).values())).all()
    with pytest.raises(PluginError, match="peak above"):
        bound.render(genomes)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e31])
def test_a_broken_distance_is_the_worst_by_its_own_label(bound, genomes, monkeypatch, value):
    wanted = bound.evaluate(genomes, ["spectrogram", "waveform"])
    distances = Waveform.distances
    lanes = np.arange(LANES) == 1
    monkeypatch.setattr(
        Waveform, "distances", lambda *args: np.where(lanes, value, distances(*args))
    )
    bound.broken.clear()
    found = bound.evaluate(genomes, ["spectrogram", "waveform"])
    assert bound.broken == {"fitness 'waveform' gave NaN or infinity": 3}
    np.testing.assert_array_equal(found["spectrogram"], wanted["spectrogram"])
    assert np.flatnonzero(found["waveform"] == WORST).tolist() == [1, LANES + 1, 2 * LANES + 1]
    with pytest.raises(PluginError, match="NaN or infinity"):
        bound.score("waveform", np.zeros((2, bound.problem.sounds.shape[1]), np.float32))


def test_a_distance_below_0_is_refused_with_its_value(bound, genomes, monkeypatch):
    monkeypatch.setattr(Waveform, "distances", lambda *_: np.full(LANES, -0.25))
    with pytest.raises(PluginError, match=r"'waveform' gave a distance of -0\.25; allowed: 0"):
        bound.evaluate(genomes, ["waveform"])


@pytest.mark.parametrize("labels", [["spectrogram"], ["pitch"]])
def test_a_strict_problem_refuses_broken_candidates(bound, genomes, breaking, labels):
    strict = Evaluator(replace(bound.problem, strict=True))
    strict.evaluate(genomes, labels)
    breaking(np.nan)
    with pytest.raises(PluginError, match=f"^{SOUND_REASON}$"):
        strict.evaluate(genomes, labels)


def test_whoever_raises_while_scoring_is_named(bound, genomes, monkeypatch):
    def fall_over(self, stream, sums):
        raise RuntimeError("no\nluck")

    monkeypatch.setattr("fitness.spectrogram.Spectrogram.update", fall_over)
    with pytest.raises(PluginError, match=r"^fitness 'spectrogram' raised RuntimeError: no$"):
        bound.evaluate(genomes, ["fft_series", "spectrogram", "waveform"])


def test_render_and_score_share_the_cpu_seconds(bound, genomes, monkeypatch):
    seconds = 0.0

    class Clock:
        """Rendering and scoring a block take what the test says, whatever the machine does."""

        perf_counter = process_time = staticmethod(lambda: seconds)

    def taking(wanted, blocks):
        nonlocal seconds
        for block in blocks:
            seconds += wanted
            yield block

    stream, push = Subtractive._blocks, SoundStream.push

    def scored(self, block):
        nonlocal seconds
        seconds += 3.0
        push(self, block)

    bound.evaluate(genomes, ["multi_scale_spectral"])
    monkeypatch.setattr("harness.run.evaluator.time", Clock)
    monkeypatch.setattr(Subtractive, "_blocks", lambda *args: taking(2.0, stream(*args)))
    monkeypatch.setattr(SoundStream, "push", scored)
    bound.render_s = bound.score_s = 0.0
    bound.evaluate(genomes, ["multi_scale_spectral"])
    assert bound.render_s > 0
    assert bound.score_s / bound.render_s == pytest.approx(1.5)


@pytest.mark.parametrize("label", ["spectrogram", "pitch"])
def test_views_change_no_distance_and_are_those_of_the_sounds(bound, genomes, label):
    alone = bound.evaluate(genomes, [label])[label]
    assert bound.sight is None
    found = bound.evaluate(genomes, [label], sees=("views",))[label]
    assert (found == alone).all()
    wanted = Views(bound.problem.sounds[0], RATE).views(bound.render(genomes))
    assert bound.sight is not None
    np.testing.assert_allclose(bound.sight.guide, wanted.guide)
    for view, one in zip(bound.sight.residuals, wanted.residuals, strict=True):
        np.testing.assert_allclose(view, one, atol=1e-4)
    bound.evaluate(genomes, [label])
    assert bound.sight is None


def in_stereo(bound, *channels):
    return Evaluator(replace(bound.problem, sounds=np.array(channels, np.float32)))


@pytest.mark.parametrize(
    "labels", [["fft_series", "log_spectral", "waveform"], ["mixed", "timbre"]]
)
def test_a_channel_counts_by_its_energy(bound, genomes, labels):
    (left,) = bound.problem.sounds
    right = left[::-1] / 3
    alone = [in_stereo(bound, one).evaluate(genomes, labels) for one in (left, right)]
    both = in_stereo(bound, left, right).evaluate(genomes, labels)
    for label in labels:
        wanted = 0.9 * alone[0][label] + 0.1 * alone[1][label]
        np.testing.assert_allclose(both[label], wanted, rtol=1e-6)


def test_channels_as_loud_as_each_other_count_the_same(bound, genomes):
    (left,) = bound.problem.sounds
    alone = [in_stereo(bound, one).evaluate(genomes, ["spectrogram"]) for one in (left, -left)]
    both = in_stereo(bound, left, -left).evaluate(genomes, ["spectrogram"])
    mean = np.mean([one["spectrogram"] for one in alone], axis=0)
    np.testing.assert_array_equal(both["spectrogram"], mean)


@pytest.mark.parametrize("scale", [9e-4, 1e-5, 1e-9, 1e-38])
def test_a_nearly_silent_channel_does_not_make_silence_a_good_answer(bound, scale):
    (left,) = bound.problem.sounds
    stereo = in_stereo(bound, left, left[::-1] * scale)
    sounds = np.array([left, 0 * left], np.float32)
    for label in labels_of(bound):
        near, silent = stereo.score(label, sounds)
        assert near < 0.1 * silent, label
