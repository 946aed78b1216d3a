"""Counts and names as people read them."""

import pytest

from common.wording import counted, listed


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
