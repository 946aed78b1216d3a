"""Joint models: a gene depends on those before it only, and draws hang together."""

import numpy as np
import pytest

from networks.autoregressive import Autoregressive
from networks.base import AudioFormat, Network
from networks.batches import Batch
from networks.inputs import EARS, names_of
from networks.joint import build_joint, is_joint
from networks.listener import Listener
from networks.losses import JointLoss
from networks.model import given_of, load, prepare
from networks.optimizers import GradientOptimizer
from networks.reading import reader_of
from networks.spectrogram_cnn import SpectrogramCnn
from networks.stepping import Stepping
from synth.space import Parameter, ParameterSpace
from synth.subtractive.parameters import SPACE

AUDIO = AudioFormat(8_000, 4_000)
TWO = ParameterSpace(
    [Parameter(name, "all", "", 0.0, 1.0, circular=name == "turn") for name in ("one", "turn")]
)


class Mean(Network):
    """Hears nothing but the mean of the sound."""

    def body(self, sound, features, audio):
        import keras

        mean = keras.layers.GlobalAveragePooling1D()(
            keras.layers.Reshape((audio.samples, 1))(sound)
        )
        return keras.layers.Dense(32, activation="relu")(mean)


@pytest.fixture
def joint(tensorflow):
    def make(network, space, audio=AUDIO):
        prepare(1, 5)
        return build_joint(network, audio, space)

    return make


def test_a_gene_depends_on_those_before_it_and_on_no_other(tensorflow):
    prepare(1, 0)
    layer = Autoregressive([False] * 5, parts=2, units=64, last=[1])
    order = [0, 2, 3, 4, 1]
    random = np.random.default_rng(0)
    context, genes = random.random((1, 8)).astype("f4"), random.random((1, 5)).astype("f4")
    before = np.asarray(layer(context, genes, genes))
    for place, gene in enumerate(order):
        changed = genes.copy()
        changed[0, gene] = 1 - changed[0, gene]
        after = np.asarray(layer(context, changed, genes))
        moved = np.abs(after - before).max(axis=(0, 2, 3)) > 0
        assert not moved[order[: place + 1]].any()
        assert moved[order[place + 1 :]].all()


def test_what_masks_keep_out_can_be_set_to_zero(tensorflow):
    layer = Autoregressive([False] * 4, parts=2, units=32)
    genes = np.random.default_rng(0).random((3, 4)).astype("f4")
    before = np.asarray(layer(genes, genes, genes))
    layer.prune()
    assert np.array_equal(np.asarray(layer(genes, genes, genes)), before)
    assert min(float(np.mean(w.numpy() == 0)) for w in layer.weights[:1]) > 0.2


def test_it_learns_that_genes_hang_together(joint, tensorflow):
    """Two genes, each uniform, that always are the same: gene by gene nothing can be learnt."""
    model = joint(Mean(), TWO)
    random = np.random.default_rng(0)
    circular = [False, True]
    optimizer = GradientOptimizer(model, JointLoss(circular, None, 0), 5e-3, 400)
    sounds = np.zeros((128, AUDIO.samples), np.float32)
    for step in range(400):
        genes = np.repeat(random.random((128, 1)), 2, axis=1).astype(np.float32)
        optimizer.step(
            [tensorflow.constant(sounds), tensorflow.constant(genes)], genes, sounds, step
        )
    reader = reader_of(model, circular)
    genes = np.repeat(random.random((128, 1)), 2, axis=1).astype(np.float32)
    batch = Batch(genes, sounds, np.empty((128, 0), np.float32))
    assert reader.bits(batch) < -0.8
    (proposal,) = reader.proposals({"sound": sounds[:1]}, 200, random, 1.0)
    drawn = proposal.genomes[1:]
    apart = np.abs(drawn[:, 0] - drawn[:, 1])
    assert np.median(np.minimum(apart, 1 - apart)) < 0.05
    # Each gene on its own is anywhere.
    assert proposal.probabilities.max() < 0.08
    assert np.ptp(drawn[:, 0]) > 0.8


def test_a_listener_proposes_for_any_length_and_the_same_from_a_file(joint, tmp_path):
    audio = AudioFormat(8_000, 32_000)
    model = joint(Listener(filters=16, dense=32), SPACE, audio)
    assert is_joint(model)
    assert names_of(model) == ["ears", "genes"]
    model.save(tmp_path / "model.keras")
    circular = [parameter.circular for parameter in SPACE]
    sound = 0.1 * np.random.default_rng(0).standard_normal((1, 5_000)).astype(np.float32)
    found = []
    for one in (model, load(tmp_path / "model.keras")):
        given = given_of(one, sound, audio)
        assert given["computed"].shape == (1, EARS.count)
        (proposal,) = reader_of(one, circular).proposals(given, 7, np.random.default_rng(1))
        found.append(proposal)
    assert found[0].genomes.shape == (8, len(SPACE))
    assert np.array_equal(found[0].genomes, found[1].genomes)
    assert found[0].probabilities.sum(axis=1) == pytest.approx(1)
    assert np.array_equal(found[0].point, found[0].genomes[0])


def test_an_architecture_that_hears_raw_audio_carries_the_joint_layer_too(joint):
    model = joint(SpectrogramCnn(), SPACE)
    assert names_of(model) == ["sound", "genes"]
    sounds = np.random.default_rng(0).standard_normal((2, AUDIO.samples)).astype(np.float32)
    circular = [parameter.circular for parameter in SPACE]
    proposals = reader_of(model, circular).proposals(
        given_of(model, sounds, AUDIO), 3, np.random.default_rng(1)
    )
    assert [one.genomes.shape for one in proposals] == [(4, len(SPACE))] * 2


def test_gene_by_gene_is_the_same_as_all_at_once(joint):
    model = joint(Listener(filters=16, dense=32), SPACE, AudioFormat(8_000, 32_000))
    layer = model.get_layer("joint")
    random = np.random.default_rng(0)
    context = random.standard_normal((6, 32)).astype("f4")
    note = random.uniform(0.2, 0.8, (6, 1)).astype("f4")
    genes = random.random((6, len(SPACE))).astype("f4")
    whole = np.asarray(layer(context, genes, note))
    stepping = Stepping(layer, context, note)
    for rank, gene in enumerate(layer.order):
        assert np.allclose(stepping.mixture(rank, gene), whole[:, gene], atol=1e-4)
        stepping.tell(gene, genes[:, gene])
