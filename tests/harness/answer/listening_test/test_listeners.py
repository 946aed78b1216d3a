"""A listener's answers, held against each other."""

import pandas as pd
import pytest

from harness.answer.listening_test.listeners import listeners

COLUMNS = ["listener", "target", "first", "second", "score"]


def told(*rows, listener="mine"):
    return pd.DataFrame([(listener, "t", *row) for row in rows], columns=COLUMNS)


def test_orders_and_repeats_are_told_apart():
    answers = told(
        ("a", "b", 1.0), ("c", "d", 1.0), ("e", "f", 0.5),
        ("b", "a", 0.0), ("d", "c", 1.0), ("f", "e", 0.5),
        ("a", "b", 0.0), ("c", "d", 1.0),
    )  # fmt: skip
    (found,) = listeners(answers)
    assert (found.name, found.answers) == ("mine", 8)
    assert (found.orders.value, found.orders.n) == (pytest.approx(2 / 3), 3)
    # Of the first answers to pairs in both orders that chose a sound: A, A, B, A.
    assert (found.first.value, found.first.n) == (0.75, 4)
    assert (found.repeats.value, found.repeats.n) == (0.5, 2)


def test_half_a_test_says_nothing_of_orders():
    (found,) = listeners(told(("a", "b", 1.0), ("c", "d", 0.0)))
    assert (found.orders.n, found.first.n, found.repeats.n, found.answers) == (0, 0, 0, 2)


def test_listeners_are_kept_apart():
    both = pd.concat([
        told(("a", "b", 1.0), ("b", "a", 0.0)),
        told(("a", "b", 1.0), ("b", "a", 1.0), listener="hers"),
    ])  # fmt: skip
    assert [(one.name, one.orders.value) for one in listeners(both)] == [("mine", 1), ("hers", 0)]
