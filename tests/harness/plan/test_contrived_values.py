"""Contrived targets whose hidden genes are partly set."""

import numpy as np
import pytest

from harness.plan.experiment import ContrivedTarget
from harness.plan.targets import load_contrived
from synth.subtractive.voice import Subtractive

SYNTH = Subtractive(8000, 800)


def test_set_values_are_kept_and_the_others_are_drawn():
    target = ContrivedTarget(contrived=3, values={"note": 62, "noise_level": 0.0}, seconds=0.1)
    loaded = load_contrived(target, SYNTH)
    described = SYNTH.space.describe(loaded.hidden)
    assert described["note"] == pytest.approx(62)
    assert described["noise_level"] == 0
    others = np.delete(loaded.hidden, [SYNTH.space.index(n) for n in ("note", "noise_level")])
    assert len(set(others.tolist())) == len(others)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"nte": 62}, ("no parameter 'nte'", "did you mean 'note'?")),
        ({"note": 300}, ("note 300", "allowed: 20 to 104 semitones")),
        ({"note": float("nan")}, ("note nan", "allowed: 20 to 104 semitones")),
    ],
)
def test_values_that_do_not_fit_are_refused(refused, values, words):
    target = ContrivedTarget(contrived=3, values=values, seconds=0.1)
    with refused("contrived 3", *words):
        load_contrived(target, SYNTH)
