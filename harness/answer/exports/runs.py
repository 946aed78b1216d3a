"""Run lengths as other tools count them: a function is a target and a fitness.

A seed is an instance, a render an evaluation, a strategy an algorithm.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.answer.load import Results


@dataclass(frozen=True)
class Run:
    """One trial.

    Attributes:
        instance: its seed, from 1.
        steps: renders so far and the best distance then, shape (n, 2), from the first render to the
            last, which may repeat the distance before it. The first render improves on nothing.
    """

    instance: int
    steps: NDArray[np.float64]

    @property
    def renders(self) -> int:
        """How many renders were spent."""
        return int(self.steps[-1, 0])

    @property
    def best(self) -> float:
        """The best distance."""
        return float(self.steps[-1, 1])


@dataclass(frozen=True)
class Function:
    """What was minimised.

    Attributes:
        fitness: label of the distance.
        target: label of the sound.
    """

    fitness: str
    target: str


def functions_of(results: Results) -> list[Function]:
    """Every pair of a fitness and a target, in the order of the experiment."""
    return [Function(f, target) for f in results.fitness for target in results.targets]


def numbered_runs(
    results: Results, functions: Sequence[Function]
) -> Iterator[tuple[str, int, tuple[Function, list[Run]]]]:
    """Strategy, number of the function from 1, and the function with its runs, where it has any."""
    for strategy in results.strategies:
        for number, function in enumerate(functions, start=1):
            if runs := runs_of(results, strategy, function):
                yield strategy, number, (function, runs)


def runs_of(results: Results, strategy: str, function: Function) -> list[Run]:
    """The trials of a strategy on a function, by seed."""
    trials = results.trials
    chosen = trials[
        (trials["strategy"] == strategy)
        & (trials["fitness"] == function.fitness)
        & (trials["target"] == function.target)
    ].sort_values("seed")
    return list(_runs(results, zip(chosen["seed"], chosen["name"], chosen["renders"], strict=True)))


def _runs(results: Results, rows: Iterable[tuple[int, str, int]]) -> Iterator[Run]:
    for seed, name, renders in rows:
        steps = results.improvements[name]
        if steps[-1, 0] < renders:
            steps = np.vstack([steps, [renders, steps[-1, 1]]])
        yield Run(seed + 1, steps)
