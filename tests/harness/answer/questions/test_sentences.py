"""Answers in words, from figures that were made up."""

import pandas as pd
import pytest

from harness.answer.questions.catalogue import QUESTIONS
from harness.answer.questions.sentences import headline, listed, sentence
from harness.statistics.paired import Paired

SPEED = next(question for question in QUESTIONS if question.measure == "speed")
NAN = float("nan")


def paired(one, other, **changes):
    figures = {
        "one": one, "other": other, "n": 30, "probability": 0.9, "low": 0.8, "high": 1.0,
        "p": 0.001,
        "shift": 0.1, "shift_low": 0.05, "shift_high": 0.15, "effect": 0.8, "other_low": 0.6,
        "other_high": 1.0, "rope": 0.02, "p_equivalent": 1.0, "smallest": 0.07, "enough": True,
    }  # fmt: skip
    return Paired(**{**figures, **changes})


def undecided(one, other, **changes):
    unsure = {"probability": 0.6, "low": 0.4, "high": 0.8, "p": 0.4}
    return paired(one, other, **{**unsure, **changes})


WIDE = pd.DataFrame({"a": [0.4, 0.2], "b": [0.1, 0.3]})


def test_who_is_ahead_is_named_first_whichever_way_it_was_asked():
    assert sentence(SPEED, paired("a", "b"), WIDE) == (
        "a converged faster than b: ahead in 90% of pairs [80%, 100%], speed 0.30 against 0.20, "
        "shift +0.10 [0.05, 0.15], n = 30, p = 0.001; for other targets like these [60%, 100%]."
    ).replace("n = 30,", "n = 30 pairs,")
    turned = {
        "probability": 0.1, "low": 0.0, "high": 0.2, "shift": -0.1, "shift_low": -0.15,
        "shift_high": -0.05, "other_low": 0.0, "other_high": 0.4,
    }  # fmt: skip
    said = sentence(SPEED, paired("b", "a", **turned), WIDE)
    assert said == sentence(SPEED, paired("a", "b"), WIDE)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"other_low": 0.45}, "for other targets like these [45%, 100%]: undecided there."),
        ({"other_low": NAN, "other_high": NAN}, "one target: of others this says nothing."),
        ({"rope": 0.2}, "a converged faster than b, by less than matters: "),
    ],
)
def test_a_decided_pair_says_how_far_it_carries(changes, said):
    assert said in sentence(SPEED, paired("a", "b", **changes), WIDE)


def test_an_undecided_pair_says_what_would_have_been_seen():
    said = sentence(SPEED, undecided("a", "b"), WIDE)
    assert said.startswith("Undecided whether a converged faster than b: ahead in 60% of pairs")
    assert said.endswith("; a difference of 0.07 or more would have been seen (power 80 %).")
    few = undecided("a", "b", smallest=float("inf"), low=NAN, high=NAN, shift_low=-float("inf"))
    said = sentence(SPEED, few, WIDE)
    assert "[no interval]" in said
    assert said.endswith("; so few pairs could decide nothing.")


def test_an_equivalent_pair_says_within_what():
    alike = undecided("a", "b", p_equivalent=0.01)
    start = "a and b are equivalent: neither converged faster than the other by more than 0.02: "
    assert sentence(SPEED, alike, WIDE).startswith(start)


def test_the_headline_names_a_leader_only_if_it_leads():
    leads = [paired("a", "b"), paired("a", "c"), undecided("b", "c")]
    assert headline(SPEED, ["a", "b", "c"], leads, 30) == (
        "a converged faster than b and c (n = 30 pairs)."
    )
    apart = [paired("a", "b"), undecided("a", "c"), paired("b", "c")]
    assert headline(SPEED, ["a", "b", "c"], apart, 30) == (
        "a converged faster than b; not told apart from c, which another is ahead of "
        "(n = 30 pairs)."
    )
    tied = [undecided("a", "b"), paired("a", "c"), undecided("b", "c")]
    assert headline(SPEED, ["a", "b", "c"], tied, 30) == (
        "Undecided between a and b; behind one of them: c (n = 30 pairs)."
    )
    alike = [undecided("a", "b", p_equivalent=0.01), paired("a", "c"), paired("b", "c")]
    assert headline(SPEED, ["a", "b", "c"], alike, 30).startswith(
        "Equivalent for all that matters: a and b; behind one of them: c"
    )
    assert headline(SPEED, ["a"], [], 30).startswith("Undecided: no two contenders")


def test_names_are_listed_as_people_do():
    assert [listed(n) for n in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "", "a", "a and b", "a, b and c",
    ]  # fmt: skip
