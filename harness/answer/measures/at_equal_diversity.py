"""Quality at matched genetic variance: a fair look at searches that converge at different paces.

Variance falls while a search comes closer. So each trial is read at the moment when its variance
had first fallen to a level, for ten levels that all trials of its cell (fitness, target, seed) had.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.answer.load import KEYS, Results, best_at, control_labels
from harness.answer.measures.halvings import halvings

_CELL = ["fitness", "target", "seed"]
_LEVELS = 10


def matched(results: Results, table: pd.DataFrame) -> pd.DataFrame:
    """How often the reference could be halved at the same variance, ``matched``, mean over levels.

    Random search, whose variance never falls, is left out; so are cells in which two trials had no
    level in common.

    Args:
        results: with the variance of every round.
        table: with ``name`` and ``reference`` of each trial.
    """
    falls = dict(iter(results.variance("assembled").groupby(KEYS, sort=False)))
    random = control_labels(results)
    found = []
    for _, cell in table[~table["strategy"].isin(random)].groupby(_CELL, sort=False):
        trials = cell.to_dict("records")
        paths = [falls[tuple(trial[key] for key in KEYS)] for trial in trials]
        low = max(float(path["value"].min()) for path in paths)
        high = min(float(path["value"].max()) for path in paths)
        if low >= high:
            continue
        levels = np.linspace(high, low, _LEVELS)
        for trial, path in zip(trials, paths, strict=True):
            best = pd.Series(best_at(results.steps[trial["name"]], _reached(path, levels)))
            halved = halvings(best, pd.Series(trial["reference"], index=best.index))
            found.append({**{key: trial[key] for key in KEYS}, "matched": float(halved.mean())})
    return pd.DataFrame(found, columns=[*KEYS, "matched"])


def _reached(path: pd.DataFrame, levels: NDArray[np.float64]) -> NDArray[np.int64]:
    """Renders when the variance had first fallen to each level."""
    lowest = np.minimum.accumulate(path["value"].to_numpy())
    # Falling: searched from behind, where it rises.
    first = len(lowest) - np.searchsorted(lowest[::-1], levels, side="right")
    return np.asarray(path["renders"].to_numpy()[np.minimum(first, len(lowest) - 1)])
