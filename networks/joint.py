"""Models with a joint last layer: how they are built, and draws from them, gene after gene."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.base import AudioFormat, Network
from networks.batches import Batch
from networks.ears import LAYOUT
from networks.inputs import inputs_for, inputs_of, names_of
from networks.mixtures import bits, drawn, masses, middle, sharpened
from networks.model import BINS
from networks.stepping import Stepping
from strategies.proposal import Proposal
from synth.space import ParameterSpace

# At half the temperature the closest of sixteen draws is closest (development sounds).
SHARP = 0.5
# Draws at temperature 1, for the histograms.
_PLAIN = 32
_LAYER = "joint"


def build_joint(network: Network, audio: AudioFormat, space: ParameterSpace) -> Any:
    """Build a model from inputs and genes to the mixture of each gene, given those before it.

    What the sound tells best once all else is known, note and level, comes last.

    Args:
        network: the architecture.
        audio: the format it receives.
        space: the parameters of the synth.
    """
    import keras

    from networks.autoregressive import Autoregressive

    genes = keras.Input((len(space),), name="genes")
    sound, heard = inputs_for(network, audio)
    context = network.body(sound, heard, audio)
    at = space.roles.get("f0")
    last = [space.roles[role] for role in ("f0", "level") if role in space.roles]
    pitched = network.ears and at is not None and space[at].unit == "semitones"
    ends = [at, space[at].low, space[at].high] if pitched and at is not None else None
    # Without ears nothing is known of the note, and the layer does not look at it.
    note = heard[:, LAYOUT["note"].start : LAYOUT["note"].start + 1] if network.ears else genes
    circular = [parameter.circular for parameter in space]
    layer = Autoregressive(circular, note=ends, last=last, name=_LAYER)
    inputs = [one for one in (sound, heard) if one is not None]
    return keras.Model([*inputs, genes], layer(context, genes, note))


class Drawer:
    """Draws genomes from a joint model, and says how likely others are.

    Args:
        model: from ``build_joint``, or loaded.
    """

    def __init__(self, model: Any) -> None:
        import keras
        import tensorflow as tf

        layer = self._layer = model.get_layer(_LAYER)
        context, _, note = layer.input
        asked = [one for one in model.inputs if one.name != "genes"]
        self._names = [one.name for one in asked]
        self._circular = np.array(layer.circular)
        # A layer that does not look at the note is given anything.
        heard = [context, context[:, :1] if note.name == "genes" else note]
        listen = keras.Model(asked, heard)
        self._listen = tf.function(
            lambda inputs: listen(inputs, training=False), reduce_retracing=True
        )

        self._bits = tf.function(
            lambda inputs, genes: bits(model(inputs, training=False), genes, layer.circular),
            reduce_retracing=True,
        )
        self._all_names = names_of(model)

    def bits(self, batch: Batch) -> float:
        """Return minus log2 of the density of the true genes, averaged; 0 if it is flat."""
        import tensorflow as tf

        given = inputs_of(self._all_names, {**batch.given, "genes": batch.genes})
        inputs = [tf.convert_to_tensor(one) for one in given]
        return float(tf.reduce_mean(self._bits(inputs, tf.convert_to_tensor(batch.genes))))

    def proposals(
        self,
        given: dict[str, NDArray[np.float32]],
        draws: int,
        random: np.random.Generator,
        temperature: float = SHARP,
    ) -> list[Proposal]:
        """Return a proposal for each sound: its point, draws, and a histogram of each gene.

        The point is the median of each gene, given the medians before it. Histograms are those of
        draws at temperature 1, so that they are calibrated.

        Args:
            given: ``sound`` and ``computed``, of the sounds.
            draws: how many genomes besides the point, 1 or more.
            random: for the draws.
            temperature: of the draws; below 1 they are fewer different ones, and closer.
        """
        import tensorflow as tf

        inputs = [tf.convert_to_tensor(one) for one in inputs_of(self._names, given)]
        heard = [one.numpy() for one in self._listen(inputs)]
        plain = draws if temperature == 1 else _PLAIN
        count, each = len(heard[0]), 1 + draws + (plain if temperature != 1 else 0)
        context, note = (np.repeat(one, each, axis=0) for one in heard)
        genes = np.full((count, each, self._circular.size), 0.5, np.float32)
        chances = np.empty((count, self._circular.size, BINS))
        shares = random.random((count * each, self._circular.size, 2))
        stepping = Stepping(self._layer, context, note)
        for rank, gene in enumerate(self._layer.order):
            mixture = stepping.mixture(rank, gene)
            turning = bool(self._circular[gene])
            parts = mixture.reshape(count, each, *mixture.shape[1:])
            sharp = parts.astype(np.float64)
            sharp[:, 1 : 1 + draws] = sharpened(parts[:, 1 : 1 + draws], temperature)
            found = drawn(sharp.reshape(count * each, *mixture.shape[1:]), shares[:, gene], turning)
            genes[:, :, gene] = found.reshape(count, each)
            genes[:, 0, gene] = middle(parts[:, 0], turning)
            own = masses(parts[:, -plain:].reshape(-1, *mixture.shape[1:]), BINS, turning)
            chances[:, gene] = own.reshape(count, plain, BINS).mean(axis=1)
            stepping.tell(gene, genes[:, :, gene].reshape(-1))
        chances /= chances.sum(axis=2, keepdims=True)
        kept = genes[:, : 1 + draws].astype(np.float64)
        return [
            Proposal(chance, self._circular, own) for chance, own in zip(chances, kept, strict=True)
        ]


def is_joint(model: Any) -> bool:
    """Whether a model has a joint last layer."""
    return "genes" in names_of(model)
