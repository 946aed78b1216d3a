"""What is interesting: defined, not felt.

Among the sounds found for a target that the judges find good enough, how novel each is: its
distance, in one fixed feature of sounds, from the nearest of the target and all others of them
(novelty: Lehman & Stanley, 2011). Good enough is what is half a halving closer than what random
search ended with, mean over the judges: what is no closer is new by being wrong.
"""

import numpy as np
import pandas as pd

from harness.answer.load import Results, sound_file

GOOD = 0.5


def novelty(results: Results, table: pd.DataFrame) -> pd.Series:
    """Novelty of each trial's best sound, in dB; 0 for one that is not good enough.

    Args:
        results: with the sounds.
        table: with ``name``, ``target`` and ``judged`` of each trial.
    """
    from fitness.feature import SoundFeature, differences
    from harness.record.journal import read_sound

    found = pd.Series(np.nan, index=table.index)
    for target, rows in table.groupby("target", sort=False):
        good = rows[rows["judged"] >= GOOD]
        found[rows.index] = np.where(rows["judged"].isna(), np.nan, 0.0)
        if not len(good):
            continue
        heard, rate = read_sound(results.journal.path / "targets" / f"{target}.flac")
        sounds = [read_sound(sound_file(results, name))[0][0] for name in good["name"]]
        feature = SoundFeature(rate, heard.shape[1])(np.stack([heard[0], *sounds]))
        between = differences(feature[1:], feature)
        between[np.arange(len(good)), np.arange(len(good)) + 1] = np.inf
        found[good.index] = between.min(axis=1)
    return found
