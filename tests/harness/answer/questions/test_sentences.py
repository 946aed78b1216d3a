"""What sentences say about made-up figures; their exact wording is in the snapshot."""

import pandas as pd
import pytest

from harness.answer.questions.catalogue import QUESTIONS
from harness.answer.questions.sentences import control_sentences, headline, pair_sentence
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


def behind(one, other):
    return paired(
        one, other, probability=0.1, low=0.0, high=0.2, shift=-0.1, shift_low=-0.15,
        shift_high=-0.05, other_low=0.0, other_high=0.4,
    )  # fmt: skip


WIDE = pd.DataFrame({"a": [0.4, 0.2], "b": [0.1, 0.3]})


def test_who_is_ahead_is_named_first_whichever_way_it_was_asked():
    sentence = pair_sentence(SPEED, paired("a", "b"), WIDE)
    assert sentence.text.startswith("a ")
    for figure in ("90%", "[80%, 100%]", "0.30", "0.20", "+0.10 [0.05, 0.15]", "30 pairs",
                   "p = 0.001", "[60%, 100%]"):  # fmt: skip
        assert figure in sentence.text
    assert pair_sentence(SPEED, behind("b", "a"), WIDE) == sentence


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"other_low": 0.45}, ("[45%, 100%]", "undecided")),
        ({"other_low": NAN, "other_high": NAN}, ("single target",)),
        ({"rope": 0.2}, ("negligible",)),
    ],
)
def test_a_decided_pair_says_how_far_it_carries(changes, words):
    sentence = pair_sentence(SPEED, paired("a", "b", **changes), WIDE)
    assert not sentence.undecided
    for word in words:
        assert word in sentence.text


def test_an_undecided_pair_says_what_would_have_been_detected():
    sentence = pair_sentence(SPEED, undecided("a", "b"), WIDE)
    assert sentence.undecided
    assert "0.07" in sentence.text
    assert "80%" in sentence.text
    few = undecided("a", "b", smallest=float("inf"), low=NAN, high=NAN, shift_low=-float("inf"))
    sentence = pair_sentence(SPEED, few, WIDE)
    assert sentence.undecided
    assert sentence.text.count("[no interval]") == 2
    assert "80%" not in sentence.text


def test_an_equivalent_pair_says_within_what():
    sentence = pair_sentence(SPEED, undecided("a", "b", p_equivalent=0.01), WIDE)
    assert not sentence.undecided
    assert "equivalent" in sentence.text
    assert "more than 0.02" in sentence.text


@pytest.mark.parametrize(
    ("pairs", "is_undecided", "words"),
    [
        ([paired("a", "b"), paired("a", "c"), undecided("b", "c")], False, ("a ", "b and c")),
        ([paired("a", "b"), undecided("a", "c"), paired("b", "c")], False,
         ("a ", "b;", "a and c", "significant")),
        ([undecided("a", "b"), paired("a", "c"), undecided("b", "c")], True,
         ("a and b", "c is behind")),
        ([undecided("a", "b", p_equivalent=0.01), paired("a", "c"), paired("b", "c")], False,
         ("a and b", "equivalent", "c is behind")),
        ([paired("a", "b"), paired("b", "c"), behind("a", "c")], True, ("Undecided",)),
    ],
    ids=["a leader", "a leader but not of all", "undecided", "equivalent", "a cycle"],
)  # fmt: skip
def test_the_headline_names_a_leader_only_if_it_leads(pairs, is_undecided, words):
    sentence = headline(SPEED, ["a", "b", "c"], pairs, 30)
    assert sentence.undecided == is_undecided
    for word in (*words, "n = 30 pairs"):
        assert word in sentence.text


def test_a_single_contender_has_no_answer():
    assert headline(SPEED, ["a"], [], 30).undecided


def test_a_control_has_one_sentence_with_every_verdict():
    pairs = [paired("a", "x"), behind("b", "x"), undecided("c", "x")]
    (sentence,) = control_sentences(SPEED, pairs)
    assert not sentence.undecided
    text = sentence.text
    assert text.index("a converged") < text.index("than b") < text.index("undecided for c")
    assert control_sentences(SPEED, [undecided("c", "x")])[0].undecided
    assert control_sentences(SPEED, []) == []
