"""What simulated listeners heard, beside strategies and judges."""

import math

import pytest

from harness.answer.listening_test.ears import ears_and_judges


def by_judge(test):
    return {one.judge: one for one in test.agreements}


def test_a_consistent_listener(made, asked, listener):
    found = ears_and_judges(*made, [listener()])
    (one,) = found.listeners
    assert (one.answers, one.orders.value, one.repeats.value) == (len(asked), 1, 1)
    assert one.first.value == 0.5
    assert [(c.strategy, c.other, c.share.value, c.shown) for c in found.strategies] == [
        ("society", "end_to_end", 1, True),
        ("end_to_end", "random", 1, True),
        ("society", "random", 1, True),
    ]
    agreements = {j: (a.share.value, a.shown) for j, a in by_judge(found).items()}
    assert agreements["good"] == (1, 1)
    assert agreements["contrary"] == (0, -1)
    assert agreements["constant"] == (0.5, 0)
    assert found.agreements[0].judge == "good"
    assert found.agreements[-1].judge == "contrary"
    pairs = sum(c.share.n for c in found.strategies)
    assert {a.share.n for a in found.agreements} == {pairs}
    for sentence, word in zip(found.sentences, ("1 listener", "society", "good"), strict=True):
        assert word in sentence


def test_certainty_needs_more_than_two_targets(made, asked, listener, saved):
    """All pairs of a target agree, but a target is not more than one witness."""
    found = ears_and_judges(*made, [listener()])
    assert all(one.share.low < 0.75 for one in found.strategies)
    target = asked[0].target
    mine = [one for one in asked if one.target == target]
    alone = ears_and_judges(*made, [saved(mine, ["a"] * len(mine), "alone.json")])
    assert all(math.isnan(one.share.low) and not one.shown for one in alone.strategies)


def test_a_biased_listener(made, listener):
    """The bias is seen, and cancels: what is left of the wins stays on the right side."""
    found = ears_and_judges(*made, [listener("biased.json", bias=0.5)])
    (one,) = found.listeners
    assert one.first.side == 1
    assert one.orders.value < 0.9
    assert "order bias is shown for biased" in found.sentences[0]
    assert by_judge(found)["good"].share.value == 1


def test_one_who_always_says_a_decides_nothing(made, asked, saved):
    found = ears_and_judges(*made, [saved(asked, ["a"] * len(asked))])
    assert found.listeners[0].orders.value == 0
    assert found.listeners[0].first.value == 1
    assert {one.share.value for one in found.strategies} == {0.5}
    assert (found.agreements, found.disputes) == ([], [])
    assert "No strategy" in found.sentences[1]
    assert "no judge" in found.sentences[2]


def test_several_listeners_are_pooled(made, listener):
    files = [listener("mine.json"), listener("hers.json"), listener("his.json", contrary=True)]
    found = ears_and_judges(*made, files)
    assert [one.name for one in found.listeners] == ["mine", "hers", "his"]
    assert [one.orders.value for one in found.listeners] == [1, 1, 1]
    assert [one.share.value for one in found.strategies] == pytest.approx([2 / 3] * 3)
    # Two against one decide every pair.
    assert by_judge(found)["good"].share.value == 1
    assert found == ears_and_judges(*made, files)
    assert found.plain()["sentences"] == found.sentences


def test_where_ears_and_judges_disagree_most(made, listener):
    results, _ = made
    found = ears_and_judges(*made, [listener(contrary=True)])
    assert len(found.disputes) == 5
    good = dict(zip(results.trials["name"], results.trials["judge.good"], strict=True))
    for one in found.disputes:
        assert one.against == ("good",)
        assert (one.score, one.judges) == (1, 3)
        assert good[one.closer] > good[one.further]
        assert "good" in one.sentence
    assert [one.target for one in found.disputes] == sorted(one.target for one in found.disputes)
