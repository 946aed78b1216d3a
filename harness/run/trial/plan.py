"""What never changes in a trial: its strategy, phases, budget, and sources of randomness."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from common.blame import PluginError, blamed
from harness.plan.comparison import Comparison
from harness.plan.strategies import ill_formed
from harness.plan.trials import Trial, shared_genomes
from harness.run.problem import atomic_key
from strategies.base import Phase, Strategy
from strategies.hints import Hints
from strategies.limits import Limits
from strategies.searches.base import Distances, Genomes
from synth.space import ParameterSpace

Probed = tuple[Genomes, Distances]


class TrialPlan:
    """Everything about a trial that follows from its config alone.

    Args:
        comparison: the comparison it belongs to.
        trial: which one.
        hints: what is known of the target.
        make: makes the strategy; by default the comparison does.

    Raises:
        PluginError: if the strategy fails.
    """

    def __init__(
        self,
        comparison: Comparison,
        trial: Trial,
        hints: Hints | None = None,
        make: Callable[[], Strategy] | None = None,
    ) -> None:
        self.trial = trial
        self.space: ParameterSpace = comparison.space
        self.fitness = trial.fitness
        self._comparison, self._hints = comparison, hints or Hints()
        self._make = make or (lambda: comparison.strategy(trial.strategy))
        self._learned: tuple[bytes, Strategy, tuple[Phase, ...]] | None = None
        self.seed = int(trial.random("strategy").generate_state(1)[0])

    @cached_property
    def _unprobed(self) -> tuple[Strategy, tuple[Phase, ...]]:
        with self.blaming_strategy():
            strategy = self._make()
            return strategy, self._phases_of(strategy)

    @cached_property
    def limits(self) -> Limits | None:
        """Between which values genes stay; None for all."""
        with self.blaming_strategy():
            limits = self.strategy(None).limits(self._hints)
            if limits is not None and (problem := limits.problem(len(self.space))):
                raise PluginError(f"{self._who}: {problem}")
            return limits

    def within(self, genomes: Genomes) -> Genomes:
        """Return complete genomes, shape (n, genes), within the limits."""
        return genomes if self.limits is None else self.limits.inside(genomes)

    @cached_property
    def first(self) -> Genomes:
        """The first population, shape (n, genes)."""
        shared = shared_genomes(self._comparison, self.trial)
        strategy = self.strategy(None)
        random = np.random.default_rng(self.trial.random("first population"))
        with self.blaming_strategy():
            genomes = np.asarray(strategy.first(shared, self._hints, random), dtype=np.float64)
        fits = genomes.ndim == 2 and genomes.shape[1] == len(self.space)
        if not (fits and 1 <= len(genomes) <= len(shared)):
            wanted = f"(1 to {len(shared)}, {len(self.space)})"
            raise PluginError(f"{self._who}: first() gave shape {genomes.shape}; wanted {wanted}")
        if not ((genomes >= 0) & (genomes <= 1)).all():
            raise PluginError(f"{self._who}: first() gave a gene outside [0, 1] or NaN")
        return self.within(genomes)

    @cached_property
    def budget(self) -> int:
        """Renders of the trial: the experiment's budget, or less where the strategy wants less."""
        budget = self._comparison.experiment.budget
        with self.blaming_strategy():
            return min(budget, int(self.strategy(None).renders(budget)))

    @cached_property
    def measures_sounds_at(self) -> NDArray[np.int64]:
        """After how many renders the diversity of the sounds is measured."""
        times = self._comparison.experiment.listens
        return np.geomspace(len(self.first), self.budget, times).astype(int)

    def objective(self, fitness: str | None) -> str:
        """Return the key of the distance that an agent minimises.

        Args:
            fitness: the agent's atomic fitness; None for the trial's own.
        """
        if fitness is None:
            return self.fitness
        own, atomic = self._comparison.fitness[self.fitness], self._comparison.atomic[fitness]
        same = (own.name, own.options) == (atomic.name, atomic.options)
        return self.fitness if same else atomic_key(fitness)

    def strategy(self, probed: Probed | None) -> Strategy:
        """Return the strategy, which has learned from the probes, if there were any."""
        return self._unprobed[0] if probed is None else self._after(probed)[1]

    def phases(self, probed: Probed | None) -> Sequence[Phase]:
        """Return the phases of the strategy, which has learned from the probes."""
        return self._unprobed[1] if probed is None else self._after(probed)[2]

    def end(self, phase: int, probed: Probed | None) -> int:
        """Return how many renders of the budget are spent when a phase ends."""
        phases = self.phases(probed)
        last = phase == len(phases) - 1
        return self.budget if last else int(phases[phase].share * self.budget)

    def blaming_strategy(self) -> AbstractContextManager[None]:
        """Turn whatever the strategy raises into a PluginError that names it."""
        return blamed(self._who, PluginError)

    @property
    def _who(self) -> str:
        return f"strategy {self.trial.strategy!r}"

    def _after(self, probed: Probed) -> tuple[bytes, Strategy, tuple[Phase, ...]]:
        key = probed[1].tobytes()
        if self._learned is None or self._learned[0] != key:
            with self.blaming_strategy():
                strategy = self._make()
                strategy.learn(*probed)
                self._learned = key, strategy, self._phases_of(strategy)
        return self._learned

    def _phases_of(self, strategy: Strategy) -> tuple[Phase, ...]:
        phases = tuple(strategy.phases(self.seed))
        if problem := ill_formed(phases, len(self.space)):
            raise PluginError(f"{self._who}: {problem}")
        return phases
