import numpy as np
import pytest

from networks.losses import (
    KnobLoss,
    PolicyGradientLoss,
    SoundLoss,
    estimated_gradient,
    forward_differences,
)

NEITHER = [False, False]


def bowl(genomes, sounds):
    """2 to the squared distance from the first two samples: its log2 has a known gradient."""
    return 2.0 ** np.sum((genomes - sounds[:, None, :2]) ** 2, axis=-1)


def central(distances, point, sounds, reach=1e-3):
    """The gradient of log2 of the distance, gene by gene, written out."""
    found = np.empty_like(point)
    for gene in range(point.shape[1]):
        step = np.zeros_like(point)
        step[:, gene] = reach
        up, down = (np.log2(distances((point + s)[:, None], sounds)[:, 0]) for s in (step, -step))
        found[:, gene] = (up - down) / (2 * reach)
    return found


def signs(count, directions, genes, reach, seed=0):
    return np.random.default_rng(seed).choice([-reach, reach], (count, directions, genes))


def test_one_gene_a_move_is_central_differences_through_a_real_synth(distance, stream):
    batch = stream(0)
    point = np.clip(batch.genes[:6].astype(float) + 0.1, 0.01, 0.95)
    moves = np.broadcast_to(1e-3 * np.eye(2), (6, 2, 2))
    found, _ = estimated_gradient(distance, point, batch.sounds[:6], moves, NEITHER)
    assert np.allclose(found, central(distance, point, batch.sounds[:6]), rtol=2e-2, atol=2e-2)


def test_one_gene_after_the_other_is_forward_differences(distance, stream):
    batch = stream(2)
    point = np.clip(batch.genes[:6].astype(float) + 0.1, 0.01, 0.95)
    found, at = forward_differences(distance, point, batch.sounds[:6], 1e-4, NEITHER)
    # Along the second gene, a level: along the pitch, the distance is rough at every scale.
    exact = central(distance, point, batch.sounds[:6])
    assert found[:, 1] == pytest.approx(exact[:, 1], rel=0.05, abs=0.02)
    assert at == pytest.approx(np.log2(distance(point[:, None], batch.sounds[:6])[:, 0]), abs=1e-3)


def test_a_gene_without_room_is_moved_down_and_a_circular_one_round():
    asked = []

    def bent(genomes, sounds):
        asked.append(genomes)
        return bowl(genomes, sounds)

    point, goal = np.array([[0.999, 0.999]]), np.full((1, 8), 0.5, np.float32)
    found, _ = forward_differences(bent, point, goal, 0.01, [False, True])
    assert asked[0][0] == pytest.approx(np.array([[0.999, 0.999], [0.989, 0.999], [0.999, 0.009]]))
    assert found[0, 0] == pytest.approx(2 * 0.499, abs=0.02)


def test_many_random_directions_agree_with_finite_differences(distance, stream):
    batch = stream(1)
    point = np.clip(batch.genes[:8].astype(float) - 0.15, 0.02, 0.98)
    moves = signs(8, 400, 2, 1e-3)
    found, _ = estimated_gradient(distance, point, batch.sounds[:8], moves, NEITHER)
    exact = central(distance, point, batch.sounds[:8])
    cosine = np.sum(found * exact) / (np.linalg.norm(found) * np.linalg.norm(exact))
    assert cosine > 0.99
    assert np.linalg.norm(found) == pytest.approx(np.linalg.norm(exact), rel=0.1)


def test_at_an_end_the_step_is_taken_for_what_it_was(distance):
    goal = np.full((1, 8), 0.5, np.float32)
    point = np.array([[0.0, 1.0]])
    moves = np.broadcast_to(0.01 * np.eye(2), (1, 2, 2))
    found, _ = estimated_gradient(bowl, point, goal, moves, NEITHER)
    assert found[0] == pytest.approx([-1, 1], abs=0.03)


