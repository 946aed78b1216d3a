"""The questions asked of every comparison that can answer them.

Each question is about one measure, and a larger value always means more of what is asked for. It
is asked about contenders along one axis: strategies, fitness functions, or *families*. A family is
a strategy together with all the values that a sweep gave to its options.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Axis = Literal["strategy", "fitness", "family"]


@dataclass(frozen=True)
class Question:
    """A question.

    Attributes:
        text: the question itself.
        axis: what kind of contender it is asked about.
        measure: the column that answers it.
        verb: what the contender that is ahead did; continues with the name of the other one.
        about: definition of the measure, for the report.
        rope: region of practical equivalence: a smaller difference is negligible, in the unit of
            the measure.
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
        title: heading of the topic in the report.
        questions: the main one first.
    """

    title: str
    questions: Sequence[Question]


# Percentages of the budget at which the leader is determined: where leaders differ, curves cross.
ON_THE_WAY = (10, 20, 50)


def _closest_after(percent: int) -> Question:
    at_the_end = percent == 100
    return Question(
        "Which strategy is closest at the end of the budget?"
        if at_the_end
        else f"Which strategy is closest after {percent}% of the budget?",
        "strategy",
        "closeness" if at_the_end else f"closeness_{percent}",
        "ended closer than" if at_the_end else f"came closer after {percent}% of the budget than",
        "how much closer the best distance so far is than random search's final distance, in "
        "halvings, by the fitness that was searched with",
        0.05,
    )


def _results_of(axis: Axis) -> tuple[Question, ...]:
    which = {"strategy": "Which strategy", "fitness": "Which fitness", "family": "Which family"}
    return (
        Question(
            f"{which[axis]} finds the closest sounds?",
            axis,
            "judged",
            "came closer than",
            "how much closer the best sound is than random search's, in halvings, mean over the "
            "judges",
            0.1,
        ),
        Question(
            f"{which[axis]} finds the most interesting sounds?",
            axis,
            "novelty",
            "found more novel sounds than",
            "distance of a sound from its nearest neighbour among the target and all other good "
            "sounds found for that target, in dB; 0 for a sound that the judges rate less than "
            "half a halving closer than random search's",
            0.5,
        ),
        Question(
            f"{which[axis]} stalls for longest?",
            axis,
            "stalled",
            "stalled for longer than",
            "share of the budget that remained after the last improvement",
            0.02,
        ),
    )


TOPICS = (
    Topic(
        "Convergence",
        (
            Question(
                "Which strategy converges fastest?",
                "strategy",
                "speed",
                "converged faster than",
                "share of the budget that remains when a distance is reached, mean over nine "
                "distances from random search's final one down to a quarter of it",
                0.02,
            ),
            Question(
                "Which strategy converges fastest in CPU time?",
                "strategy",
                "speed_cpu",
                "converged faster in CPU time than",
                "the same in CPU seconds, as a share of the CPU time of the most expensive trial "
                "with the same fitness, target and seed",
                0.02,
            ),
        ),
    ),
    Topic(
        "Progress: who leads when, and where the lead changes",
        tuple(_closest_after(percent) for percent in (*ON_THE_WAY, 100)),
    ),
    Topic(
        "Genetic diversity",
        (
            Question(
                "Which strategy keeps the most genetic diversity?",
                "strategy",
                "diversity",
                "kept more diversity than",
                "mean distance between two genomes of the assembled population, mean over the "
                "budget",
                0.01,
            ),
            Question(
                "Which strategy keeps the most diversity among the genomes it evaluates?",
                "strategy",
                "diversity_evaluated",
                "kept more diversity among evaluated genomes than",
                "mean distance between two genomes that were rendered in the same round, mean "
                "over the budget",
                0.01,
            ),
            Question(
                "Which strategy keeps the most diverse sounds?",
                "strategy",
                "diversity_sound",
                "kept more diverse sounds than",
                "mean difference between two sounds of the assembled population in dB, mean over "
                "the budget",
                0.5,
            ),
            Question(
                "Which strategy is closest at equal genetic diversity?",
                "strategy",
                "closeness_at_equal_diversity",
                "came closer at equal diversity than",
                "how much closer than random search's final distance a trial was, in halvings, "
                "when its diversity had first fallen to a level, mean over levels that all "
                "contenders passed through",
                0.1,
            ),
        ),
    ),
    Topic(
        "Control of genetic diversity",
        (
            Question(
                "Whose diversity follows a search option most reliably?",
                "family",
                "monotonicity",
                "followed its options more reliably than",
                "rank correlation between the values of an option and the diversity they lead to, "
                "regardless of sign, mean over options",
                0.05,
            ),
            Question(
                "Whose diversity can be varied over the widest range?",
                "family",
                "span",
                "covered a wider range of diversity than",
                "largest minus smallest diversity over the values of an option, mean over options",
                0.01,
            ),
            Question(
                "Which strategy holds a requested diversity best?",
                "family",
                "tracking",
                "stayed closer to the requested diversity than",
                "distance from the controller's set-point over the last half of the budget, with "
                "a minus sign, mean over set-points",
                0.01,
            ),
            Question(
                "Whose sections can be controlled most independently?",
                "family",
                "selectivity",
                "controlled its sections more independently than",
                "when the mutation of one section is varied, the change in that section's "
                "diversity as a share of the change in all sections, mean over sections",
                0.05,
            ),
            Question(
                "Which strategy gives up the least closeness for diversity?",
                "family",
                "closeness_at_equal_steady_diversity",
                "came closer at equal steady diversity than",
                "how much closer than random search's final distance a trial ends, in halvings, "
                "mean over the levels of steady diversity that all families reached",
                0.1,
            ),
        ),
    ),
    Topic("Strategies: closest, most interesting, stalled", _results_of("strategy")),
    Topic("Fitness functions: closest, most interesting, stalled", _results_of("fitness")),
)
QUESTIONS = tuple(question for topic in TOPICS for question in topic.questions)
