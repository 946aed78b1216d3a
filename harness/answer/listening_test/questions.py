"""The questions of the listening test: which pairs of sounds are compared, and in which order.

Every pair is heard in both orders and some twice in the same order, so that the answers also tell
how far the listener can be relied on. All pairs are asked once before any returns, so that as many
questions as possible lie between.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import ceil

from common.random import generator

# At ten to fifteen seconds a question, the test takes about a quarter of an hour.
MOST_PAIRS = 24
REPEATED = 0.2


@dataclass(frozen=True)
class Question:
    """Which of two sounds is closer to a target?

    Attributes:
        target: label of the target.
        first: name of the trial that found the sound A.
        second: name of the trial that found the sound B.
    """

    target: str
    first: str
    second: str

    @property
    def turned(self) -> "Question":
        """The same sounds in the other order."""
        return Question(self.target, self.second, self.first)


def questions(
    comparison: str, sounds: Mapping[str, Sequence[str]], strategies: Mapping[str, str]
) -> list[Question]:
    """The questions in the order in which they are asked.

    Of more pairs than fit, targets take turns, and each adds a pair of the two strategies that have
    met least often.

    Args:
        comparison: its name; the order is drawn from it.
        sounds: the trials whose sounds are compared, by target.
        strategies: the strategy of each of these trials.
    """
    random = generator("listening test", comparison)
    waiting = {}
    for target in random.permutation(sorted(sounds)).tolist():
        pairs = list(combinations(sorted(sounds[target]), 2))
        waiting[target] = [pairs[i] for i in random.permutation(len(pairs))]
    met: Counter[frozenset[str]] = Counter()
    chosen: list[Question] = []
    while any(waiting.values()) and len(chosen) < MOST_PAIRS:
        for target, pairs in waiting.items():
            if pairs and len(chosen) < MOST_PAIRS:
                who = [frozenset(strategies[trial] for trial in pair) for pair in pairs]
                times = [met[both] for both in who]
                at = times.index(min(times))
                met[who[at]] += 1
                chosen.append(Question(target, *pairs.pop(at)))
    asked = [chosen[i] for i in random.permutation(len(chosen))]
    once = [one.turned if random.integers(2) else one for one in asked]
    return [*once, *(one.turned for one in once), *once[: ceil(REPEATED * len(once))]]
