"""Contrived targets whose knobs follow curves of a file."""

import re
from pathlib import Path

import numpy as np
import pytest
import yaml

from harness.plan.experiment import ContrivedTarget
from harness.plan.targets import load_contrived
from synth.subtractive.voice import Subtractive

CURVES = """\
kind: ga-synth curves
curves:
  Bass/Filter/Frequency: {low: 20, high: 2020, points: [[1, 0], [1.1, 0.5], [1.2, 0.25]]}
  Loud: {points: [[0, 0.9]]}
"""
SYNTH = Subtractive(8_000, 1_600, moves={"cutoff": 5, "level": 2})


@pytest.fixture
def target(tmp_path):
    """A target of 0.2 s whose cutoff follows a curve, with changes."""
    (tmp_path / "bass.yaml").write_text(CURVES, encoding="utf-8")

    def make(values=(), **changes):
        curves = {
            "file": "bass.yaml", "knobs": {"cutoff": "Bass/Filter/Frequency", "level": "Loud"},
            "start": 1.0, **changes,
        }  # fmt: skip
        return ContrivedTarget.model_validate(
            {"contrived": 3, "seconds": 0.2, "curves": curves, "values": dict(values)}
        )

    return make


def cutoffs(hidden):
    return hidden[SYNTH.space.breakpoints(SYNTH.space.index("cutoff@1"))]


def test_breakpoints_have_the_positions_of_the_curves(target, tmp_path):
    loaded = load_contrived(target(), SYNTH, tmp_path)
    assert cutoffs(loaded.hidden) == pytest.approx([0, 0.25, 0.5, 0.375, 0.25])
    levels = SYNTH.space.breakpoints(SYNTH.space.index("level@1"))
    assert loaded.hidden[levels] == pytest.approx([0.9, 0.9])
    np.testing.assert_array_equal(SYNTH.render(loaded.hidden[None]), loaded.sounds)


def test_breakpoints_have_the_values_of_the_curves_where_that_is_asked(target, tmp_path):
    one = target(read="value", knobs={"cutoff": "Bass/Filter/Frequency"})
    hertz = SYNTH.space.describe(load_contrived(one, SYNTH, tmp_path).hidden)
    assert [hertz[f"cutoff@{i}"] for i in range(1, 6)] == pytest.approx([20, 520, 1020, 770, 520])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"file": "bas.yaml"}, ["bas.yaml", "no such file", "bass.yaml"]),
        ({"knobs": {"cutof": "Loud"}}, ["'cutof' does not move", "'cutoff'"]),
        ({"knobs": {"resonance": "Loud"}}, ["'resonance' does not move", "allowed: cutoff, level"]),
        ({"knobs": {"cutoff": "Quiet"}}, ["no curve 'Quiet'", "Loud"]),
        ({"knobs": {"level": "Bass/Filter/Frequency"}, "read": "value"},
         ["level@1 20", "allowed: 0.01 to 2"]),
        ({"values": {"level@2": 1.0}}, ["level@2", "values too"]),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(target, tmp_path, refused, changes, words):
    with refused("contrived 3", *words):
        load_contrived(target(**changes), SYNTH, tmp_path)


def test_a_synth_whose_knobs_stand_still_cannot_follow(target, tmp_path, refused):
    with refused("'cutoff' does not move", "moves"):
        load_contrived(target(), Subtractive(8_000, 1_600), tmp_path)


def test_the_path_of_curves_is_relative_to_the_experiment(planned, tmp_path):
    (tmp_path / "bass.yaml").write_text(CURVES, encoding="utf-8")
    followed = {"file": "bass.yaml", "start": 1, "knobs": {"cutoff": "Bass/Filter/Frequency"}}
    comparison = planned(
        tmp_path, synth={"name": "subtractive", "moves": {"cutoff": 5}},
        targets=[{"contrived": 1, "seconds": 0.2, "sample_rate": 8000, "curves": followed}],
    )  # fmt: skip
    (loaded,) = comparison.targets.values()
    assert cutoffs(loaded.hidden) == pytest.approx([0, 0.25, 0.5, 0.375, 0.25])


