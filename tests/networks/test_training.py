import threading

import numpy as np
import pytest

from networks.evaluation import evaluate
from networks.feed import Batch, Feed
from networks.learners import Descent, Evolution
from networks.objectives import Knobs, Objective, Sound
from networks.training import Course, Training
from networks.ways import WAYS, learner_of
from strategies.searches.ga import GeneticAlgorithm

NEITHER = [False, False]


@pytest.fixture
def training(small, stream, sounding):
    """Begin training of a small model; ``learner`` makes what moves its weights."""

    def begin(learner=None, source=stream, by_sound=False, **course):
        model = small()
        learner = learner or (lambda m: Descent(m, Knobs(NEITHER, sounding, 0), 0.01, 120))
        course = Course(
            **{"steps": 120, "epoch": 20, "patience": 99, **course, "by_sound": by_sound}
        )
        return Training(model, learner(model), source, stream(999), sounding, NEITHER, course)

    return begin


def epochs(training):
    rows = []
    while not training.stopped:
        rows.append(training.epoch())
    return rows


def test_knobs_are_learnt(training, stream, sounding):
    made = training()
    rows = epochs(made)
    assert [row["step"] for row in rows] == [20, 40, 60, 80, 100, 120]
    assert rows[-1]["bits"] < rows[0]["bits"] - 0.5
    assert rows[-1]["log2_distance"] < rows[0]["log2_distance"]
    assert made.stopped == "all steps are done"
    made.finish()
    found = evaluate(made.model, stream(1000), sounding, NEITHER, 0)
    assert found.errors[0] < 0.05  # the pitch; 0.25 is no idea
    assert found.errors[1] < 0.25
    assert found.summary()["parameter_error"] == pytest.approx(np.mean(found.errors))
    assert len(found.distances) == len(found.random) == found.examples == 32


@pytest.mark.parametrize("way", ["sound", "reinforce"])
def test_sound_is_learnt_through_a_synth_without_a_gradient(training, sounding, way):
    (stage,) = WAYS[way]().stages
    rows = epochs(
        training(
            lambda model: learner_of(stage, model, NEITHER, sounding, 0, 0.01, 120),
            by_sound=True,
        )
    )
    # Not by much: a spectrogram does not say in which direction the pitch is off.
    assert min(row["log2_distance"] for row in rows) < rows[0]["log2_distance"] - 0.15


def test_evolution_takes_what_is_better(training, sounding, stream):
    """On one batch: elsewhere it is luck which one comes last."""
    (stage,) = WAYS["neuroevolution"](population=12, reach=2.0).stages
    rows = epochs(
        training(
            lambda model: learner_of(stage, model, NEITHER, sounding, 0, 0.01, 40),
            source=lambda _: stream(0),
            by_sound=True,
            steps=40,
        )
    )
    assert rows[-1]["loss"] < rows[0]["loss"]


def test_taken_up_again_it_learns_what_it_would_have_learnt(training):
    whole, cut = training(), training()
    rows = epochs(whole)
    first = [cut.epoch(), cut.epoch()]
    again = training()
    again.load(cut.state())
    rest = epochs(again)

    def measured(row):
        return [row[key] for key in ("step", "loss", "bits", "log2_distance")]

    assert [measured(r) for r in [*first, *rest]] == [measured(r) for r in rows]


def test_evolution_can_be_put_away(small, stream, sounding, tensorflow):
    def made():
        model = small()
        search = GeneticAlgorithm(Evolution.weights(model), 8, 1)
        return Evolution(model, Sound(NEITHER, sounding, 0, directions=1, reach=0.0), search, 1.0)

    def steps(learner, numbers):
        return [
            learner.step([stream(n).sounds], tensorflow.constant(stream(n).genes),
                         tensorflow.constant(stream(n).sounds), n) for n in numbers
        ]  # fmt: skip

    one, other = made(), made()
    steps(one, [0, 1])
    other.load(one.state())
    assert steps(one, [2, 3]) == steps(other, [2, 3])


class Breaks(Objective):
    """Fine for some steps, then NaN."""

    def loss(self, logits, genes, sounds, step):
        import tensorflow as tf

        known = Knobs(self.circular, self.distances, 0).loss(logits, genes, sounds, step)
        return tf.where(step < 27, known, np.nan)


def test_a_loss_that_is_not_finite_stops_and_keeps_what_was_good(training, sounding):
    made = training(lambda model: Descent(model, Breaks(NEITHER, sounding, 0), 0.01, 120))
    rows = epochs(made)
    assert made.stopped == "the loss was not finite at step 27"
    assert len(rows) == 2
    assert np.isfinite(made.best)
    made.finish()
    assert all(np.isfinite(w.numpy()).all() for w in made.model.weights)


def test_it_stops_early_and_keeps_the_best(training, stream, sounding):
    silent = Batch(stream(0).genes, np.zeros_like(stream(0).sounds), stream(0).features)
    made = training(source=lambda _: silent, patience=2, steps=2000)
    rows = epochs(made)
    assert made.stopped == "no better for 2 epochs"
    assert made.best == min(row["bits"] for row in rows)
    made.finish()


def test_a_feed_says_who_waited(stream, tensorflow):
    feed = Feed(stream, 2, 1_024, with_features=False)
    batches = feed.batches(3)
    genes, sounds, features = next(batches)
    assert (genes.numpy() == stream(3).genes).all()
    assert sounds.shape == (32, 1_024)
    assert features.shape == (32, 0)
    assert (next(batches)[0].numpy() == stream(4).genes).all()
    assert feed.making_s > 0
    assert feed.empty_s > 0


def test_a_feed_makes_batches_while_nobody_asks(stream, tensorflow):
    ahead = threading.Event()

    def source(number):
        if number == 3:
            ahead.set()
        return stream(number)

    batches = Feed(source, 2, 1_024, with_features=False).batches(0)
    next(batches)
    assert ahead.wait(timeout=30)


def test_an_endless_stream_gives_a_batch_by_its_number(stream):
    assert (stream(7).sounds == stream(7).sounds).all()
    assert not (stream(7).genes == stream(8).genes).any()


def test_what_was_there_before_is_kept_if_nothing_better_comes(training, sounding, stream):
    made = training(lambda model: Descent(model, Knobs(NEITHER, sounding, 0), 0.01, 120), steps=60)
    epochs(made)
    good, weights = made.best, [w.numpy() for w in made.model.weights]
    # Far too fast to learn anything.
    worse = Training(
        made.model, Descent(made.model, Knobs(NEITHER, sounding, 0), 50.0, 40), stream,
        stream(999), sounding, NEITHER, Course(40, 20, 9, by_sound=False),
    )  # fmt: skip
    worse.weigh()
    assert worse.best <= good + 1e-6
    rows = epochs(worse)
    assert min(row["bits"] for row in rows) > worse.best
    worse.finish()
    assert all(
        np.array_equal(a, b.numpy()) for a, b in zip(weights, worse.model.weights, strict=True)
    )
