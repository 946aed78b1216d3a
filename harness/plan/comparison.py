"""A validated comparison: its targets heard, its options complete, its trials counted out."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.errors import InputError
from common.validation import nearest
from harness.plan.choice import Choice
from harness.plan.experiment import ContrivedTarget, Experiment, RecordedTarget
from harness.plan.networks import NetworkPlan, checked_networks, network_key
from harness.plan.options import blamed, checked_options
from harness.plan.registry import Registry, own_version
from harness.plan.synths import planned_synth
from harness.plan.targets import LoadedTarget, load_contrived, load_recorded
from strategies.base import Phase, SearchChoice, Strategy
from strategies.proposal import Proposal, shared_genes
from synth.base import Synth
from synth.space import ParameterSpace

# Part of the key of what a first population is drawn with, apart from a trial's other purposes.
_SEEDING = 0x5EED
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

    def random(self, *purpose: int) -> np.random.SeedSequence:
        """A source of randomness for one purpose of this trial alone."""
        return np.random.SeedSequence([int(self.key, 16), *purpose])


class Comparison:
    """An experiment, checked against everything that it names.

    Args:
        experiment: as read.
        folder: what the paths in it are relative to.

    Raises:
        InputError: for anything that is unknown, broken or does not fit.
    """

    def __init__(self, experiment: Experiment, folder: Path) -> None:
        self.experiment, self.folder = experiment, folder
        # Of a network for a target, by their labels; filled in when networks have been asked.
        self.proposals: dict[tuple[str, str], Proposal] = {}
        self.registry = Registry(tuple(folder / file for file in experiment.plugins))
        self.synth = planned_synth(experiment.synth, self.registry, folder, "synth")
        self.search = self._checked("search", experiment.search, "search")
        self.fitness = self._all("fitness", experiment.fitness, "fitness")
        self.judges = self._all("judge", experiment.judges, "judges")
        self.targets = self._load_targets(folder)
        self.strategies = {
            choice.label: self._strategy_choice(choice, f"strategies[{i}]")
            for i, choice in enumerate(experiment.strategies)
        } | {
            variant.choice.label: self._strategy_choice(variant.choice, variant.choice.label)
            for variant in experiment.variants()
        }
        self.networks = self._named_networks(checked_networks(experiment.networks, self.registry))
        self._sources = {label: self._source(label) for label in self.networks}
        for label in self.strategies:
            for phase in self.phases(label):
                self._check_phase(label, phase)
            self._check_probe(label)
        self._check_fitness()

    def _checked(self, kind: str, choice: Choice, where: str) -> Choice:
        """The choice with every option filled in."""
        try:
            cls = self.registry.get(kind, choice.name)
        except InputError as error:
            raise InputError(f"{where}: {error}") from None
        options = checked_options(cls, choice.options, where)
        return choice.model_copy(update={"options": options})

    def _all(self, kind: str, choices: Iterable[Choice], where: str) -> dict[str, Choice]:
        return {
            choice.label: self._checked(kind, choice, f"{where}[{i}]")
            for i, choice in enumerate(choices)
        }

    def _strategy_choice(self, choice: Choice, where: str) -> Choice:
        """A strategy's choice; its own ``search`` is kept apart from its options."""
        options = dict(choice.options)
        search = self.search
        if "search" in options:
            try:
                own = Choice.model_validate(options.pop("search"))
            except ValueError:
                raise InputError(
                    f"{where}.search: needs a name, or a mapping with 'name'"
                ) from None
            search = self._checked("search", own, f"{where}.search")
        checked = self._checked("strategy", choice.model_copy(update={"options": options}), where)
        return checked.model_copy(
            update={"options": {**checked.options, "search": search.model_dump()}}
        )

    def _named_networks(self, plans: Mapping[str, NetworkPlan]) -> dict[str, NetworkPlan]:
        """Those that strategies name."""
        named = {label: self.strategy(label).network for label in self.strategies}
        for label, network in named.items():
            if network is not None and network not in plans:
                hint = nearest(network, plans)
                raise InputError(f"strategy {label!r}: no network {network!r} in networks; {hint}")
        return {label: plan for label, plan in plans.items() if label in named.values()}

    def network_key(self, label: str) -> str:
        """The key of the network called ``label``."""
        synth, _ = self._sources[label]
        return network_key(self.networks[label], synth, self.registry, self.folder)

    def network_synth(self, label: str) -> tuple[Choice, ParameterSpace]:
        """What makes the examples of the network called ``label``, and its parameters."""
        return self._sources[label]

    def _source(self, label: str) -> tuple[Choice, ParameterSpace]:
        plan = self.networks[label]
        if plan.synth is None:
            return self.synth, self.space
        where = f"network {label!r}: synth"
        choice = planned_synth(plan.synth, self.registry, self.folder, where)
        with blamed(where):
            cls = self.registry.get("synth", choice.name)
            space: ParameterSpace = cls(plan.sample_rate, plan.samples, **choice.options).space
            shared_genes(space, self.space)
        return choice, space

    def _load_targets(self, folder: Path) -> dict[str, LoadedTarget]:
        loaded: dict[str, LoadedTarget] = {}
        for i, target in enumerate(self.experiment.targets):
            if isinstance(target, RecordedTarget):
                one = load_recorded(target, folder)
            else:
                synth = self._contriving_synth(target)
                one = load_contrived(target, synth)
                synth.close()
            if one.label in loaded:
                raise InputError(f"targets[{i}]: {one.label!r} stands twice; give one a label")
            loaded[one.label] = one
        return loaded

    def _contriving_synth(self, target: ContrivedTarget) -> Synth:
        return self.make_synth(target.sample_rate, round(target.seconds * target.sample_rate))

    def _check_phase(self, label: str, phase: Phase) -> None:
        """A strategy may be a plug-in: what its agents own and name is checked here."""
        owned = sorted(gene for agent in phase.agents for gene in agent.genes)
        if owned != list(range(len(self.space))):
            raise InputError(f"strategy {label!r}: its agents do not own every gene once")
        for agent in phase.agents:
            cls = self.registry.get("search", agent.search.name)
            options = checked_options(cls, agent.search.options, f"search of agent {agent.name!r}")
            with blamed(f"strategy {label!r}, agent {agent.name!r}"):
                cls(len(agent.genes), agent.population, 0, **options)

    def _check_probe(self, label: str) -> None:
        """A budget that is too small for what a strategy would probe is refused now."""
        population = self.experiment.population
        genomes, distances = np.zeros((population, len(self.space))), np.zeros(population)
        with blamed(f"strategy {label!r}"):
            if left := self.experiment.budget - population:
                self.strategy(label).probe(genomes, distances, left, 0)

    def _check_fitness(self) -> None:
        """Bind every fitness and judge to every target once: what cannot be bound is said now."""
        for target in self.targets.values():
            for kind, choices in (
                ("fitness", self.fitness),
                ("judge", self.judges),
                ("fitness", self.atomic),
            ):
                for label, choice in choices.items():
                    cls = self.registry.get(kind, choice.name)
                    with blamed(f"{kind} {label!r} on target {target.label!r}"):
                        for sound in target.sounds:
                            cls(sound, target.sample_rate, **choice.options)

    @cached_property
    def space(self) -> ParameterSpace:
        """The parameter space of the synth."""
        first = next(iter(self.targets.values()))
        return self.make_synth(first.sample_rate, first.samples).space

    def make_synth(self, sample_rate: int, samples: int) -> Synth:
        """The synth, for sounds of one sample rate and length."""
        cls = self.registry.get("synth", self.synth.name)
        with blamed(f"synth {self.synth.name!r}"):
            synth: Synth = cls(sample_rate, samples, **self.synth.options)
        return synth

    def strategy(self, label: str) -> Strategy:
        """The strategy called ``label``, made for the synth's space and the population."""
        options = dict(self.strategies[label].options)
        search = options.pop("search")
        cls = self.registry.get("strategy", self.strategies[label].name)
        choice = SearchChoice(search["name"], search["options"])
        with blamed(f"strategy {label!r}"):
            made: Strategy = cls(self.space, self.experiment.population, choice, **options)
        return made

    def kinds(self) -> dict[str, dict[str, Any]]:
        """What each strategy is to the others, by label: what the answers need to know of it.

        ``control`` and ``reference`` as its class says; ``baseline``: the label of the same
        strategy with the same options but without its network, or None.
        """
        found = {}
        for label, choice in self.strategies.items():
            cls: type[Strategy] = self.registry.get("strategy", choice.name)
            baseline = self._baseline(choice, cls.baseline) if cls.baseline else None
            found[label] = {
                "control": cls.control,
                "reference": cls.reference,
                "baseline": baseline,
            }
        return found

    def _baseline(self, seeded: Choice, name: str) -> str | None:
        for label, choice in self.strategies.items():
            shared = {key: seeded.options.get(key) for key in choice.options}
            if choice.name == name and choice.options == shared:
                return label
        return None

    def phases(self, label: str) -> Sequence[Phase]:
        """The phases of the strategy called ``label``, dealt with the seed 0."""
        strategy = self.strategy(label)
        with blamed(f"strategy {label!r}"):
            phases = strategy.phases(0)
        if not phases:
            raise InputError(f"strategy {label!r}: has no phases; needs one or more")
        return phases

    @cached_property
    def atomic(self) -> dict[str, Choice]:
        """The fitness functions that agents listen to instead of their trial's, by name."""
        return {
            agent.fitness: self._checked(
                "fitness",
                Choice.model_validate(agent.fitness),
                f"strategy {label!r}, agent {agent.name!r}",
            )
            for label in self.strategies
            for phase in self.phases(label)
            for agent in phase.agents
            if agent.fitness is not None
        }

    def first_genomes(self, trial: Trial) -> NDArray[np.float64]:
        """The first population, shape (n, genes).

        One for each target and seed, shape (population, genes), unless the strategy begins from
        what a network proposes.
        """
        digest = int(self.targets[trial.target].digest[:16], 16)
        random = np.random.default_rng([self.experiment.seed, digest, trial.seed])
        shared = random.random((self.experiment.population, len(self.space)))
        strategy = self.strategy(trial.strategy)
        proposal = self.proposals.get((strategy.network or "", trial.target))
        with blamed(f"strategy {trial.strategy!r}"):
            return strategy.first(shared, proposal, np.random.default_rng(trial.random(_SEEDING)))

    def judging(self) -> dict[str, Any]:
        """Label to name, options and version of all that a best sound is judged by."""
        chosen = {**self.judges, **self.fitness}
        return {
            label: {**choice.model_dump(), "version": self.registry.version("judge", choice.name)}
            for label, choice in sorted(chosen.items())
        }

    def trials(self, only: Iterable[str] = ()) -> list[Trial]:
        """Count out the grid.

        Args:
            only: restrictions ``axis=label,label``; the axes are strategy, fitness, target, seed.

        Raises:
            InputError: for an unknown axis or label.
        """
        labels: dict[str, list[str]] = {
            "strategy": list(self.strategies),
            "fitness": list(self.fitness),
            "target": list(self.targets),
            "seed": [str(seed) for seed in range(self.experiment.seeds)],
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
                strategy, fitness, target, int(seed), self._config(strategy, fitness, target, seed)
            )
            for seed in labels["seed"]
            for target in labels["target"]
            for fitness in labels["fitness"]
            for strategy in labels["strategy"]
        ]

    def _config(self, strategy: str, fitness: str, target: str, seed: str) -> dict[str, Any]:
        """All that a trial's result depends on, and the versions of the plug-ins it uses."""
        loaded = self.targets[target]
        chosen = {"strategy": self.strategies[strategy], "fitness": self.fitness[fitness]}
        network = self.strategy(strategy).network
        agents = [agent for phase in self.phases(strategy) for agent in phase.agents]
        searches = {agent.search.name for agent in agents}
        atomic = {agent.fitness for agent in agents if agent.fitness is not None}
        versions = {
            "synth": self.registry.version("synth", self.synth.name),
            **{kind: self.registry.version(kind, choice.name) for kind, choice in chosen.items()},
            **{name: self.registry.version("search", name) for name in sorted(searches)},
            **{f"atomic {name}": self.registry.version("fitness", name) for name in sorted(atomic)},
        }
        return {
            "ga_synth": own_version(),
            "experiment": self.experiment.name,
            "seed": self.experiment.seed,
            "repetition": int(seed),
            "budget": self.experiment.budget,
            "population": self.experiment.population,
            "listens": self.experiment.listens,
            "synth": self.synth.model_dump(),
            **{kind: choice.model_dump() for kind, choice in chosen.items()},
            **({"network": self.network_key(network)} if network is not None else {}),
            "target": {
                "label": target,
                "kind": loaded.kind,
                "source": loaded.source,
                "sample_rate": loaded.sample_rate,
                "digest": loaded.digest,
            },
            "versions": versions,
        }
