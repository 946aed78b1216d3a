"""The summary of a comparison for MLflow: interquartile means of each strategy, with intervals.

It is kept beside the report as plain JSON, so that MLflow can be filled again without computing the
answers again.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from harness.answer.load import KEYS, on_grid
from harness.answer.measures.trial import closest_first, shares_of_reference
from harness.answer.output.plots.drawing import styles
from harness.answer.questions.evaluate import Answers
from harness.record.files import finite
from harness.record.journal import SUMMARY
from harness.record.sealed import write_record
from harness.statistics.resampling import bootstrap
from harness.statistics.robust import iqm, iqm_rows

_POINTS = 20


def write_summary(answers: Answers) -> Path:
    """Write the summary beside the journal; gives its path.

    For each strategy:

    * ``colour``: as in the report's figures;
    * ``measures``: measure to value, low, high;
    * ``curves``: ``distance`` (the best distance as a share of the reference) and ``diversity``,
      each a list of renders, value, low, high;
    * ``closest``: target to the name of the trial that came closest.

    An end of an interval that is unknown is null.
    """
    results, table = answers.results, answers.measures
    curves = {
        "distance": shares_of_reference(results, table).rename(columns={"share": "value"}),
        "diversity": on_grid(results, results.genetic_diversity("assembled"), KEYS),
    }
    found: dict[str, Any] = {}
    for strategy, colour, _ in styles(results.strategies):
        mine, _ = closest_first(table[table["strategy"] == strategy])
        found[strategy] = {
            "colour": colour,
            "measures": {
                answer.question.measure: list(answer.summary[strategy])
                for answer in answers.answers
                if answer.question.axis == "strategy" and strategy in answer.summary
            },
            "curves": {
                name: _curve(rows[rows["strategy"] == strategy]) for name, rows in curves.items()
            },
            "closest": mine.groupby("target")["name"].first().to_dict(),
        }
    path = results.journal.path / SUMMARY
    write_record(path, finite(found))
    return path


def _curve(rows: pd.DataFrame) -> list[list[float]]:
    """Interquartile mean and its interval after some numbers of renders; targets are strata."""
    every = np.unique(rows["renders"])
    chosen = every[np.unique(np.linspace(0, len(every) - 1, _POINTS).astype(int))]
    found = []
    for renders in chosen:
        at = rows[(rows["renders"] == renders) & np.isfinite(rows["value"])]
        low, high = bootstrap(at["value"], at["target"], iqm_rows)
        found.append([int(renders), iqm(at["value"]), low, high])
    return found
