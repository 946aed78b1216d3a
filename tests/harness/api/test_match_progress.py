"""What a match shows while it runs: a line that fits, JSON that parses, nothing if asked."""

import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.heard import Heard
from harness.api.match_progress import MatchProgress, sparkline

HEARD = Heard(
    onset=0.0,
    attack=0.01,
    length=0.5,
    ends=False,
    peak=0.5,
    f0=220.0,
    clear=True,
    drift=0.0,
    roll_off=2e3,
)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=200))
def test_a_sparkline_has_at_most_sixteen_bars(distances):
    line = sparkline(distances)
    assert len(line) == min(16, len(distances))
    assert set(line) <= set("▁▂▃▄▅▆▇█")


def test_a_sparkline_falls_with_the_distance():
    assert sparkline([3.0, 2.0, 1.0]) == "█▅▁"


@pytest.fixture
def plan():
    """A plan as far as progress looks at it."""
    comparison = SimpleNamespace(experiment=SimpleNamespace(budget=1_000))
    trial = SimpleNamespace(fitness="spectrogram")
    return SimpleNamespace(name="kick", comparison=comparison, trial=trial, unit=lambda _: "dB")


def test_the_line_says_how_far_it_is_and_how_long_it_takes(plan, capsys):
    with MatchProgress() as shown:
        shown.begun(plan, HEARD, [])
        shown.round(48, 3.2)
        assert "left" not in capsys.readouterr().out
        shown.heard_again(HEARD)
        shown.round(900, 1.1)
        line = shown._line()
    assert line.startswith("kick")
    for part in ("1.1 dB", "220.0 Hz for 220.0", "900 of 1,000", "left"):
        assert part in line


def test_events_are_lines_of_json(plan, capsys):
    with MatchProgress(as_json=True) as shown:
        shown.bank(0, 10)
        shown.begun(plan, HEARD, ["This sounds like several notes."])
        shown.round(48, 3.2)
        shown.heard_again(HEARD)
        shown.alternative(1, 2)
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["event"] for one in events] == ["bank", "begun", "heard", "alternative"]
    assert events[1]["f0"] == 220.0


def test_quiet_is_quiet(plan, capsys):
    with MatchProgress(quiet=True) as shown:
        shown.begun(plan, HEARD, ["note"])
        shown.round(48, 3.2)
    assert capsys.readouterr().out == ""
