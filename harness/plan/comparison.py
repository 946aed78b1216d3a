"""A validated comparison: everything that an experiment names, found and complete. It is frozen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.blame import blamed
from harness.plan.choice import Choice
from harness.plan.experiment import Experiment
from harness.plan.networks import NetworkPlan, network_key
from harness.plan.registry import Registry
from harness.plan.targets import LoadedTarget
from strategies.base import Phase, SearchChoice, Strategy
from synth.base import Synth
from synth.space import ParameterSpace


@dataclass(frozen=True)
class NetworkSource:
    """A network of a comparison, and what makes its examples.

    Attributes:
        plan: of the network, with every option.
        synth: what makes its examples.
        space: that synth's parameters.
    """

    plan: NetworkPlan
    synth: Choice
    space: ParameterSpace


@dataclass(frozen=True)
class Comparison:
    """An experiment, checked against everything that it names; ``harness.plan.resolve`` makes one.

    Attributes:
        experiment: as read.
        folder: what the paths in it are relative to.
        registry: of all plug-ins.
        synth: what renders, with every option.
        space: its parameters.
        fitness: label to what searches minimise.
        judges: label to what compares the results.
        atomic: name to the fitness functions that agents use instead of their trial's.
        targets: label to the sound to reproduce.
        strategies: label to what is compared, variants of sweeps last.
        phases: label to the strategy's phases with the seed 0.
        networks: label to each network that a strategy names.
    """

    experiment: Experiment
    folder: Path
    registry: Registry
    synth: Choice
    space: ParameterSpace
    fitness: Mapping[str, Choice]
    judges: Mapping[str, Choice]
    atomic: Mapping[str, Choice]
    targets: Mapping[str, LoadedTarget]
    strategies: Mapping[str, Choice]
    phases: Mapping[str, Sequence[Phase]]
    networks: Mapping[str, NetworkSource]

    def make_synth(self, sample_rate: int, samples: int) -> Synth:
        """Make the synth, for sounds of one sample rate and length."""
        return make_synth(self.registry, self.synth, sample_rate, samples)

    def strategy(self, label: str) -> Strategy:
        """Make the strategy called ``label``, for the synth's space and the population."""
        population = self.experiment.population
        return make_strategy(self.registry, self.strategies[label], self.space, population)

    def network_key(self, label: str) -> str:
        """Return the key of the network called ``label``: a hash of all it depends on."""
        source = self.networks[label]
        return network_key(source.plan, source.synth, self.registry, self.folder)

    def judging(self) -> dict[str, Any]:
        """Label to name, options and version of all that a best sound is judged by."""
        chosen = {**self.judges, **self.fitness}
        return {
            label: {
                **choice.model_dump(),
                "version": self.registry.version("judge", choice.name),
                **part_versions(self.registry, choice),
            }
            for label, choice in sorted(chosen.items())
        }


def part_versions(registry: Registry, choice: Choice) -> dict[str, str]:
    """Return the versions of a weighted sum's parts; those of ga-synth have the sum's own."""
    parts = choice.options.get("parts", {}) if choice.name == "weighted" else {}
    foreign = sorted(name for name in parts if registry.is_foreign("fitness", name))
    return {f"part {name}": registry.version("fitness", name) for name in foreign}


def make_synth(registry: Registry, choice: Choice, sample_rate: int, samples: int) -> Synth:
    """Make a synth.

    Raises:
        InputError: if it refuses, or raises.
    """
    cls = registry.get("synth", choice.name)
    with blamed(f"synth {choice.name!r}"):
        synth: Synth = cls(sample_rate, samples, **choice.options)
    return synth


def make_strategy(
    registry: Registry, choice: Choice, space: ParameterSpace, population: int
) -> Strategy:
    """Make a strategy, whose options hold its agents' search.

    Raises:
        InputError: if it refuses, or raises.
    """
    options = dict(choice.options)
    search = options.pop("search")
    cls = registry.get("strategy", choice.name)
    with blamed(f"strategy {choice.label!r}"):
        made: Strategy = cls(
            space, population, SearchChoice(search["name"], search["options"]), **options
        )
    return made
