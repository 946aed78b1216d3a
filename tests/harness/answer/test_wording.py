"""Numbers as people read them."""

import pytest

from harness.answer.wording import (
    bounds,
    expected_renders,
    expected_seconds,
    figure,
    interval,
    percent_bounds,
    quantity,
)

INF, NAN = float("inf"), float("nan")


def test_intervals():
    assert interval((0.5, 0.25, 0.756)) == "0.50 [0.25, 0.76]"
    assert interval((0.5, NAN, NAN)) == "0.50 [no interval]"
    assert bounds(-INF, INF) == "[no interval]"
    assert percent_bounds(0.25, 1) == "[25%, 100%]"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (3.17e-06, "s", "0.003 ms"), (1e-9, "s", "0 ms"), (-0.0, "s", "0 ms"), (0.9999, "s", "1 s"),
        (-0.0123, "s", "-12.3 ms"), (1.5, "s", "1.5 s"), (440, "Hz", "440 Hz"), (0.5, "", "0.5"),
    ],
)  # fmt: skip
def test_quantities_have_no_powers_of_ten(value, unit, text):
    assert quantity(value, unit) == text


def test_run_times():
    assert [expected_renders(v) for v in (1234.5, INF, NAN)] == ["1,234", "never", ""]
    assert [expected_seconds(v) for v in (61.04, 0.25, INF, NAN)] == [
        "61.0 s", "250 ms", "never", "",
    ]  # fmt: skip


def test_figures_have_three_digits():
    assert [figure(v) for v in (0.12345, 12.345, 1234.5)] == ["0.123", "12.3", "1,234"]
