"""Closeness at equal genetic diversity: a fair comparison of searches with different paces.

Diversity falls as a search comes closer. So each trial is read at the moment when its diversity had
first fallen to a level, for ten levels that all trials of its cell (fitness, target, seed) passed
through.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.answer.load import KEYS, Results, best_at, control_labels
from harness.answer.measures.halvings import halvings

COLUMN = "closeness_at_equal_diversity"
_CELL = ["fitness", "target", "seed"]
_LEVELS = 10


def closeness_at_equal_diversity(results: Results, table: pd.DataFrame) -> pd.DataFrame:
    """Halvings of the reference at equal diversity, mean over the levels.

    Controls are left out: the diversity of random search never falls. So are cells in which two
    trials have no level in common.

    Args:
        results: with the diversity of every round.
        table: with ``name`` and ``reference`` of each trial.

    Returns:
        One row per trial, with its keys and ``closeness_at_equal_diversity``.
    """
    paths_by_trial = dict(iter(results.genetic_diversity("assembled").groupby(KEYS, sort=False)))
    searching = table[~table["strategy"].isin(control_labels(results))]
    found = []
    for _, cell in searching.groupby(_CELL, sort=False):
        trials = cell.to_dict("records")
        paths = [paths_by_trial[tuple(trial[key] for key in KEYS)] for trial in trials]
        low = max(float(path["value"].min()) for path in paths)
        high = min(float(path["value"].max()) for path in paths)
        if low >= high:
            continue
        levels = np.linspace(high, low, _LEVELS)
        for trial, path in zip(trials, paths, strict=True):
            renders = _renders_when_reached(path, levels)
            best = pd.Series(best_at(results.improvements[trial["name"]], renders))
            halved = halvings(best, pd.Series(trial["reference"], index=best.index))
            found.append({**{key: trial[key] for key in KEYS}, COLUMN: float(halved.mean())})
    return pd.DataFrame(found, columns=[*KEYS, COLUMN])


def _renders_when_reached(path: pd.DataFrame, levels: NDArray[np.float64]) -> NDArray[np.int64]:
    """Renders when the diversity had first fallen to each level."""
    lowest = np.minimum.accumulate(path["value"].to_numpy())
    # The values fall, and searchsorted needs them to rise.
    first = len(lowest) - np.searchsorted(lowest[::-1], levels, side="right")
    return np.asarray(path["renders"].to_numpy()[np.minimum(first, len(lowest) - 1)])
