"""The cross-table: every fitness against every judge, and the ranks of the fitness functions.

A cell holds halvings: how often random search's distance by that judge can be halved before the
distance found is reached. On this scale judges, targets and seeds can be averaged. Each fitness
also appears as a judge; against itself it is a check, not a held-out metric.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from harness.answer.load import Results, control_labels, judge_column
from harness.answer.measures.trial import judge_halvings
from harness.statistics.ranks import (
    Friedman,
    critical_difference,
    friedman,
    indistinguishable_groups,
)


@dataclass(frozen=True)
class Ranking:
    """Contenders ranked over units; rank 1 is the closest.

    Attributes:
        ranks: contender to its mean rank, best first.
        units: how many times they were ranked.
        test: Friedman's test of whether any of them differ.
        critical_difference: by how much two mean ranks must differ (Nemenyi, 5%).
        indistinguishable: groups of contenders without a significant difference.
    """

    ranks: dict[str, float]
    units: int
    test: Friedman
    critical_difference: float
    indistinguishable: list[tuple[str, ...]]


@dataclass(frozen=True)
class CrossTable:
    """The cross-table of a comparison.

    Attributes:
        table: mean halvings, one row per fitness, one column per judge; the judges come first, the
            fitness functions after them.
        judges: how many of the columns are judges.
        ranking: the fitness functions ranked over targets and seeds by the mean of the judges;
            None if there are fewer than two.
    """

    table: pd.DataFrame
    judges: int
    ranking: Ranking | None


def cross_table(results: Results, table: pd.DataFrame) -> CrossTable:
    """Average what each fitness found by each judge, over all strategies but the controls.

    Args:
        results: with the judges.
        table: the trials, with their distances by every judge.
    """
    also = [label for label in results.fitness if judge_column(label) in table]
    columns = list(dict.fromkeys([*results.judges, *also]))
    found = {judge: judge_halvings(results, table, judge) for judge in columns}
    halved = pd.DataFrame(found).assign(fitness=table["fitness"])
    searched = ~table["strategy"].isin(control_labels(results))
    means = halved[searched].groupby("fitness").mean().reindex(results.fitness).dropna(how="all")
    return CrossTable(means, len(results.judges), _ranking(table[searched]))


def _ranking(searched: pd.DataFrame) -> Ranking | None:
    wide = searched.pivot_table(
        index=["target", "seed", "strategy"], columns="fitness", values="judged"
    )
    # Strategies share the target and the seed, so they are not independent units.
    units = wide.groupby(["target", "seed"]).mean().dropna()
    return ranked(units)


def ranked(units: pd.DataFrame) -> Ranking | None:
    """Rank contenders (columns) on units (rows), largest first; None with fewer than two of any."""
    n, k = units.shape
    if n < 2 or k < 2:
        return None
    places = units.rank(axis=1, ascending=False).mean()
    order = list(places.sort_values(kind="stable").index)
    difference = critical_difference(k, n)
    groups = indistinguishable_groups([float(places[name]) for name in order], difference)
    return Ranking(
        {str(name): float(places[name]) for name in order},
        n,
        friedman(np.asarray(units)),
        difference,
        [tuple(str(order[i]) for i in group) for group in groups],
    )
