"""What a trial is measured by, one number each; larger is more.

Distances of different targets and fitness functions cannot be averaged. So they are first divided
by what a random search ends with on the same target with the same fitness: its *reference*.
"""

import numpy as np
import pandas as pd

from harness.answer.results import KEYS, Results

# Speed is asked at distances from the reference down to a quarter of it (run-length targets, COCO).
LEVELS = 2.0 ** -np.arange(0, 2.25, 0.25)
_RANDOM = "random"


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


def measured(results: Results) -> pd.DataFrame:
    """Every finished trial with its measures.

    Returns:
        ``results.trials`` with ``speed`` (the share of the budget that was left when a distance
        was reached, mean over the distances asked; 0 to 1), ``variance`` (mean distance of two
        assembled genomes, mean over the budget), ``closeness`` (how often the reference can be
        halved until the best distance is reached) and ``judged`` (the same by the judges, mean
        over them).
    """
    table = results.trials.copy()
    reference = references(results)
    own = [
        reference.get((f, t), np.nan)
        for f, t in zip(table["fitness"], table["target"], strict=True)
    ]
    table["reference"] = own
    table["speed"] = [
        _speed(results, name, level) for name, level in zip(table["name"], own, strict=True)
    ]
    table["closeness"] = _halvings(table["best"], table["reference"])
    table["judged"] = _judged(results, table)
    return table.merge(_variance(results), on=KEYS, how="left")


def units(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    """A measure by (target, seed) and strategy: the mean over fitness functions.

    Trials with different fitness share their first genomes, so they are no independent pairs.
    A unit has a measure only if none of its trials is missing: a mean over fewer fitness functions
    would compare other things. Units that not every strategy has are left out; so is a strategy
    that has none.
    """
    keys = ["target", "seed", "strategy"]
    cells = table.pivot(index=keys, columns="fitness", values=measure)
    wide = cells.mean(axis=1, skipna=False).unstack("strategy")
    return wide.dropna(axis="columns", how="all").dropna()


def expected_run_time(results: Results, table: pd.DataFrame, factor: float) -> pd.Series:
    """Renders spent for each time that ``factor`` · reference was reached; infinite if never.

    Trials without a reference say nothing of it and are left out.

    Source: expected run time of COCO, Hansen et al. (2021).
    """
    table = table.dropna(subset="reference")
    lengths = [
        run_length(results, name, factor * reference)
        for name, reference in zip(table["name"], table["reference"], strict=True)
    ]
    spent = np.minimum(lengths, results.budget)
    grouped = pd.DataFrame(
        {"strategy": table["strategy"], "spent": spent, "hit": np.isfinite(lengths)}
    ).groupby("strategy")
    with np.errstate(divide="ignore"):
        return grouped["spent"].sum() / grouped["hit"].sum()


def run_length(results: Results, name: str, distance: float) -> float:
    """Renders until a trial was as close as ``distance``; infinite if it never was."""
    reached = results.steps[name]
    reached = reached[reached[:, 1] <= distance]
    return float(reached[0, 0]) if len(reached) else np.inf


def random_labels(results: Results) -> list[str]:
    """The strategies that are random search: the controls."""
    there = set(results.strategies)
    choices = results.experiment["strategies"]
    return [c["label"] for c in choices if c["name"] == _RANDOM and c["label"] in there]


def _speed(results: Results, name: str, reference: float) -> float:
    if np.isnan(reference):
        return float("nan")
    lengths = np.array([run_length(results, name, reference * level) for level in LEVELS])
    return float(np.clip(1 - lengths / results.budget, 0, 1).mean())


def _halvings(distance: pd.Series, reference: pd.Series) -> pd.Series:
    """How often the reference can be halved until the distance is reached; at most 20.

    A distance of 0 against a reference of 0 is no halving; without a reference it is NaN.
    """
    smallest = np.maximum(distance, reference * 2.0**-20)
    with np.errstate(divide="ignore", invalid="ignore"):
        halvings = pd.Series(np.log2(reference / smallest), index=distance.index)
    return halvings.mask((distance == 0) & (reference == 0), 0.0)


def _judged(results: Results, table: pd.DataFrame) -> pd.Series:
    names = random_labels(results) or results.strategies
    parts = []
    for judge in results.judges:
        column = f"judge.{judge}"
        reference = table[table["strategy"].isin(names)].groupby("target")[column].mean()
        parts.append(_halvings(table[column], table["target"].map(reference)))
    return pd.concat(parts, axis=1).mean(axis=1) if parts else pd.Series(np.nan, index=table.index)


def _variance(results: Results) -> pd.DataFrame:
    d = results.diversity
    d = d[(d["population"] == "assembled") & (d["part"] == "whole") & (d["measure"] == "distance")]

    def over_budget(rows: pd.DataFrame) -> float:
        """The mean over the renders, each round counting as long as it took."""
        spent = np.diff(rows["renders"], prepend=0)
        return float(np.average(rows["value"], weights=spent))

    found = [
        {**dict(zip(KEYS, keys, strict=True)), "variance": over_budget(rows)}
        for keys, rows in d.groupby(KEYS, sort=False)
    ]
    return pd.DataFrame(found)
