"""Probing: which groups of genes interact, for a synth and a fitness.

The points are pairs of random genomes. Every sound is rendered once and scored by every fitness.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from common.blame import PluginError
from common.errors import InputError
from common.random import generator
from harness.plan.comparison import Comparison
from harness.run.dispatch import MOST_DEATHS, Dispatcher, Pool
from harness.run.jobs import Outcome, ProbeJob
from harness.run.problem import Problem, problem_of
from strategies.interactions import probes
from strategies.searches.base import Distances, Genomes

# Four times as many as are rendered side by side: some tenths of a second.
_BATCH = 64

Groups = Mapping[str, tuple[int, ...]]


def points_of(comparison: Comparison, target: str, count: int) -> Genomes:
    """Pairs of uniform genomes, base and other, shape (count, 2, genes).

    They follow from the experiment's seed and the target; with more, the first are the same.
    """
    digest = comparison.targets[target].digest
    random = generator("probe points", comparison.experiment.seed, digest)
    return random.random((count, 2, len(comparison.space)))


def probed(
    comparison: Comparison, workers: Pool, groups: Groups, points: int
) -> dict[str, dict[str, Distances]]:
    """Render every point's probes for every target and score them by every fitness.

    Args:
        comparison: with targets and fitness functions.
        workers: started.
        groups: name to the genes of each group.
        points: how many pairs of genomes for each target.

    Returns:
        Fitness to target to distances, shape (points, probes), the same whatever the workers.

    Raises:
        InputError: if a plug-in fails, or workers die over it.
    """
    labels, members = tuple(comparison.fitness), list(groups.values())
    tasks: list[tuple[Problem, ProbeJob]] = []
    owners: list[str] = []
    for target in comparison.targets:
        # Differences from the worst distance of all would say nothing about interactions.
        problem = replace(problem_of(comparison, target), strict=True)
        pairs = points_of(comparison, target, points)
        genomes = np.concatenate([probes(base, other, members) for base, other in pairs])
        batches = [genomes[i : i + _BATCH] for i in range(0, len(genomes), _BATCH)]
        tasks += [(problem, ProbeJob(batch, labels)) for batch in batches]
        owners += [target] * len(batches)
    outcomes = _performed(workers, tasks)
    found: dict[str, dict[str, Distances]] = {label: {} for label in labels}
    for target in comparison.targets:
        own = [out for out, owner in zip(outcomes, owners, strict=True) if owner == target]
        for label in labels:
            distances = np.concatenate([outcome.distances[label] for outcome in own])
            found[label][target] = distances.reshape(points, -1)
    return found


def _performed(workers: Pool, tasks: Sequence[tuple[Problem, ProbeJob]]) -> list[Outcome]:
    """Do jobs on whatever worker is idle; returns their outcomes in the order of the jobs."""
    outcomes = []
    for result in Dispatcher(workers).in_order(tasks, ahead=len(tasks)):
        if result.died:
            raise InputError(f"probe: the worker died {MOST_DEATHS} times over the same genomes")
        if result.error is not None:
            known = isinstance(result.error, PluginError)
            kind = "" if known else f"{type(result.error).__name__}: "
            raise InputError(f"probe: {kind}{result.error}")
        outcomes.append(result.value)
    return outcomes
