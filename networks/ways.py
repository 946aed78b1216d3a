"""The ways of training, by name; each is interchangeable with every architecture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from networks.learners import Descent, Evolution, Learner
from networks.objectives import Distances, Knobs, Objective, Reinforce, Sound


@dataclass(frozen=True)
class Evolved:
    """How a GA moves weights.

    Attributes:
        population: how many networks a generation has.
        reach: how far a weight may move, in standard deviations of its layer.
    """

    population: int
    reach: float


@dataclass(frozen=True)
class Stage:
    """A stretch of training.

    Attributes:
        objective: what is lowered.
        share: of all steps.
        slower: what the learning rate is divided by.
        evolved: how a GA moves the weights, if no gradient does.
        options: of the objective.
        by_sound: whether validation chooses the best by its distance in sound.
    """

    objective: type[Objective]
    share: float = 1.0
    slower: float = 1.0
    evolved: Evolved | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    by_sound: bool = True


class ByKnobs:
    """Likelihood of the true genes."""

    def __init__(self) -> None:
        self.stages = [Stage(Knobs, by_sound=False)]


class BySound:
    """Distance of what is rendered from what was heard, by simultaneous perturbation.

    Args:
        directions: how many at a time, two renders each.
        reach: how far genes are moved.
    """

    def __init__(self, *, directions: int = 8, reach: float = 0.02) -> None:
        self.stages = [Stage(Sound, options={"directions": directions, "reach": reach})]


class ByReinforcement:
    """Policy gradient: minus the distance is the reward, the other draws are the baseline.

    Args:
        draws: of genomes for each sound.
        entropy: what is paid for staying unsure.
    """

    def __init__(self, *, draws: int = 16, entropy: float = 0.02) -> None:
        self.stages = [Stage(Reinforce, options={"draws": draws, "entropy": entropy})]


class ByEvolution:
    """A GA over the weights, by the distance of what is rendered.

    Args:
        population: how many networks a generation has.
        reach: how far a weight may move, in standard deviations of its layer.
    """

    def __init__(self, *, population: int = 16, reach: float = 1.0) -> None:
        options = {"directions": 1, "reach": 0.0}
        evolved = Evolved(population, reach)
        self.stages = [Stage(Sound, evolved=evolved, options=options)]


class ByKnobsThenSound:
    """Knobs first, then the distance of what is rendered, at a smaller rate.

    Args:
        pretrain: share of the steps that are spent on knobs.
        directions: how many at a time, two renders each.
        reach: how far genes are moved.
        likelihood: how much the knobs still count in the second part.
        slower: what the learning rate is divided by in the second part.
    """

    def __init__(
        self,
        *,
        pretrain: float = 0.7,
        directions: int = 8,
        reach: float = 0.02,
        likelihood: float = 1.0,
        slower: float = 5.0,
    ) -> None:
        if not 0 < pretrain < 1:
            raise ValueError(f"pretrain {pretrain}; allowed: above 0 and below 1")
        options = {"directions": directions, "reach": reach, "likelihood": likelihood}
        self.stages = [
            Stage(Knobs, pretrain, by_sound=False),
            Stage(Sound, 1 - pretrain, slower, options=options),
        ]


WAYS: dict[str, type] = {
    "knobs": ByKnobs,
    "sound": BySound,
    "reinforce": ByReinforcement,
    "neuroevolution": ByEvolution,
    "knobs+sound": ByKnobsThenSound,
}


def learner_of(
    stage: Stage,
    model: Any,
    circular: Sequence[bool],
    distances: Distances,
    seed: int,
    rate: float,
    steps: int,
) -> Learner:
    """What moves the weights in a stage.

    Args:
        stage: of training.
        model: logits of what it hears.
        circular: which genes go round.
        distances: renders and measures.
        seed: of what is drawn.
        rate: the learning rate that the stage divides.
        steps: of the stage.
    """
    objective = stage.objective(circular, distances, seed, **stage.options)
    if stage.evolved is not None:
        from strategies.searches.ga import GeneticAlgorithm

        # A gene of a million moves seldom: one in a hundred is many weights.
        search = GeneticAlgorithm(
            Evolution.weights(model), stage.evolved.population, seed, mutation=0.01
        )
        return Evolution(model, objective, search, stage.evolved.reach)
    return Descent(model, objective, rate / stage.slower, steps)
