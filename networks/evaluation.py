"""How good a network is on examples that it was not trained on."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from common.random import generator
from networks.batches import Batch
from networks.reading import reader_of
from networks.sound_distance import SoundDistance

LEVEL = 0.9
# The baseline is the closest of this many random genomes.
RANDOM = 1000
_SAMPLES = 16
# Of a joint network, for its histograms.
_DRAWS = 64


@dataclass(frozen=True)
class Evaluation:
    """Results on test sounds.

    Attributes:
        examples: number of test sounds.
        errors: mean absolute error of the point, per gene; the shorter way round for circular
            genes.
        covered: share of true genes within the densest 90 % region, per gene.
        distances: distance of the rendered point, per example.
        sampled: distance of the best of 16 draws, per example.
        by_gene: the same of draws gene by gene, if the network is joint; else empty.
        random: distance of the closest of 1,000 random genomes, per example.
    """

    examples: int
    errors: list[float]
    covered: list[float]
    distances: list[float]
    sampled: list[float]
    by_gene: list[float]
    random: list[float]

    def plain(self) -> dict[str, Any]:
        """Give plain values, the summary first."""
        return {**self.summary(), **asdict(self)}

    def summary(self) -> dict[str, float]:
        """Give means and medians; distances relative to the closest random genome."""
        one, many, random = map(np.array, (self.distances, self.sampled, self.random))
        joint = {}
        if self.by_gene:
            joint = {
                "best_of_16_by_gene_share": float(np.median(np.array(self.by_gene) / random)),
                "joint_against_by_gene": float(np.median(many / np.array(self.by_gene))),
            }
        return {
            **joint,
            "parameter_error": float(np.mean(self.errors)),
            "coverage_90": float(np.mean(self.covered)),
            "one_render_share": float(np.median(one / random)),
            "best_of_16_share": float(np.median(many / random)),
            "beats_random_1000": float(np.mean(one < random)),
        }


def evaluate(
    model: Any, batch: Batch, distance: SoundDistance, circular: list[bool], seed: int
) -> Evaluation:
    """Predict, render and score every example of a batch.

    Args:
        model: from inputs to logits.
        batch: the test examples.
        distance: renders genomes and scores them.
        circular: which genes are circular.
        seed: of the draws from the histograms and of the random genomes.
    """
    random = generator("network evaluation", seed)
    proposals = reader_of(model, circular).proposals(batch.given, _DRAWS, random)
    truth = batch.genes.astype(np.float64)
    points = np.array([one.point for one in proposals])
    apart = np.abs(points - truth)
    apart = np.where(circular, np.minimum(apart, 1 - apart), apart)
    covered = [one.covered(genes, LEVEL) for one, genes in zip(proposals, truth, strict=True)]
    drawn = np.array([one.sample(_SAMPLES, random) for one in proposals])
    joint = proposals[0].genomes is not None
    mixed = np.array([one.by_gene.sample(_SAMPLES, random) for one in proposals if joint])
    guesses = random.random((RANDOM, truth.shape[1]))
    rendered = distance.synth.render(guesses)
    closest = [float(distance.bind(sound)(rendered).min()) for sound in batch.sounds]
    return Evaluation(
        len(truth),
        apart.mean(axis=0).tolist(),
        np.mean(covered, axis=0).tolist(),
        distance(points[:, None], batch.sounds)[:, 0].tolist(),
        distance(drawn, batch.sounds).min(axis=1).tolist(),
        distance(mixed, batch.sounds).min(axis=1).tolist() if len(mixed) else [],
        closest,
    )
