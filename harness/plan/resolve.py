"""From an experiment to a comparison: everything that it names is found, completed and checked."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from common.blame import blamed
from common.errors import InputError
from harness.plan.choice import Choice
from harness.plan.comparison import Comparison, NetworkSource, make_strategy, make_synth
from harness.plan.experiment import ContrivedTarget, Experiment, RecordedTarget
from harness.plan.networks import NetworkPlan, checked_networks
from harness.plan.options import checked_choice
from harness.plan.registry import Registry
from harness.plan.strategies import check_network, check_phases, checked_strategy
from harness.plan.synths import planned_synth
from harness.plan.targets import LoadedTarget, load_contrived, load_recorded
from strategies.base import Phase, Strategy
from strategies.proposal import shared_genes
from synth.space import ParameterSpace


def resolve(experiment: Experiment, folder: Path) -> Comparison:
    """Check an experiment against everything that it names.

    Args:
        experiment: as read.
        folder: what the paths in it are relative to.

    Raises:
        InputError: for anything that is unknown, broken or does not fit.
    """
    # Absolute: a worker's own folder may be another.
    registry = Registry(tuple((folder / file).resolve() for file in experiment.plugins))
    synth = planned_synth(experiment.synth, registry, folder, "synth")
    search = checked_choice("search", experiment.search, registry, "search")
    fitness = _all("fitness", experiment.fitness, registry, "fitness")
    judges = _all("judge", experiment.judges, registry, "judges")
    targets = _targets(experiment, synth, registry, folder)
    first = next(iter(targets.values()))
    space = make_synth(registry, synth, first.sample_rate, first.samples).space
    strategies = _strategies(experiment, search, registry)
    made = {
        label: make_strategy(registry, choice, space, experiment.population)
        for label, choice in strategies.items()
    }
    plans = checked_networks(experiment.networks, registry)
    for label, strategy in made.items():
        check_network(label, strategy, plans)
    named = {strategy.network for strategy in made.values()}
    networks = {
        label: _source(plan, synth, space, registry, folder)
        for label, plan in plans.items()
        if label in named
    }
    phases = {label: _phases(label, strategy) for label, strategy in made.items()}
    for label, strategy in made.items():
        check_phases(label, phases[label], len(space), registry)
        _check_probe(label, strategy, experiment)
    atomic = atomic_fitness(phases, registry)
    comparison = Comparison(
        experiment, folder, registry, synth, space, fitness, judges, atomic, targets,
        strategies, phases, networks,
    )  # fmt: skip
    _check_distances(comparison)
    return comparison


def _all(kind: str, choices: Iterable[Choice], registry: Registry, where: str) -> dict[str, Choice]:
    return {
        choice.label: checked_choice(kind, choice, registry, f"{where}[{i}]")
        for i, choice in enumerate(choices)
    }


def _strategies(experiment: Experiment, search: Choice, registry: Registry) -> dict[str, Choice]:
    """The strategies and, after them, their variants."""
    chosen = {
        choice.label: checked_strategy(choice, search, registry, f"strategies[{i}]")
        for i, choice in enumerate(experiment.strategies)
    }
    varied = [variant.choice for variant in experiment.variants()]
    return chosen | {
        choice.label: checked_strategy(choice, search, registry, choice.label) for choice in varied
    }


def _targets(
    experiment: Experiment, synth: Choice, registry: Registry, folder: Path
) -> dict[str, LoadedTarget]:
    loaded: dict[str, LoadedTarget] = {}
    for i, target in enumerate(experiment.targets):
        if isinstance(target, RecordedTarget):
            one = load_recorded(target, folder)
        else:
            one = _contrived(target, synth, registry, folder)
        if one.label in loaded:
            raise InputError(
                f"targets[{i}]: duplicate label {one.label!r}; give one of them another label"
            )
        loaded[one.label] = one
    return loaded


def _contrived(
    target: ContrivedTarget, synth: Choice, registry: Registry, folder: Path
) -> LoadedTarget:
    samples = round(target.seconds * target.sample_rate)
    made = make_synth(registry, synth, target.sample_rate, samples)
    try:
        return load_contrived(target, made, folder)
    finally:
        made.close()


def _source(
    plan: NetworkPlan, synth: Choice, space: ParameterSpace, registry: Registry, folder: Path
) -> NetworkSource:
    """A network's own synth, or else the comparison's."""
    if plan.synth is None:
        return NetworkSource(plan, synth, space)
    where = f"network {plan.label!r}: synth"
    choice = planned_synth(plan.synth, registry, folder, where)
    with blamed(where):
        cls = registry.get("synth", choice.name)
        own: ParameterSpace = cls(plan.sample_rate, plan.samples, **choice.options).space
        shared_genes(own, space)
    return NetworkSource(plan, choice, own)


def _phases(label: str, strategy: Strategy) -> Sequence[Phase]:
    with blamed(f"strategy {label!r}"):
        return tuple(strategy.phases(0))


def _check_probe(label: str, strategy: Strategy, experiment: Experiment) -> None:
    """A budget that is too small for what a strategy would probe is refused now."""
    population, genes = experiment.population, len(strategy.space)
    if left := experiment.budget - population:
        with blamed(f"strategy {label!r}"):
            strategy.probe(np.zeros((population, genes)), np.zeros(population), left, 0)


def atomic_fitness(phases: Mapping[str, Sequence[Phase]], registry: Registry) -> dict[str, Choice]:
    """Return the fitness functions that agents use instead of their trial's, by name.

    Args:
        phases: label of each strategy to its phases.
        registry: where they are registered.

    Raises:
        InputError: if one is not registered, or needs options.
    """
    return {
        agent.fitness: checked_choice(
            "fitness",
            Choice.model_validate(agent.fitness),
            registry,
            f"strategy {label!r}, agent {agent.name!r}",
        )
        for label, of_strategy in phases.items()
        for phase in of_strategy
        for agent in phase.agents
        if agent.fitness is not None
    }


def _check_distances(comparison: Comparison) -> None:
    """Bind every fitness and judge to every target once: what cannot be bound is refused now."""
    for target in comparison.targets.values():
        for kind, choices in (
            ("fitness", comparison.fitness),
            ("judge", comparison.judges),
            ("fitness", comparison.atomic),
        ):
            for label, choice in choices.items():
                cls = comparison.registry.get(kind, choice.name)
                with blamed(f"{kind} {label!r} on target {target.label!r}"):
                    for sound in target.sounds:
                        cls(sound, target.sample_rate, **choice.options)
