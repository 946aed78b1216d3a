import threading

import numpy as np
import pytest

from networks.batches import Batch, Prefetcher, Reused
from networks.evaluation import evaluate
from networks.losses import KnobLoss, Loss, SoundLoss
from networks.optimizers import EvolutionOptimizer, GradientOptimizer
from networks.sound_distance import SoundDistance
from networks.training import Schedule, StopReason, Training, TrainingData
from networks.training_methods import EvolutionTraining, ReinforcementTraining, SoundTraining
from strategies.searches.ga import GeneticAlgorithm

NEITHER = [False, False]


@pytest.fixture
def data(stream, distance):
    """Training data; ``source`` replaces the batches."""

    def make(source=stream):
        return TrainingData(source, stream(999), distance, NEITHER)

    return make


@pytest.fixture
def training(small, data, stream, distance):
    """Begin training a small model; ``optimizer`` makes what changes its weights."""

    def begin(optimizer=None, source=stream, by_sound=False, dropout=0.0, **schedule):
        model = small(dropout=dropout)
        optimizer = optimizer or (
            lambda m: GradientOptimizer(m, KnobLoss(NEITHER, distance, 0), 0.003, 120)
        )
        schedule = {"steps": 120, "epoch": 20, "patience": 99, "by_sound": by_sound} | schedule
        return Training(model, optimizer(model), data(source), Schedule(**schedule))

    return begin


def optimizer_of(stage, distance, steps, rate=0.01):
    """Make the optimizer of a stage for a model."""
    return lambda model: stage.make_optimizer(
        model, stage.make_loss(NEITHER, distance, 0), rate, steps
    )


def epochs(training):
    rows = []
    while training.stopped is None:
        rows.append(training.epoch())
    return rows


def measured(row):
    return [row[key] for key in ("step", "loss", "bits", "log2_distance")]


def test_knobs_are_learnt(training, stream, distance):
    made = training()
    rows = epochs(made)
    assert [row["step"] for row in rows] == [20, 40, 60, 80, 100, 120]
    assert rows[-1]["bits"] < rows[0]["bits"] - 0.5
    assert rows[-1]["log2_distance"] < rows[0]["log2_distance"] - 0.5
    assert made.stopped is StopReason.ALL_STEPS
    made.finish()
    found = evaluate(made.model, stream(1000), distance, NEITHER, 0)
    # Guessing at random gives 0.25.
    assert found.errors[0] < 0.03
    assert found.errors[1] < 0.15
    assert found.summary()["parameter_error"] == pytest.approx(np.mean(found.errors))
    assert len(found.distances) == len(found.random) == found.examples == 32


def test_another_number_of_threads_is_refused(tensorflow):
    """It would change the results: sums are split among threads."""
    from networks.model import prepare

    tensorflow.zeros(1)
    with pytest.raises(RuntimeError):
        prepare(2, 0)
    prepare(1, 0)


class Level:
    """A fitness that hears only how loud a sound is."""

    def __init__(self, target):
        self.level = self.of(target)

    @staticmethod
    def of(sounds):
        return np.log2(np.sqrt(np.mean(np.square(sounds, dtype=np.float64), axis=-1)) + 1e-3)

    def __call__(self, sounds):
        return np.abs(self.of(sounds) - self.level) + 0.05


@pytest.mark.parametrize(
    "method", [SoundTraining(directions=12), SoundTraining(each_gene=True), ReinforcementTraining()]
)
def test_sound_is_learnt_through_a_synth_without_a_gradient(small, stream, tone, method):
    # A spectrogram doesn't tell in which direction the pitch is off: whether a few steps learn
    # anything from it is luck, and another TensorFlow has another. A level tells.
    distance, (stage,) = SoundDistance(tone, Level), method.stages
    model = small()
    data = TrainingData(stream, stream(999), distance, NEITHER)
    schedule = Schedule(steps=120, epoch=40, patience=99, by_sound=True)
    rows = epochs(
        Training(model, optimizer_of(stage, distance, 120, rate=0.003)(model), data, schedule)
    )
    sounds = data.validation.sounds
    middle = np.log2(distance(np.full((len(sounds), 1, 2), 0.5), sounds)).mean()
    assert min(row["log2_distance"] for row in rows) < middle - 0.2


def test_evolution_keeps_the_better_weights(training, distance, stream):
    """On one batch: between batches the loss differs by chance."""
    (stage,) = EvolutionTraining(population=8, reach=2.0).stages
    made = training(
        optimizer_of(stage, distance, 10), source=lambda _: stream(0), by_sound=True, steps=10,
        epoch=5,
    )  # fmt: skip
    rows = epochs(made)
    assert rows[-1]["loss"] < rows[0]["loss"]


