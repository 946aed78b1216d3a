import numpy as np
import pytest

from harness.plan.experiment import Experiment
from harness.plan.resolve import resolve
from harness.plan.trials import trials_of
from harness.run.known import Known, loudest_channel


@pytest.fixture
def comparison(tmp_path):
    given = {
        "name": "known", "budget": 40, "population": 20, "judges": [],
        "strategies": [
            "end_to_end",
            {"name": "end_to_end", "label": "heard", "start": "heard"},
            {"name": "society", "label": "informed", "start": "informed"},
        ],
        "targets": [{"contrived": 2, "seconds": 0.3}], "fitness": ["spectrogram"],
    }  # fmt: skip
    return resolve(Experiment.model_validate(given), tmp_path)


def hints(comparison, known):
    return {trial.strategy: known.of(trial) for trial in trials_of(comparison)}


def test_a_strategy_gets_what_its_start_wants_once_a_target(comparison):
    asked = []

    def nearest(target):
        asked.append(target.label)
        return np.full((5, len(comparison.space)), 0.5)

    known = Known(comparison, nearest=nearest)
    for _ in range(2):
        found = hints(comparison, known)
    assert found["end_to_end"].heard is None
    assert found["heard"].heard is not None
    assert len(found["heard"].neighbours) == 0
    assert len(found["informed"].neighbours) == 5
    assert found["informed"].heard is found["heard"].heard
    assert asked == ["contrived_2"]


def test_what_a_strategy_starts_from_is_part_of_its_key(comparison, tmp_path):
    def keys(**changes):
        changed = comparison.experiment.model_copy(update=changes)
        return {t.strategy: t.key for t in trials_of(resolve(changed, tmp_path))}

    one = keys()
    other = keys(bank=comparison.experiment.bank.model_copy(update={"size": 500}))
    assert one["informed"] != other["informed"]
    assert one["end_to_end"] == other["end_to_end"]
    assert one["heard"] == other["heard"]


def test_the_loudest_channel_is_heard(comparison):
    target = comparison.targets["contrived_2"]
    quiet = 0.1 * target.sounds[0]
    stereo = type(target)(**{**vars(target), "sounds": np.stack([quiet, target.sounds[0]])})
    assert (loudest_channel(stereo) == target.sounds[0]).all()
