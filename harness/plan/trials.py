"""The trials of a comparison: the cells of its grid, what each depends on, its first genomes."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.errors import InputError
from common.random import generator, random_source
from common.suggest import nearest
from harness.plan.comparison import Comparison, part_versions
from harness.plan.registry import own_version
from strategies.informed import FROM_BANK

AXES = ("strategy", "fitness", "target", "seed")


@dataclass(frozen=True)
class Trial:
    """One cell of the grid with one seed: a search that is run to its budget.

    Attributes:
        strategy: label of the strategy.
        fitness: label of the fitness.
        target: label of the target.
        seed: which repetition, from 0.
        config: all that its result depends on, as plain values.
    """

    strategy: str
    fitness: str
    target: str
    seed: int
    config: Mapping[str, Any]

    @cached_property
    def key(self) -> str:
        """A hash of the config: equal keys give equal bytes."""
        return hashlib.sha256(json.dumps(self.config, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def name(self) -> str:
        """The folder of the trial: readable, and unique by its key."""
        return f"{self.strategy}.{self.fitness}.{self.target}.{self.seed}-{self.key[:8]}"

    def random(self, purpose: str, *key: int) -> np.random.SeedSequence:
        """Return the source of randomness for one purpose of this trial alone."""
        return random_source(f"trial: {purpose}", self.key, *key)


def trials_of(comparison: Comparison, only: Iterable[str] = ()) -> list[Trial]:
    """List the trials of the grid.

    Args:
        comparison: with its grid.
        only: restrictions ``axis=label,label``; the axes are strategy, fitness, target, seed.

    Raises:
        InputError: for an unknown axis or label.
    """
    labels: dict[str, list[str]] = {
        "strategy": list(comparison.strategies),
        "fitness": list(comparison.fitness),
        "target": list(comparison.targets),
        "seed": [str(seed) for seed in range(comparison.experiment.seeds)],
    }
    for restriction in only:
        axis, equals, wanted = restriction.partition("=")
        if not equals:
            raise InputError(f"--only {restriction!r}: needs axis=label,label")
        if axis not in labels:
            raise InputError(f"--only {restriction!r}: unknown axis; {nearest(axis, AXES)}")
        for label in wanted.split(","):
            if label not in labels[axis]:
                hint = nearest(label, labels[axis])
                raise InputError(f"--only {restriction!r}: no {axis} {label!r}; {hint}")
        labels[axis] = [label for label in labels[axis] if label in wanted.split(",")]
    # Seeds first: a comparison that is cut short has compared everything a few times.
    return [
        Trial(
            strategy,
            fitness,
            target,
            int(seed),
            _config(comparison, strategy, fitness, (target, int(seed))),
        )
        for seed in labels["seed"]
        for target in labels["target"]
        for fitness in labels["fitness"]
        for strategy in labels["strategy"]
    ]


def shared_genomes(comparison: Comparison, trial: Trial) -> NDArray[np.float64]:
    """Return the genomes that all strategies share for a target and seed: (population, genes)."""
    experiment, digest = comparison.experiment, comparison.targets[trial.target].digest
    random = generator("first genomes", experiment.seed, digest, trial.seed)
    return random.random((experiment.population, len(comparison.space)))


def _config(
    comparison: Comparison, strategy: str, fitness: str, cell: tuple[str, int]
) -> dict[str, Any]:
    """All that a trial's result depends on, and the versions of the plug-ins it uses."""
    target, seed = cell
    experiment, registry = comparison.experiment, comparison.registry
    loaded = comparison.targets[target]
    chosen = {"strategy": comparison.strategies[strategy], "fitness": comparison.fitness[fitness]}
    made = comparison.strategy(strategy)
    network = made.network
    agents = [agent for phase in comparison.phases[strategy] for agent in phase.agents]
    searches = {agent.search.name for agent in agents}
    atomic = {agent.fitness for agent in agents if agent.fitness is not None}
    versions = {
        "synth": registry.version("synth", comparison.synth.name),
        **{kind: registry.version(kind, choice.name) for kind, choice in chosen.items()},
        **{name: registry.version("search", name) for name in sorted(searches)},
        **{f"atomic {name}": registry.version("fitness", name) for name in sorted(atomic)},
        **part_versions(registry, chosen["fitness"]),
    }
    return {
        "ga_synth": own_version(),
        "seed": experiment.seed,
        "repetition": seed,
        "budget": experiment.budget,
        "population": experiment.population,
        "listens": experiment.listens,
        "synth": comparison.synth.model_dump(),
        **{kind: choice.model_dump() for kind, choice in chosen.items()},
        **({"network": comparison.network_key(network)} if network is not None else {}),
        **({"bank": experiment.bank.model_dump()} if made.start in FROM_BANK else {}),
        # What was run before there was a choice is the same as by default.
        **({"broken": experiment.broken} if experiment.broken != "worst" else {}),
        "target": {
            "label": target,
            "kind": loaded.kind,
            "source": loaded.source,
            "sample_rate": loaded.sample_rate,
            "digest": loaded.digest,
        },
        "versions": versions,
    }
