"""What a trial is measured by, one number each; larger is more.

Distances of different targets and fitness functions cannot be averaged. So they are first divided
by what a random search ends with on the same target with the same fitness: its *reference*.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.answer.load import KEYS, Results, best_at, random_labels
from harness.answer.measures.at_equal_diversity import matched
from harness.answer.measures.clocks import clocks_of
from harness.answer.measures.halvings import halvings
from harness.answer.measures.novelty import novelty
from harness.answer.questions.catalogue import ON_THE_WAY

# Of the units that the contender with most has.
_ENOUGH = 0.5
# Speed is asked at distances from the reference down to a quarter of it (run-length targets, COCO).
LEVELS = 2.0 ** -np.arange(0, 2.25, 0.25)


def references(results: Results) -> dict[tuple[str, str], float]:
    """The reference of each (fitness, target): what random search ends with, on average.

    Without random search among the strategies it is the best of the first populations.
    """
    trials = results.trials
    names = random_labels(results)
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
    """``results.curves`` with ``share``, the best distance over the reference.

    Args:
        results: with the curves.
        table: of the trials, with ``reference``.
    """
    cells = table[["fitness", "target", "reference"]].drop_duplicates()
    curves = results.curves.merge(cells, on=["fitness", "target"])
    return curves.assign(share=curves["best"] / curves["reference"])


def measured(results: Results) -> pd.DataFrame:
    """Measure every finished trial; the catalogue of questions says what each measure is.

    Returns:
        ``results.trials`` with ``reference``, ``speed``, ``speed_cpu``, ``closeness`` (how often
        the reference can be halved until the best distance is reached), the same after each percent
        of the budget in ``ON_THE_WAY`` as ``closeness_<percent>``, ``judged``, ``novelty``,
        ``stalled``, ``variance``, ``variance_evaluated``, ``variance_sound`` and ``matched``.
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
        best = [best_at(results.steps[name], at)[0] for name in table["name"]]
        found = pd.Series(best, index=table.index)
        table[f"closeness_{percent}"] = halvings(found, table["reference"])
    table["judged"] = _judged(results, table)
    table["novelty"] = novelty(results, table)
    table["stalled"] = [1 - results.steps[n][-1, 0] / results.budget for n in table["name"]]
    for column, rows in _variances(results).items():
        table = table.merge(_over_budget(rows, column), on=KEYS, how="left")
    return table.merge(matched(results, table), on=KEYS, how="left")


def units(table: pd.DataFrame, measure: str, axis: str = "strategy") -> pd.DataFrame:
    """A measure by (target, seed) and contender: the mean over what else was varied.

    Trials of one target and seed share their first genomes, so those with different fitness are no
    independent pairs. A unit has a measure only if none of its trials is missing: a mean over fewer
    would compare other things. A contender that has less than half as many units as another is left
    out: it was not run to its end, or keeps failing. Units that not all others have are left out.

    Args:
        table: a row a trial, or a family, with ``target``, ``seed`` and the axis.
        measure: the column.
        axis: what contends: ``strategy``, ``fitness`` or ``family``.
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
    """Renders until a trial was as close as ``distance``; infinite if it never was."""
    reached = results.steps[name]
    reached = reached[reached[:, 1] <= distance]
    return float(reached[0, 0]) if len(reached) else np.inf


def _speed(lengths: NDArray[np.float64], budget: float, reference: pd.Series) -> pd.Series:
    """Share of the budget that was left, mean over levels; NaN without a reference."""
    left = np.clip(1 - lengths / budget, 0, 1).mean(axis=1)
    return pd.Series(left, index=reference.index).mask(reference.isna())


def _speed_cpu(results: Results, table: pd.DataFrame, lengths: list[list[float]]) -> pd.Series:
    """The same on the clock of CPU seconds; the budget is what the costliest of a cell took."""
    budget = table.groupby(["fitness", "target", "seed"])["cpu_s"].transform("max")
    clocks = clocks_of(results)
    rows = [
        [clocks[name].cpu(r) / most if np.isfinite(r) else np.inf for r in reached]
        for name, reached, most in zip(table["name"], lengths, budget, strict=True)
    ]
    return _speed(np.array(rows), 1.0, table["reference"])


def judge_halvings(results: Results, table: pd.DataFrame, judge: str) -> pd.Series:
    """How often random search's distance by a judge can be halved until a trial's is reached."""
    column, names = f"judge.{judge}", random_labels(results) or results.strategies
    reference = table[table["strategy"].isin(names)].groupby("target")[column].mean()
    return halvings(table[column], table["target"].map(reference))


def closest_first(rows: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Trials with the closest first, and by which measure: without judges, the search's own."""
    by = "judged" if rows["judged"].notna().all() else "closeness"
    return rows.sort_values(by, ascending=False, kind="stable"), by


def _judged(results: Results, table: pd.DataFrame) -> pd.Series:
    parts = [judge_halvings(results, table, judge) for judge in results.judges]
    return pd.concat(parts, axis=1).mean(axis=1) if parts else pd.Series(np.nan, index=table.index)


def _variances(results: Results) -> dict[str, pd.DataFrame]:
    """Measure to its values over the renders."""
    return {
        "variance": results.variance("assembled"),
        "variance_evaluated": results.variance("evaluated"),
        "variance_sound": results.sound.rename(columns={"assembled": "value"}),
    }


def _over_budget(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """The mean over the renders, each round counting as long as it took."""
    if not len(rows):
        return pd.DataFrame(columns=[*KEYS, column])
    spent = rows.groupby(KEYS, sort=False)["renders"].diff().fillna(rows["renders"])
    weighed = rows.assign(spent=spent, product=spent * rows["value"])
    sums = weighed.groupby(KEYS, sort=False)[["product", "spent"]].sum()
    return (sums["product"] / sums["spent"]).rename(column).reset_index()
