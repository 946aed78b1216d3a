"""Which targets a report shows: all of few, an even sample of many."""

import pytest

from harness.answer.load import load_results
from harness.answer.measures import shown_targets as module
from harness.answer.measures.shown_targets import shown_targets
from harness.answer.measures.trial import measured


@pytest.fixture
def results(written):
    """Ten targets, each matched a little worse than the one before."""
    trials = [
        {"strategy": s, "target": f"t{i}", "seed": 0, "steps": [(5, 2.0), (40, 0.1 + 0.15 * i)]}
        for s in ("end_to_end", "random")
        for i in range(10)
    ]
    return load_results(written(trials, strategies=("end_to_end", "random")))


def test_few_are_all_shown(results):
    assert shown_targets(results, measured(results)) == results.targets


def test_of_many_a_sample_from_the_best_to_the_worst(results, monkeypatch):
    monkeypatch.setattr(module, "MOST", 4)
    table = measured(results).assign(judged=float("nan"))
    table["closeness"] = [-float(target[1:]) for target in table["target"]]
    assert shown_targets(results, table) == ["t0", "t3", "t6", "t9"]


def test_long_sounds_leave_room_for_fewer(results, monkeypatch):
    monkeypatch.setattr(module, "_SOUND_BYTES", 1.0)
    assert len(shown_targets(results, measured(results))) == module.FEWEST
