"""Numbers and names as people read them."""

import pytest

from harness.answer.wording import (
    bounds,
    counted,
    expected_renders,
    expected_seconds,
    figure,
    interval,
    listed,
    percent_bounds,
)

INF, NAN = float("inf"), float("nan")


@pytest.mark.parametrize(
    ("n", "words", "text"),
    [
        (1, ("trial",), "1 trial"),
        (0, ("trial",), "0 trials"),
        (1200, ("trial",), "1,200 trials"),
        (1, ("strategy", "strategies"), "1 strategy"),
        (2, ("strategy", "strategies"), "2 strategies"),
    ],
)
def test_counts_have_a_noun_in_the_right_number(n, words, text):
    assert counted(n, *words) == text


def test_names_are_listed_as_people_do():
    assert [listed(n) for n in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "", "a", "a and b", "a, b and c",
    ]  # fmt: skip


def test_intervals():
    assert interval((0.5, 0.25, 0.756)) == "0.50 [0.25, 0.76]"
    assert interval((0.5, NAN, NAN)) == "0.50 [no interval]"
    assert bounds(-INF, INF) == "[no interval]"
    assert percent_bounds(0.25, 1) == "[25%, 100%]"


def test_run_times():
    assert [expected_renders(v) for v in (1234.5, INF, NAN)] == ["1,234", "never", ""]
    assert [expected_seconds(v) for v in (61.04, 0.25, INF, NAN)] == [
        "61.0 s", "250 ms", "never", "",
    ]  # fmt: skip


def test_figures_have_three_digits():
    assert [figure(v) for v in (0.12345, 12.345, 1234.5)] == ["0.123", "12.3", "1,234"]
