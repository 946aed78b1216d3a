"""How good a network is on examples that it never heard."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from networks.feed import Batch
from networks.model import predictor, proposal
from networks.sounding import Sounding

LEVEL = 0.9
# What a network is set against: as many random genomes, the closest of them.
RANDOM = 1000
_SAMPLES = 16


@dataclass(frozen=True)
class Evaluation:
    """What was found on test sounds.

    Attributes:
        examples: how many.
        errors: mean absolute error of the point, a gene, shape (genes,); circular ones the short
            way round.
        covered: share of true genes in the densest region that should hold 90 %, a gene.
        distances: of one render, shape (examples,).
        sampled: of the best of 16 renders drawn from the histograms.
        random: of the closest of 1,000 random genomes.
    """

    examples: int
    errors: list[float]
    covered: list[float]
    distances: list[float]
    sampled: list[float]
    random: list[float]

    def plain(self) -> dict[str, Any]:
        """As plain values, with what is read first."""
        return {**self.summary(), **asdict(self)}

    def summary(self) -> dict[str, float]:
        """Means and medians: distances as shares of the closest of the random genomes."""
        one, many, random = map(np.array, (self.distances, self.sampled, self.random))
        return {
            "parameter_error": float(np.mean(self.errors)),
            "coverage_90": float(np.mean(self.covered)),
            "one_render_share": float(np.median(one / random)),
            "best_of_16_share": float(np.median(many / random)),
            "beats_random_1000": float(np.mean(one < random)),
        }


def evaluate(
    model: Any, batch: Batch, sounding: Sounding, circular: list[bool], seed: int
) -> Evaluation:
    """Predict, render and compare every example of a batch."""
    proposals = [proposal(one, circular) for one in predictor(model)(batch.inputs)]
    truth = batch.genes.astype(np.float64)
    points = np.array([one.point for one in proposals])
    apart = np.abs(points - truth)
    apart = np.where(circular, np.minimum(apart, 1 - apart), apart)
    covered = [one.covered(genes, LEVEL) for one, genes in zip(proposals, truth, strict=True)]
    random = np.random.default_rng(seed)
    drawn = np.array([one.sample(_SAMPLES, random) for one in proposals])
    guesses = random.random((RANDOM, truth.shape[1]))
    rendered = sounding.synth.render(guesses)
    closest = [float(sounding.bind(sound)(rendered).min()) for sound in batch.sounds]
    return Evaluation(
        len(truth),
        apart.mean(axis=0).tolist(),
        np.mean(covered, axis=0).tolist(),
        sounding(points[:, None], batch.sounds)[:, 0].tolist(),
        sounding(drawn, batch.sounds).min(axis=1).tolist(),
        closest,
    )