def narrowed(**curves):
    moving = {"name": "subtractive", "moves": {"cutoff": 5, "level": 2}}
    return {"name": "narrowed", "synth": moving, "fix": {"note": 57.0}, "curves": {
        "file": "bass.yaml", "start": 1.0, "knobs": {"cutoff": "Bass/Filter/Frequency"}, **curves,
    }}  # fmt: skip


SHORT = {"contrived": 1, "seconds": 0.2, "sample_rate": 8000}


@pytest.mark.usefixtures("target")
def test_a_search_need_not_find_what_is_known_to_move(planned, tmp_path):
    comparison = planned(tmp_path, synth=narrowed(), targets=[SHORT])
    (tmp_path / "bass.yaml").unlink()
    assert not [name for name in comparison.space.names if name.startswith("cutoff")]
    assert {"level@1", "level@2"} <= set(comparison.space.names)
    whole = comparison.make_synth(8_000, 1_600).complete(np.full(len(comparison.space), 0.5))
    assert cutoffs(whole) == pytest.approx([0, 0.25, 0.5, 0.375, 0.25])
    # The breakpoints of a longer sound are further apart.
    longer = comparison.make_synth(8_000, 3_200).complete(np.full(len(comparison.space), 0.5))
    assert cutoffs(longer) == pytest.approx([0, 0.5, 0.25, 0.25, 0.25])


def test_a_narrowed_synth_without_curves_has_the_options_that_it_had(planned):
    still = {"name": "narrowed", "synth": "subtractive", "fix": {"note": 57.0}}
    assert set(planned(synth=still).synth.options) == {"synth", "fix", "range", "plugins"}


@pytest.mark.usefixtures("target")
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"file": "bas.yaml"}, ["bas.yaml", "no such file"]),
        ({"knobs": {"cutof": "Loud"}}, ["'cutof' does not move", "'cutoff'"]),
        ({"knobs": {"cutoff": "Quiet"}}, ["no curve 'Quiet'"]),
        ({"knobs": {}}, ["curves", "knobs", "one or more"]),
        ({"red": "value"}, ["curves", "'red'", "'read'"]),
    ],
)
def test_curves_that_do_not_fit_a_narrowed_synth_are_refused(
    planned, refused, tmp_path, changes, words
):
    with refused("narrowed", *words):
        planned(tmp_path, synth=narrowed(**changes), targets=[SHORT])


@pytest.mark.usefixtures("target")
def test_a_knob_that_follows_a_curve_has_no_value_too(planned, refused, tmp_path):
    with refused("'cutoff@2' follows a curve"):
        planned(
            tmp_path, targets=[SHORT], synth={**narrowed(), "range": {"cutoff@2": [200.0, 400.0]}}
        )


def test_the_examples_of_the_guide_are_accepted(planned, tmp_path):
    guide = Path(__file__).parents[3] / "docs" / "moving.md"
    blocks = re.findall(r"^```yaml\n(.*?)^```$", guide.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    moving, curves, target, known = blocks
    (tmp_path / "bass.yaml").write_text(curves, encoding="utf-8")
    assert "cutoff@4" in planned(tmp_path, **yaml.safe_load(moving)).space.names
    (followed,) = planned(tmp_path, **yaml.safe_load(target)).targets.values()
    space = Subtractive(8_000, 800, moves={"cutoff": 8, "level": 4}).space
    hertz = space.describe(followed.hidden)
    assert hertz["cutoff@1"] == pytest.approx(20 + 19_980 * 2 / 2.4 / 2)
    assert hertz["cutoff@8"] == pytest.approx(20_000)
    narrow = planned(tmp_path, **yaml.safe_load(known)).space
    assert not [name for name in narrow.names if name.startswith("cutoff")]
