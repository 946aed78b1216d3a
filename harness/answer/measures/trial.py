"""What a trial is measured by, one number per measure; a larger number is more.

Distances of different targets and fitness functions cannot be averaged. So they are first divided
by what random search ends with on the same target with the same fitness: its *reference*.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.answer.load import KEYS, Results, best_at, judge_column, reference_labels
from harness.answer.measures.at_equal_diversity import closeness_at_equal_diversity
from harness.answer.measures.clocks import clocks_of
from harness.answer.measures.halvings import halvings
from harness.answer.measures.novelty import novelty
from harness.answer.questions.catalogue import ON_THE_WAY

# A contender needs this share of the units of the one that has the most.
_ENOUGH = 0.5
# Speed is measured at distances from the reference down to a quarter of it (COCO).
LEVELS = 2.0 ** -np.arange(0, 2.25, 0.25)
MEASURES = (
    *("speed", "speed_cpu"),
    *(f"closeness_{percent}" for percent in ON_THE_WAY),
    *("closeness", "judged", "novelty", "stalled"),
    *("diversity", "diversity_evaluated", "diversity_sound", "closeness_at_equal_diversity"),
)


def references(results: Results) -> dict[tuple[str, str], float]:
    """The reference of each (fitness, target): the mean distance that random search ends with.

    Without random search among the strategies it is the best of the first population.
    """
    trials = results.trials
    names = reference_labels(results)
    if names:
        chosen = trials[trials["strategy"].isin(names)]
    else:
        chosen = results.curves[results.curves["renders"] == results.curves["renders"].min()]
    means = _means(chosen).to_dict("records")
    return {(row["fitness"], row["target"]): row["best"] for row in means}


def _means(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.groupby(["fitness", "target"])[["best"]].mean().reset_index()


def referenced(results: Results) -> pd.DataFrame:
    """``results.trials`` with the ``reference`` of each; NaN where there is none."""
    reference = references(results)
    cells = zip(results.trials["fitness"], results.trials["target"], strict=True)
    return results.trials.assign(reference=[reference.get(cell, np.nan) for cell in cells])


def shares_of_reference(results: Results, table: pd.DataFrame) -> pd.DataFrame:
    """``results.curves`` with ``share``, the best distance divided by the reference.

    Args:
        results: with the curves.
        table: the trials, with ``reference``.
    """
    cells = table[["fitness", "target", "reference"]].drop_duplicates()
    curves = results.curves.merge(cells, on=["fitness", "target"])
    return curves.assign(share=curves["best"] / curves["reference"])


def measured(results: Results) -> pd.DataFrame:
    """Measure every finished trial; the catalogue of questions defines each measure.

    Returns:
        ``results.trials`` with ``reference`` and the columns in ``MEASURES``.
    """
    table = referenced(results)
    lengths = [
        [run_length(results, name, level * at) for level in LEVELS]
        for name, at in zip(table["name"], table["reference"], strict=True)
    ]
    table["speed"] = _speed(np.array(lengths), results.budget, table["reference"])
    table["speed_cpu"] = _speed_cpu(results, table, lengths)
    table["closeness"] = halvings(table["best"], table["reference"])
    for percent in ON_THE_WAY:
        at = np.array([percent * results.budget // 100])
        best = [best_at(results.improvements[name], at)[0] for name in table["name"]]
        found = pd.Series(best, index=table.index)
        table[f"closeness_{percent}"] = halvings(found, table["reference"])
    table["judged"] = _judged(results, table)
    table["novelty"] = novelty(results, table)
    table["stalled"] = [1 - results.improvements[n][-1, 0] / results.budget for n in table["name"]]
    for column, rows in _diversities(results).items():
        table = table.merge(_over_budget(rows, column), on=KEYS, how="left")
    return table.merge(closeness_at_equal_diversity(results, table), on=KEYS, how="left")


def units(table: pd.DataFrame, measure: str, axis: str = "strategy") -> pd.DataFrame:
    """A measure by unit (target, seed) and contender: the mean over whatever else was varied.

    Trials of one target and seed share their first genomes, so those with different fitness are not
    independent pairs. A unit has a measure only if none of its trials is missing: a mean over fewer
    trials would compare different things. A contender with less than half as many units as another
    one is left out, because it was not run to the end or keeps failing. Then units that not every
    remaining contender has are left out.

    Args:
        table: one row per trial, or per family, with ``target``, ``seed`` and the axis.
        measure: the column.
        axis: the kind of contender: ``strategy``, ``fitness`` or ``family``.
    """
    others = [key for key in ("strategy", "fitness") if key != axis and key in table]
    cells = table.pivot_table(
        index=["target", "seed", axis], columns=others, values=measure, aggfunc="first"
    )
    wide = cells.mean(axis=1, skipna=False).unstack(axis)
    known = wide.notna().sum()
    enough = known.index[(known > 0) & (known >= _ENOUGH * known.max())]
    return wide[list(enough)].dropna()


def run_length(results: Results, name: str, distance: float) -> float:
    """Renders until a trial came as close as ``distance``; infinite if it never did."""
    reached = results.improvements[name]
    reached = reached[reached[:, 1] <= distance]
    return float(reached[0, 0]) if len(reached) else np.inf


def _speed(lengths: NDArray[np.float64], budget: float, reference: pd.Series) -> pd.Series:
    """Share of the budget that remained, mean over levels; NaN without a reference."""
    left = np.clip(1 - lengths / budget, 0, 1).mean(axis=1)
    return pd.Series(left, index=reference.index).mask(reference.isna())


def _speed_cpu(results: Results, table: pd.DataFrame, lengths: list[list[float]]) -> pd.Series:
    """The same in CPU seconds; the budget is that of the most expensive trial of the cell."""
    budget = table.groupby(["fitness", "target", "seed"])["cpu_s"].transform("max")
    clocks = clocks_of(results)
    rows = [
        [clocks[name].cpu(r) / most if np.isfinite(r) else np.inf for r in reached]
        for name, reached, most in zip(table["name"], lengths, budget, strict=True)
    ]
    return _speed(np.array(rows), 1.0, table["reference"])


def judge_halvings(results: Results, table: pd.DataFrame, judge: str) -> pd.Series:
    """Halvings of random search's distance by one judge that each trial's distance amounts to."""
    column, names = judge_column(judge), reference_labels(results) or results.strategies
    reference = table[table["strategy"].isin(names)].groupby("target")[column].mean()
    return halvings(table[column], table["target"].map(reference))


def closest_first(rows: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Trials sorted with the closest first, and the measure used: ``judged`` if there is one."""
    by = "judged" if rows["judged"].notna().all() else "closeness"
    return rows.sort_values(by, ascending=False, kind="stable"), by


def _judged(results: Results, table: pd.DataFrame) -> pd.Series:
    # One strategy would only be measured against itself.
    alone = not reference_labels(results) and len(results.strategies) < 2
    judges = [] if alone else results.judges
    parts = [judge_halvings(results, table, judge) for judge in judges]
    return pd.concat(parts, axis=1).mean(axis=1) if parts else pd.Series(np.nan, index=table.index)


def _diversities(results: Results) -> dict[str, pd.DataFrame]:
    """Measure to its values over renders."""
    return {
        "diversity": results.genetic_diversity("assembled"),
        "diversity_evaluated": results.genetic_diversity("evaluated"),
        "diversity_sound": results.sound_diversity.rename(columns={"assembled": "value"}),
    }


def _over_budget(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """The mean over renders, each round weighted by its length."""
    if not len(rows):
        return pd.DataFrame(columns=[*KEYS, column])
    spent = rows.groupby(KEYS, sort=False)["renders"].diff().fillna(rows["renders"])
    weighed = rows.assign(spent=spent, product=spent * rows["value"])
    sums = weighed.groupby(KEYS, sort=False)[["product", "spent"]].sum()
    return (sums["product"] / sums["spent"]).rename(column).reset_index()
