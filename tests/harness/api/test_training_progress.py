import json

import pytest

from harness.api.training_progress import TrainingProgress
from harness.plan.networks import NetworkPlan

PLAN = NetworkPlan.model_validate({"name": "features_mlp", "label": "net", "steps": 1200})
ROW = {
    "number": 3, "stage": 0, "step": 1100, "loss": 1.25, "bits": -0.5, "log2_distance": 2.0,
    "cpu_s": 7.0, "stopped": "", "message": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ["net", "features_mlp", "knobs", "1,100 of 1,200", "1.250", "-0.500", "2^2.00"]),
        ({"stage": 1}, ["stage 2"]),
        ({"stopped": "all steps", "message": "all steps are done"}, ["all steps are done"]),
    ],
)
def test_an_epoch_is_a_line(capsys, changes, words):
    TrainingProgress([PLAN], as_json=False).on_epoch("net", ROW | changes)
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    assert all(word in printed for word in words)


def test_json_has_null_where_a_figure_is_not_finite(capsys):
    progress = TrainingProgress([PLAN], as_json=True)
    progress.on_epoch("net", ROW | {"loss": float("nan")})
    progress.on_wait("net", "process 7 on host")
    epoch, waiting = map(json.loads, capsys.readouterr().out.splitlines())
    assert (epoch["event"], epoch["loss"], epoch["step"]) == ("epoch", None, 1100)
    assert (waiting["event"], waiting["holder"]) == ("waiting", "process 7 on host")
