"""The training methods, by name. Each works with every architecture.

An experiment chooses one with the key ``objective`` of a network.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.random import seed as seed_for
from networks.losses import (
    DistanceFunction,
    JointLoss,
    KnobLoss,
    Loss,
    PolicyGradientLoss,
    SoundLoss,
)
from networks.optimizers import EvolutionOptimizer, GradientOptimizer, Optimizer


@dataclass(frozen=True)
class EvolutionOptions:
    """How a GA changes the weights.

    Attributes:
        population: networks per generation.
        reach: how far a weight may move, in standard deviations of its layer.
    """

    population: int
    reach: float


@dataclass(frozen=True)
class Stage:
    """One stage of training.

    Attributes:
        loss: class of the loss.
        share: share of all steps.
        slower: divides the learning rate.
        evolution: how a GA changes the weights; None for gradient descent.
        options: of the loss.
        by_sound: whether validation picks the best weights by distance in sound, else by
            likelihood.
    """

    loss: type[Loss]
    share: float = 1.0
    slower: float = 1.0
    evolution: EvolutionOptions | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    by_sound: bool = True

    def make_loss(self, circular: Sequence[bool], distances: DistanceFunction, seed: int) -> Loss:
        """Make the loss.

        Args:
            circular: which genes are circular.
            distances: renders genomes and scores them.
            seed: of the loss's draws.
        """
        return self.loss(circular, distances, seed, **self.options)

    def renders(self, genes: int) -> int:
        """Count the renders that the loss needs for an example in a step."""
        each = 2 * self.options.get("directions", 0) + self.options.get("draws", 0)
        if self.options.get("each_gene"):
            each = genes + 1
        return int(each * (self.evolution.population if self.evolution else 1))

    def make_optimizer(self, model: Any, loss: Loss, rate: float, steps: int) -> Optimizer:
        """Make what changes the weights.

        Args:
            model: from inputs to logits.
            loss: of this stage.
            rate: the learning rate before it is divided.
            steps: of this stage.
        """
        if self.evolution is None:
            return GradientOptimizer(model, loss, rate / self.slower, steps)
        from strategies.searches.ga import GeneticAlgorithm

        # There are about a million genes: even one in a hundred changes many weights.
        search = GeneticAlgorithm(
            EvolutionOptimizer.weights(model),
            self.evolution.population,
            seed_for("evolution of weights", loss.seed),
            mutation=0.01,
        )
        return EvolutionOptimizer(model, loss, search, self.evolution.reach)


class KnobTraining:
    """Maximise the likelihood of the true genes."""

    def __init__(self) -> None:
        self.stages = [Stage(KnobLoss, by_sound=False)]


class JointTraining:
    """Maximise the likelihood of the true genome, each gene given those before it."""

    def __init__(self) -> None:
        self.stages = [Stage(JointLoss, by_sound=False)]


class SoundTraining:
    """Minimise the distance between the rendered prediction and the sound.

    The gradient is estimated by simultaneous perturbation, or gene by gene.

    Args:
        directions: perturbations per example, two renders each.
        reach: how far they move the genes.
        each_gene: move each gene on its own in place of ``directions``.
    """

    def __init__(
        self, *, directions: int = 8, reach: float = 0.02, each_gene: bool = False
    ) -> None:
        options = {"directions": directions, "reach": reach, "each_gene": each_gene}
        self.stages = [Stage(SoundLoss, options=options)]


class ReinforcementTraining:
    """Policy gradient: the reward is minus the distance, the baseline comes from the other draws.

    Args:
        draws: genomes drawn per sound.
        entropy: bonus for a wide histogram.
    """

    def __init__(self, *, draws: int = 16, entropy: float = 0.02) -> None:
        self.stages = [Stage(PolicyGradientLoss, options={"draws": draws, "entropy": entropy})]


class EvolutionTraining:
    """A GA over the weights, scored by the distance of the rendered predictions.

    Args:
        population: networks per generation.
        reach: how far a weight may move, in standard deviations of its layer.
    """

    def __init__(self, *, population: int = 16, reach: float = 1.0) -> None:
        options = {"directions": 1, "reach": 0.0}
        evolution = EvolutionOptions(population, reach)
        self.stages = [Stage(SoundLoss, evolution=evolution, options=options)]


class KnobsThenSoundTraining:
    """First the likelihood of the genes, then the distance in sound at a lower learning rate.

    Args:
        pretrain: share of the steps in the first stage.
        directions: perturbations per example, two renders each.
        reach: how far they move the genes.
        each_gene: move each gene on its own in place of ``directions``.
        likelihood: weight of the likelihood in the second stage.
        slower: divides the learning rate in the second stage.
    """

    def __init__(
        self,
        *,
        pretrain: float = 0.7,
        directions: int = 8,
        reach: float = 0.02,
        each_gene: bool = False,
        likelihood: float = 1.0,
        slower: float = 5.0,
    ) -> None:
        if not 0 < pretrain < 1:
            raise ValueError(f"pretrain {pretrain}; allowed: above 0 and below 1")
        options = {
            "directions": directions,
            "reach": reach,
            "each_gene": each_gene,
            "likelihood": likelihood,
        }
        self.stages = [
            Stage(KnobLoss, pretrain, by_sound=False),
            Stage(SoundLoss, 1 - pretrain, slower, options=options),
        ]


TRAINING_METHODS: dict[str, type] = {
    "knobs": KnobTraining,
    "joint": JointTraining,
    "sound": SoundTraining,
    "reinforce": ReinforcementTraining,
    "neuroevolution": EvolutionTraining,
    "knobs+sound": KnobsThenSoundTraining,
}
