"""Interesting sounds, by a definition: novel among those that are good enough.

Among the sounds found for a target that the judges find good enough, the novelty of a sound is its
distance, in one fixed audio feature, from the nearest of the target and all the other good ones
(novelty search: Lehman & Stanley, 2011). A sound is good enough if it is half a halving closer than
the end of random search, mean over the judges: a sound that is no closer is only new by being
wrong.
"""

import numpy as np
import pandas as pd

from harness.answer.load import Results, sound_file

GOOD = 0.5


def novelty(results: Results, table: pd.DataFrame) -> pd.Series:
    """Novelty of each trial's best sound, in dB; 0 if it is not good enough, NaN if not judged.

    Args:
        results: with the sounds.
        table: with ``name``, ``target`` and ``judged`` of each trial.
    """
    from fitness.feature import SoundFeature, differences
    from harness.record.sounds import read_sound

    found = pd.Series(np.nan, index=table.index)
    for target, rows in table.groupby("target", sort=False):
        good = rows[rows["judged"] >= GOOD]
        found[rows.index] = np.where(rows["judged"].isna(), np.nan, 0.0)
        if not len(good):
            continue
        reference, rate = read_sound(results.journal.path / "targets" / f"{target}.flac")
        sounds = [read_sound(sound_file(results, name))[0][0] for name in good["name"]]
        feature = SoundFeature(rate, reference.shape[1])(np.stack([reference[0], *sounds]))
        between = differences(feature[1:], feature)
        between[np.arange(len(good)), np.arange(len(good)) + 1] = np.inf
        found[good.index] = between.min(axis=1)
    return found