def test_a_circular_gene_goes_round_its_end():
    def turning(genomes, sounds):
        return 2.0 ** np.cos(2 * np.pi * genomes[..., 0])

    point, moves = np.array([[0.995]]), np.full((1, 1, 1), 0.01)
    found, _ = estimated_gradient(turning, point, np.zeros((1, 2), np.float32), moves, [True])
    assert found[0, 0] == pytest.approx(-2 * np.pi * np.sin(2 * np.pi * 0.995), rel=0.01)


def gradient_of(tf, loss, logits, genes, sounds):
    with tf.GradientTape() as tape:
        tape.watch(logits)
        value = loss.loss(logits, genes, sounds, tf.constant(0))
    return float(value), tape.gradient(value, logits).numpy()


def test_sound_goes_through_the_histograms_by_the_chain_rule(tensorflow):
    """Against finite differences of the distance by the logits themselves."""
    from networks.model import soft_point

    tf = tensorflow
    logits = tf.constant(np.random.default_rng(0).normal(size=(1, 2, 4)), tf.float32)
    goal = np.array([[0.8, 0.3, 0, 0]], np.float32)
    loss = SoundLoss(NEITHER, bowl, 0, directions=200, reach=1e-3)
    _, found = gradient_of(tf, loss, logits, None, tf.constant(goal))

    def value(change):
        point = soft_point(logits + change, NEITHER).numpy().astype(float)
        return np.log2(bowl(point[:, None], goal))[0, 0]

    for place in np.ndindex(1, 2, 4):
        step = np.zeros((1, 2, 4), np.float32)
        step[place] = 0.05
        slope = (value(step) - value(-step)) / 0.1
        assert found[place] == pytest.approx(slope, abs=0.02)


def test_sound_counts_knobs_only_where_they_are_known(tensorflow):
    tf = tensorflow
    logits = tf.zeros((2, 2, 4))
    genes = tf.constant([[np.nan, np.nan], [0.9, 0.1]], tf.float32)
    sounds = tf.zeros((2, 8))
    loss = SoundLoss(NEITHER, lambda g, _: np.ones(g.shape[:2]), 0, likelihood=1.0)
    value, found = gradient_of(tf, loss, logits, genes, sounds)
    assert np.isfinite(value)
    assert (found[0] == 0).all()
    assert found[1].any()


def test_reinforce_follows_the_gradient_of_what_is_expected(tensorflow):
    """One gene, four bins: the expected reward can be written out."""
    tf = tensorflow
    worth = np.array([0.0, 1.0, 2.0, 5.0])  # log2 of the distance in each bin

    def stepped(genomes, sounds):
        return 2.0 ** worth[np.minimum((genomes[..., 0] * 4).astype(int), 3)]

    logits = tf.constant([[[0.3, -0.2, 0.1, 0.0]]])
    loss = PolicyGradientLoss([False], stepped, 0, draws=20_000, entropy=0.0)
    value, found = gradient_of(tf, loss, logits, None, tf.zeros((1, 2)))
    p = tf.nn.softmax(logits).numpy()[0, 0]
    assert value == pytest.approx(p @ worth, abs=0.05)
    assert found[0, 0] == pytest.approx(p * (worth - p @ worth), abs=0.03)


def test_knobs_lose_a_bit_for_every_bit_that_is_known(tensorflow):
    tf = tensorflow
    genes = tf.constant([[0.3, 0.7]])
    flat, _ = gradient_of(tf, KnobLoss(NEITHER, bowl, 0), tf.zeros((1, 2, 64)), genes, None)
    assert flat == pytest.approx(0, abs=1e-6)
    half = np.zeros((1, 2, 64), np.float32)
    half[0, 0, 32:] = half[0, 1, :32] = -30
    known, _ = gradient_of(tf, KnobLoss(NEITHER, bowl, 0), tf.constant(half), genes, None)
    assert known == pytest.approx(-1, abs=0.01)


def test_one_draw_has_no_baseline():
    with pytest.raises(ValueError, match="draws 1; allowed: 2 or more"):
        PolicyGradientLoss(NEITHER, bowl, 0, draws=1)
