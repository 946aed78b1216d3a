"""The summary of a comparison for MLflow: each strategy's interquartile means with intervals.

It lies beside the report as plain JSON, so that the mirror can be made anew without answering anew.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from harness.answer.answers import Answers
from harness.record.files import write_json
from harness.record.journal import SUMMARY
from harness.statistics.resampling import bootstrap
from harness.statistics.robust import iqm, iqm_rows

_POINTS = 20


def write_summary(answers: Answers) -> Path:
    """Write the summary beside the journal; gives its path.

    For each strategy ``measures`` (name to value, low, high) and ``curves`` (name to rows of
    renders, value, low, high): ``distance``, the best distance as a share of the reference, and
    ``variance``; and ``closest``, target to the name of the trial that came closest.
    """
    results, table = answers.results, answers.table
    curves = {"distance": _shares(answers), "variance": _variance(answers)}
    found: dict[str, Any] = {}
    for strategy in results.strategies:
        mine = table[table["strategy"] == strategy]
        by = "judged" if mine["judged"].notna().all() else "closeness"
        closest = mine.sort_values(by, ascending=False, kind="stable").groupby("target")["name"]
        found[strategy] = {
            "measures": {
                answer.question.measure: list(answer.summary[strategy])
                for answer in answers.answers
                if answer.question.axis == "strategy" and strategy in answer.summary
            },
            "curves": {
                name: _curve(rows[rows["strategy"] == strategy]) for name, rows in curves.items()
            },
            "closest": closest.first().to_dict(),
        }
    path = results.journal.path / SUMMARY
    write_json(path, found)
    return path


def _shares(answers: Answers) -> pd.DataFrame:
    cells = answers.table[["fitness", "target", "reference"]].drop_duplicates()
    curves = answers.results.curves.merge(cells, on=["fitness", "target"])
    return curves.assign(value=curves["best"] / curves["reference"])


def _variance(answers: Answers) -> pd.DataFrame:
    d = answers.results.diversity
    whole = d[(d["part"] == "whole") & (d["measure"] == "distance")]
    rows = whole[whole["population"] == "assembled"]
    grid = np.unique(answers.results.curves["renders"])
    # Rounds cost different numbers of renders: the last round before each point of the grid.
    found = []
    for _, trial in rows.groupby(["strategy", "fitness", "target", "seed"], sort=False):
        at = np.searchsorted(trial["renders"], grid, side="right") - 1
        values = trial["value"].to_numpy()[np.maximum(at, 0)]
        keys = {key: trial[key].iloc[0] for key in ("strategy", "target")}
        found.append(pd.DataFrame({**keys, "renders": grid, "value": values}))
    return pd.concat(found)


def _curve(rows: pd.DataFrame) -> list[list[float]]:
    """Interquartile mean and its interval at some renders, by targets as strata."""
    every = np.unique(rows["renders"])
    chosen = every[np.unique(np.linspace(0, len(every) - 1, _POINTS).astype(int))]
    found = []
    for renders in chosen:
        at = rows[(rows["renders"] == renders) & np.isfinite(rows["value"])]
        low, high = bootstrap(at["value"], at["target"], iqm_rows)
        found.append([int(renders), iqm(at["value"]), low, high])
    return found
