"""Closeness at equal diversity, and novelty of sounds, by hand."""

import numpy as np
import pytest

from fitness.feature import SoundFeature, differences
from harness.answer.load import load_results
from harness.answer.measures.trial import measured
from synth.sound import flac_bytes

RANDOM = {"strategy": "random", "seed": 0, "steps": [(10, 1.0)], "diversity": [0.4, 0.4, 0.4]}


def column(written, trials, name, **keys):
    table = measured(load_results(written([*trials, RANDOM], **keys)))
    return table.set_index("strategy")[name]


def test_at_equal_diversity_the_one_that_is_closer_is_ahead(written):
    """Both fall from 0.4 to 0.2, one at render 50, the other at 100; each has 0.5 by then."""
    early = {"strategy": "society", "seed": 0, "steps": [(10, 1.0), (45, 0.5)],
             "diversity": [0.4, 0.2, 0.2]}  # fmt: skip
    late = {"strategy": "end_to_end", "seed": 0, "steps": [(10, 1.0), (45, 0.5)],
            "diversity": [0.4, 0.4, 0.2]}  # fmt: skip
    closeness = column(written, [early, late], "closeness_at_equal_diversity")
    # The level 0.4 was there at render 10 for both; all nine others when it had fallen.
    assert closeness["society"] == pytest.approx(0.9)
    assert closeness["end_to_end"] == pytest.approx(0.9)
    better = {**late, "steps": [(10, 1.0), (95, 0.25)]}
    assert column(written, [early, better], "closeness_at_equal_diversity")[
        "end_to_end"
    ] == pytest.approx(1.8)


def test_without_a_common_level_there_is_no_value(written):
    high = {"strategy": "society", "seed": 0, "diversity": [0.4, 0.35, 0.3]}
    low = {"strategy": "end_to_end", "seed": 0, "diversity": [0.2, 0.1, 0.1]}
    closeness = column(written, [high, low], "closeness_at_equal_diversity")
    assert closeness.isna().all()


def tone(frequency):
    return 0.5 * np.sin(2 * np.pi * frequency * np.arange(800) / 8000)


def test_novelty_is_the_distance_from_the_nearest_other_sound(written):
    """The target of hand-written journals is a tone of 637 Hz."""
    sounds = {"society": tone(1000), "end_to_end": tone(3000)}
    trials = [
        {"strategy": s, "seed": 0, "steps": [(5, 0.5)], "sound": flac_bytes(x, 8000)}
        for s, x in sounds.items()
    ]
    novelty = column(written, trials, "novelty")
    feature = SoundFeature(8000, 800)
    target = 0.5 * np.sin(np.arange(800) * 0.5)
    features = feature(np.stack([target, *sounds.values()]).astype(np.float32))
    between = differences(features, features)
    assert novelty["society"] == pytest.approx(min(between[1, 0], between[1, 2]), abs=1e-3)
    assert novelty["end_to_end"] == pytest.approx(min(between[2, 0], between[2, 1]), abs=1e-3)
    # No closer than itself: not good enough, and nobody's neighbour.
    assert novelty["random"] == 0.0


@pytest.mark.parametrize(("distance", "interesting"), [(0.69, True), (0.72, False)])
def test_what_is_hardly_closer_than_random_is_not_interesting(written, distance, interesting):
    """Half a halving: 0.707 of random search's distance."""
    found = {"strategy": "society", "seed": 0, "steps": [(5, distance)],
             "sound": flac_bytes(tone(3000), 8000)}  # fmt: skip
    assert (column(written, [found], "novelty")["society"] > 0) == interesting