def test_the_same_seed_gives_the_same_training_also_resumed(training, tensorflow):
    """Whatever else used TensorFlow or random numbers in this process before.

    Dropout has a random state of its own, which is no weight.
    """
    shape = {"steps": 6, "epoch": 2, "dropout": 0.3}
    rows = epochs(training(**shape))
    tensorflow.random.uniform((7,))
    np.random.default_rng().random()
    cut = training(**shape)
    first = [cut.epoch()]
    resumed = training(**shape)
    resumed.load(cut.state())
    assert [measured(r) for r in [*first, *epochs(resumed)]] == [measured(r) for r in rows]


def test_evolution_resumes(small, stream, distance, tensorflow):
    def made():
        model = small()
        search = GeneticAlgorithm(EvolutionOptimizer.weights(model), 8, 1)
        loss = SoundLoss(NEITHER, distance, 0, directions=1, reach=0.0)
        return EvolutionOptimizer(model, loss, search, 1.0)

    def steps(optimizer, numbers):
        return [
            optimizer.step([stream(n).sounds], tensorflow.constant(stream(n).genes),
                           tensorflow.constant(stream(n).sounds), n) for n in numbers
        ]  # fmt: skip

    one, other = made(), made()
    steps(one, [0, 1])
    other.load(one.state())
    assert steps(one, [2, 3]) == steps(other, [2, 3])


class Breaks(Loss):
    """Finite for some steps, then NaN."""

    def loss(self, logits, genes, sounds, step):
        import tensorflow as tf

        known = KnobLoss(self.circular, self.distances, 0).loss(logits, genes, sounds, step)
        return tf.where(step < 27, known, np.nan)


def test_a_loss_that_is_not_finite_ends_training_with_the_weights_before_it(training, distance):
    made = training(lambda model: GradientOptimizer(model, Breaks(NEITHER, distance, 0), 0.01, 120))
    rows = epochs(made)
    assert made.stopped is StopReason.NOT_FINITE
    assert "step 27" in made.stop_message
    assert len(rows) == 2
    assert np.isfinite(made.best)
    made.finish()
    assert all(np.isfinite(w.numpy()).all() for w in made.model.weights)


def test_it_stops_early_and_keeps_the_best(training, stream):
    silent = Batch(stream(0).genes, np.zeros_like(stream(0).sounds), stream(0).computed)
    made = training(source=lambda _: silent, patience=2, steps=2000)
    rows = epochs(made)
    assert made.stopped is StopReason.NO_IMPROVEMENT
    assert "2 epochs" in made.stop_message
    assert made.best == min(row["bits"] for row in rows)


def test_the_prefetcher_measures_who_waited(stream, tensorflow):
    prefetcher = Prefetcher(stream, 2, 0)
    batches = prefetcher.batches(3)
    genes, sounds, features = next(batches)
    assert (genes.numpy() == stream(3).genes).all()
    assert sounds.shape == (32, 1_024)
    assert features.shape == (32, 0)
    assert (next(batches)[0].numpy() == stream(4).genes).all()
    assert prefetcher.making_s > 0
    assert prefetcher.training_waits_s > 0


def test_the_prefetcher_works_ahead(stream, tensorflow):
    ahead = threading.Event()

    def source(number):
        if number == 3:
            ahead.set()
        return stream(number)

    batches = Prefetcher(source, 2, 0).batches(0)
    next(batches)
    assert ahead.wait(timeout=30)


def test_a_rendered_batch_follows_from_its_number(stream):
    assert (stream(7).sounds == stream(7).sounds).all()
    assert not (stream(7).genes == stream(8).genes).any()


def test_a_stage_that_improves_nothing_ends_with_the_weights_before_it(training, data, distance):
    made = training(steps=20)
    epochs(made)
    good, weights = made.best, [w.numpy() for w in made.model.weights]
    # The learning rate is far too high to learn anything.
    optimizer = GradientOptimizer(made.model, KnobLoss(NEITHER, distance, 0), 50.0, 40)
    worse = Training(made.model, optimizer, data(), Schedule(40, 20, 9, by_sound=False))
    worse.keep_current()
    assert worse.best <= good + 1e-6
    rows = epochs(worse)
    assert min(row["bits"] for row in rows) > worse.best
    worse.finish()
    assert all(
        np.array_equal(a, b.numpy()) for a, b in zip(weights, worse.model.weights, strict=True)
    )


def test_a_reused_batch_comes_again_later_and_is_made_once(stream):
    made = []

    def source(number):
        made.append(number)
        return stream(number)

    reused = Reused(source, 2)
    batches = [reused(number) for number in range(420)]
    # Odd steps repeat what was new a hundred batches before.
    assert all((batches[2 * n + 201].genes == batches[2 * n].genes).all() for n in range(100))
    assert made == sorted(set(made))
    assert len(made) == 210
    # Resumed in the middle, the same batches come.
    again = Reused(stream, 2)
    assert all((again(n).genes == batches[n].genes).all() for n in range(300, 304))
