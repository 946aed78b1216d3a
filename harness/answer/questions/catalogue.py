"""The questions that are asked of every comparison that can answer them.

Each is about one measure, of which more is more of what is asked for, and about contenders along
one axis: strategies, fitness functions, or *families*: a strategy with all values of its knobs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Axis = Literal["strategy", "fitness", "family"]


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes:
        text: the question.
        axis: whom it is asked about.
        measure: the column that answers it.
        verb: what the one that is ahead did; reads on with ``than`` or ``from``.
        about: what the measure is, for the report.
        rope: the region of practical equivalence: a smaller difference does not matter to anyone.
    """

    text: str
    axis: Axis
    measure: str
    verb: str
    about: str
    rope: float

    @property
    def key(self) -> str:
        """A name that no other question has."""
        return f"{self.axis}.{self.measure}"


@dataclass(frozen=True)
class Topic:
    """Questions that belong together.

    Attributes:
        title: of their part of the report.
        questions: the first is the one that people mean.
    """

    title: str
    questions: Sequence[Question]


# Percents of the budget at which it is asked who leads: two that lead at different ones cross.
ON_THE_WAY = (10, 20, 50)


def _closest_after(percent: int) -> Question:
    return Question(
        f"Which is closest after {percent} % of the budget?"
        if percent < 100
        else "Which is closest at the end?",
        "strategy",
        "closeness" if percent == 100 else f"closeness_{percent}",
        f"came closer in {percent} % of the budget than" if percent < 100 else "ended closer than",
        "how often random search's last distance can be halved until the best so far is reached, "
        "by the fitness that was searched with",
        0.05,
    )


def _results_of(axis: Axis) -> tuple[Question, ...]:
    what = {"strategy": "Which strategy", "fitness": "Which fitness", "family": ""}[axis]
    return (
        Question(
            f"{what} gives the closest sounds?",
            axis,
            "judged",
            "came closer than",
            "how often random search's distance can be halved until the found one is reached, mean "
            "over the judges",
            0.1,
        ),
        Question(
            f"{what} gives the most interesting sounds?",
            axis,
            "novelty",
            "found more novel sounds than",
            "distance of a sound from the nearest of the target and all other good sounds that "
            "were found for it, in dB; 0 for one that the judges find less than half a halving "
            "closer than random search's",
            0.5,
        ),
        Question(
            f"{what} gives the worst: which stalls?",
            axis,
            "stalled",
            "stalled for longer than",
            "share of the budget that was left when the last improvement came",
            0.02,
        ),
    )


TOPICS = (
    Topic(
        "Convergence",
        (
            Question(
                "Which converges faster?",
                "strategy",
                "speed",
                "converged faster than",
                "share of the budget left when a distance is reached, mean over distances from "
                "random search's down to a quarter of it",
                0.02,
            ),
            Question(
                "Which converges faster by CPU time?",
                "strategy",
                "speed_cpu",
                "converged faster in CPU seconds than",
                "the same by CPU seconds, as a share of what the costliest trial of the pair took",
                0.02,
            ),
        ),
    ),
    Topic(
        "On the way: who leads when, and where they cross",
        tuple(_closest_after(percent) for percent in (*ON_THE_WAY, 100)),
    ),
    Topic(
        "Genetic variance",
        (
            Question(
                "Which keeps more genetic variance?",
                "strategy",
                "variance",
                "kept more variance than",
                "mean distance of two genomes of the assembled population, over the whole budget",
                0.01,
            ),
            Question(
                "Which keeps more in what it evaluates?",
                "strategy",
                "variance_evaluated",
                "kept more variance in what it evaluated than",
                "the same of the genomes that were rendered in a round",
                0.01,
            ),
            Question(
                "Which keeps more variance of sound?",
                "strategy",
                "variance_sound",
                "kept more different sounds than",
                "mean difference of two sounds of the assembled population in dB, over the budget",
                0.5,
            ),
            Question(
                "Which is closer at the same genetic variance?",
                "strategy",
                "matched",
                "came closer at the same variance than",
                "how often random search's distance could be halved when the variance had fallen "
                "so far, mean over the variances that all of a pair had",
                0.1,
            ),
        ),
    ),
    Topic(
        "Control of genetic variance",
        (
            Question(
                "Whose variance follows a knob more surely?",
                "family",
                "monotony",
                "followed its knobs more surely than",
                "rank correlation of a knob's values with the variance that they lead to, without "
                "its sign, mean over knobs",
                0.05,
            ),
            Question(
                "Whose variance can be moved further?",
                "family",
                "span",
                "could be moved further than",
                "largest less smallest variance over a knob's values, mean over knobs",
                0.01,
            ),
            Question(
                "Which holds a variance that is asked for?",
                "family",
                "tracking",
                "came nearer to the variance that was asked for than",
                "distance from the set-point of a controller over the last half of the budget, "
                "with a minus sign, mean over set-points",
                0.01,
            ),
            Question(
                "Whose sections can be moved one by one?",
                "family",
                "selectivity",
                "moved its sections more selectively than",
                "how far the section that a knob belongs to moved, as a share of all sections' "
                "movement",
                0.05,
            ),
            Question(
                "Which pays less for variance?",
                "family",
                "price",
                "came closer at the same mean variance than",
                "how often random search's distance can be halved at the end, mean over the mean "
                "variances that all families were brought to",
                0.1,
            ),
        ),
    ),
    Topic("Strategies: best, most interesting, worst", _results_of("strategy")),
    Topic("Fitness functions: best, most interesting, worst", _results_of("fitness")),
)
QUESTIONS = tuple(question for topic in TOPICS for question in topic.questions)
