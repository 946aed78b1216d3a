"""How far a listener's own answers agree with each other."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from harness.statistics.preferences import Share, in_both_orders, share


@dataclass(frozen=True)
class Listener:
    """One person's answers, held against each other.

    Attributes:
        name: of the person's file.
        answers: how many questions were answered.
        orders: share of pairs with the same answer in both orders.
        first: share of A among the answers that chose a sound; one half without a bias.
        repeats: share of questions that were answered the same way when they were repeated.
    """

    name: str
    answers: int
    orders: Share
    first: Share
    repeats: Share


def listeners(answers: pd.DataFrame) -> Iterator[Listener]:
    """Each listener's consistency.

    Args:
        answers: as ``read_ratings`` gives them.
    """
    for name, own in answers.groupby("listener", sort=False):
        given: dict[tuple[str, str], list[float]] = {}
        for row in own.to_dict("records"):
            given.setdefault((row["first"], row["second"]), []).append(row["score"])
        # The pairs that were heard in both orders, each once.
        both = [(a, b) for a, b in given if a < b and (b, a) in given]
        forward, backward = [given[pair][0] for pair in both], [given[b, a][0] for a, b in both]
        again = [scores[0] == scores[1] for scores in given.values() if len(scores) > 1]
        orders, first = in_both_orders(forward, backward)
        yield Listener(str(name), len(own), orders, first, share(sum(again), len(again)))
