"""The cross-table: what was searched with against what judges, and ranks over all of it.

A cell says how often random search's distance by that judge can be halved until the found one is
reached: a scale on which judges, targets and seeds can be averaged. Each fitness judges too; where
it judges what was searched with it, it is no judge but a check.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from harness.answer.load import Results, control_labels
from harness.answer.measures.trial import judge_halvings
from harness.statistics.ranks import Friedman, critical_difference, friedman, not_told_apart


@dataclass(frozen=True)
class Ranking:
    """Contenders ranked over units; rank 1 is the closest.

    Attributes:
        ranks: contender to mean rank, the best first.
        units: how often they were ranked.
        test: Friedman's, of whether any differ.
        difference: by how much two mean ranks must differ (Nemenyi, 5 %).
        alike: groups of contenders that are not told apart.
    """

    ranks: dict[str, float]
    units: int
    test: Friedman
    difference: float
    alike: list[tuple[str, ...]]


@dataclass(frozen=True)
class Cross:
    """The cross-table of a comparison.

    Attributes:
        table: mean halvings, a row a fitness, a column a judge; judges first, fitness after them.
        judges: how many of the columns are judges.
        ranking: of the fitness functions, over targets and seeds, by the mean of the judges; None
            with fewer than two.
    """

    table: pd.DataFrame
    judges: int
    ranking: Ranking | None


def cross(results: Results, table: pd.DataFrame) -> Cross:
    """Set every fitness against every judge, mean over all strategies but random search.

    Args:
        results: with the judges.
        table: of the trials, with their distances by every judge.
    """
    also = [label for label in results.fitness if f"judge.{label}" in table]
    columns = list(dict.fromkeys([*results.judges, *also]))
    random = control_labels(results)
    found = {judge: judge_halvings(results, table, judge) for judge in columns}
    halved = pd.DataFrame(found).assign(fitness=table["fitness"])
    searched = ~table["strategy"].isin(random)
    means = halved[searched].groupby("fitness").mean().reindex(results.fitness).dropna(how="all")
    return Cross(means, len(results.judges), _ranking(table[searched]))


def _ranking(searched: pd.DataFrame) -> Ranking | None:
    wide = searched.pivot_table(
        index=["target", "seed", "strategy"], columns="fitness", values="judged"
    )
    # Strategies share the target and the seed: they are no units of their own.
    units = wide.groupby(["target", "seed"]).mean().dropna()
    return ranked(units)


def ranked(units: pd.DataFrame) -> Ranking | None:
    """Rank contenders (columns) on units (rows), the largest first; None if there is nothing to."""
    n, k = units.shape
    if n < 2 or k < 2:
        return None
    places = units.rank(axis=1, ascending=False).mean()
    order = list(places.sort_values(kind="stable").index)
    difference = critical_difference(k, n)
    groups = not_told_apart([float(places[name]) for name in order], difference)
    return Ranking(
        {str(name): float(places[name]) for name in order},
        n,
        friedman(np.asarray(units)),
        difference,
        [tuple(str(order[i]) for i in group) for group in groups],
    )
