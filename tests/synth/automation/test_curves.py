"""Files of curves: written from a set, read again, and refused where they do not fit."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.automation.curves import Curve, curve_of, curves_text, read_curves
from synth.automation.live_set import Automation, read_live_set

from .conftest import BASS, live_set

MOVING = Automation("Bass", "Filter", "Frequency", (20, 220), ((0, 20), (2, 120)), 2, 0)


def test_what_a_set_moves_can_be_read_again(written, tmp_path):
    automations = read_live_set(written(live_set(BASS, tempo=60))).automations
    path = tmp_path / "bass.yaml"
    path.write_text(curves_text(automations, "song.als"), encoding="utf-8")
    file = read_curves(path)
    assert file.about == "song.als"
    assert list(file.curves) == [one.name for one in automations]
    cutoff = file.named("Bass/AutoFilter/Filter Frequency")
    assert (cutoff.low, cutoff.high) == (20, 20_000)
    assert cutoff.points == [[0, 0], [4, 0.5], [8, 1]]
    assert cutoff.at(np.array([0, 2, 6, 90])) == pytest.approx([0, 0.25, 0.75, 1])


@given(
    st.lists(st.tuples(st.floats(0, 1e4), st.floats(-5, 30)), min_size=1, max_size=8),
    st.floats(0, 1e4),
)
def test_a_curve_has_the_values_of_its_automation(points, second):
    points = tuple(sorted({round(at, 3): value for at, value in points}.items()))
    curve = curve_of(replace(MOVING, range=(-5, 30), points=points))
    value = curve.low + curve.at(np.array([second])) * (curve.high - curve.low)
    assert value == pytest.approx(np.interp(second, *np.array(points).T), abs=1e-4)
    assert all(0 <= position <= 1 for _, position in curve.points)


def test_a_value_outside_its_range_or_without_one_is_refused():
    for one, words in (
        (replace(MOVING, points=((0, 20), (1.5, 400))), "400 at 1.50 s; allowed in the set: 20"),
        (replace(MOVING, range=None), "does not say which values"),
    ):
        with pytest.raises(ValueError, match=f"Bass/Filter/Frequency: .*{words}"):
            curves_text([one], "")


def text(points="[[0, 0.5]]", more=""):
    return f"kind: ga-synth curves\ncurves:\n  a: {{points: {points}{more}}}\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("name: an experiment\n", ["not a file of curves", "ga-synth automation"]),
        ("[", ["not YAML"]),
        ("kind: ga-synth curves\ncurves: {}\n", ["curves", "one or more"]),
        (text("[]"), ["points", "one or more"]),
        (text("[[0, 1.5]]"), ["position 1.5", "0 to 1"]),
        (text("[[0, .nan]]"), ["position nan", "0 to 1"]),
        (text("[[-1, 0.5]]"), ["-1 s", "0 or later"]),
        (text("[[.inf, 0.5]]"), ["inf s", "0 or later"]),
        (text("[[2, 0.5], [1, 0.5]]"), ["1 s behind one at 2 s"]),
        (text("[[0, 0.5, 3]]"), ["points", "2"]),
        (text("[[0, half]]"), ["points", "half"]),
        (text(more=", low: 3, high: 3"), ["range 3 to 3 is empty"]),
        (text(more=", lo: 3"), ["unknown key 'lo'", "low"]),
    ],
)
def test_what_is_no_file_of_curves_is_refused_in_one_line(tmp_path, content, words):
    path = tmp_path / "odd.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"odd\.yaml") as raised:
        read_curves(path)
    line = str(raised.value)
    assert "\n" not in line
    for word in words:
        assert word in line


def test_a_missing_file_or_curve_is_named_with_the_nearest(tmp_path):
    (tmp_path / "bass.yaml").write_text(text(), encoding="utf-8")
    with pytest.raises(ValueError, match=r"no such file; did you mean 'bass\.yaml'"):
        read_curves(tmp_path / "bas.yaml")
    with pytest.raises(ValueError, match="no curve 'b'; allowed: a"):
        read_curves(tmp_path / "bass.yaml").named("b")


def test_two_points_at_one_time_are_a_step():
    curve = Curve(points=[[0, 0.2], [1, 0.2], [1, 0.8]])
    assert curve.at(np.array([0.999, 1.001])) == pytest.approx([0.2, 0.8])
