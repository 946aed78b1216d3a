"""Closeness at equal genetic diversity: a fair comparison of searches with different paces.

Diversity falls as a search comes closer. So each trial is read at the moment when its diversity had
first fallen to a level, for ten levels that all trials of its cell (fitness, target, seed) passed
through.
"""

from typing import Any, cast

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
    rows = results.genetic_diversity("assembled")
    renders, values = rows["renders"].to_numpy(), rows["value"].to_numpy()
    places = cast("dict[Any, NDArray[np.intp]]", rows.groupby(KEYS, sort=False).indices)
    searching = table[~table["strategy"].isin(control_labels(results))].reset_index(drop=True)
    found: list[NDArray[np.float64]] = []
    compared: list[int] = []
    names = searching["name"].tolist()
    keys = list(searching[KEYS].itertuples(index=False, name=None))
    for cell in searching.groupby(_CELL, sort=False).indices.values():
        paths = [places[keys[trial]] for trial in cell]
        low = max(float(values[path].min()) for path in paths)
        high = min(float(values[path].max()) for path in paths)
        if low >= high:
            continue
        levels = np.linspace(high, low, _LEVELS)
        for trial, path in zip(cell, paths, strict=True):
            reached = renders[path[_first_below(values[path], levels)]]
            found.append(best_at(results.improvements[names[trial]], reached))
            compared.append(trial)
    chosen = searching.iloc[compared]
    best = pd.Series(np.concatenate([np.empty(0), *found]))
    reference = pd.Series(np.repeat(chosen["reference"].to_numpy(float), _LEVELS))
    halved = halvings(best, reference).to_numpy().reshape(-1, _LEVELS)
    return chosen[KEYS].reset_index(drop=True).assign(**{COLUMN: halved.mean(axis=1)})


def _first_below(path: NDArray[np.float64], levels: NDArray[np.float64]) -> NDArray[np.intp]:
    """The round at which the diversity had first fallen to each level."""
    lowest = np.minimum.accumulate(path)
    # The values fall, and searchsorted needs them to rise.
    first = len(lowest) - np.searchsorted(lowest[::-1], levels, side="right")
    return np.asarray(np.minimum(first, len(lowest) - 1))
