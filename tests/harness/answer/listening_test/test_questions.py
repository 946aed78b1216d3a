"""Which pairs are asked, and in which order."""

from collections import Counter
from itertools import combinations

import pytest

from harness.answer.listening_test.questions import MOST_PAIRS, Question, questions


def sounds(targets, strategies):
    """A trial for each, and the strategy of each trial."""
    found = {f"t{i}": [f"{s}.{i}" for s in strategies] for i in range(targets)}
    return found, {trial: trial.split(".")[0] for trials in found.values() for trial in trials}


def pair(question):
    return frozenset((question.first, question.second))


@pytest.mark.parametrize(("targets", "names"), [(1, "ab"), (2, "abc"), (3, "abcd"), (12, "abcdef")])
def test_each_pair_in_both_orders_and_a_fifth_again(targets, names):
    made = questions("tiny", *sounds(targets, names))
    times = Counter(made)
    count = min(MOST_PAIRS, targets * len(list(combinations(names, 2))))
    assert len({pair(one) for one in made}) == count
    assert all(one.turned in times for one in made)
    repeated = [one for one, n in times.items() if n == 2]
    assert len(repeated) == -(-count // 5)
    assert max(times.values()) <= 2
    # All other pairs lie between two questions about the same one.
    for i, one in enumerate(made):
        later = [j for j in range(i + 1, len(made)) if pair(made[j]) == pair(one)]
        assert not later or later[0] - i == count


def test_targets_and_strategies_take_turns():
    made = questions("tiny", *sounds(12, "abcd"))[:MOST_PAIRS]
    assert set(Counter(one.target for one in made).values()) == {2}
    met = Counter(frozenset((one.first[0], one.second[0])) for one in made)
    assert len(met) == 6
    assert set(met.values()) == {4}


def test_the_order_is_drawn_from_the_name():
    given = sounds(6, "abcd")
    assert questions("tiny", *given) == questions("tiny", *given)
    assert questions("tiny", *given) != questions("other", *given)
    first = Counter(one.first[0] for one in questions("tiny", *given)[:MOST_PAIRS])
    assert len(first) > 2


def test_a_single_sound_asks_nothing():
    assert questions("tiny", {"t": ["a.0"], "u": []}, {"a.0": "a"}) == []


def test_turned_twice_is_the_same():
    one = Question("t", "a", "b")
    assert one.turned == Question("t", "b", "a")
    assert one.turned.turned == one
