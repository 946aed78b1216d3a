"""Which targets a report shows one by one: all, or a sample of many."""

import numpy as np
import pandas as pd

from harness.answer.load import Results, target_file
from harness.answer.measures.trial import closest_first

# A page that holds more is slow to open and too long to read.
MOST, FEWEST = 12, 4
_SOUND_BYTES = 30e6


def shown_targets(results: Results, table: pd.DataFrame) -> list[str]:
    """Return the targets that a page shows, in their order.

    Of more than fit, a sample from the one that was matched best to the one matched worst, in even
    steps: it shows what happened without favouring anybody.

    Args:
        results: with the targets and their sounds.
        table: with ``target``, ``judged`` and ``closeness`` of each trial.
    """
    count = min(MOST, _that_fit(results))
    if len(results.targets) <= count:
        return results.targets
    _, by = closest_first(table)
    closest = table.groupby("target")[by].max().reindex(results.targets)
    order = closest.sort_values(ascending=False, kind="stable").index
    chosen = set(order[np.linspace(0, len(order) - 1, count).round().astype(int)])
    return [target for target in results.targets if target in chosen]


def _that_fit(results: Results) -> int:
    """How many targets fit into a page with all their sounds, at least ``FEWEST``."""
    import soundfile

    cards = 1 + len(results.strategies) + len(results.fitness)
    samples = [soundfile.info(target_file(results, t)).frames for t in results.targets]
    # 16 bits a sample, a third more as text.
    return max(FEWEST, int(_SOUND_BYTES / (cards * 2 * np.mean(samples) * 4 / 3)))
