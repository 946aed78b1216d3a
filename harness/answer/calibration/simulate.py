"""Test the decision rule on the real trials of a finished comparison.

False decisions: in an A/A comparison nothing differs, so any decision is false; that may happen in
at most 5% of comparisons. Planted differences: they must be found as often as the power promises.
`harness.statistics.calibration` describes how both are made from real trials. If an experiment runs
a strategy under two labels, the verdicts on the two are A/A comparisons without any simulation.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Literal

import numpy as np
import pandas as pd

from common.wording import counted
from harness.answer.load import control_labels
from harness.answer.measures.trial import units
from harness.answer.questions.evaluate import Answers
from harness.statistics.calibration import COMPARISONS, Planted, Rate, planted, pooled, shuffled
from harness.statistics.paired import Paired
from harness.statistics.power import smallest_detectable
from harness.statistics.resampling import LEVEL
from harness.statistics.rule import can_decide

# Sizes of the planted shifts, in multiples of the smallest detectable one.
TIMES = (0.5, 1.0, 2.0)
Finding = Literal["holds", "undecided", "too many"]


@dataclass(frozen=True)
class FalseDecisions:
    """How often strategies that are alike were called different.

    Attributes:
        measure: the measure of the question.
        way: ``shuffled``: any two of all strategies, after Holm's correction; ``pooled``: one
            strategy's trials against themselves, as the only pair.
        strategies: the strategies whose trials were used.
        n: pairs of target and seed.
        rate: the rate of false decisions.
    """

    measure: str
    way: Literal["shuffled", "pooled"]
    strategies: tuple[str, ...]
    n: int
    rate: Rate

    @property
    def finding(self) -> Finding:
        """Whether at most 5% were decided, as far as the simulation shows."""
        if self.rate.high <= LEVEL:
            return "holds"
        return "too many" if self.rate.low > LEVEL else "undecided"


@dataclass(frozen=True)
class PlantedShift:
    """How often a known difference was found.

    Attributes:
        measure: the measure of the question.
        one: the differences are this strategy's values minus those of ``other``.
        other: the other strategy.
        n: pairs of target and seed.
        times: the planted shift in multiples of the smallest detectable one.
        shift: the planted shift in the unit of the measure.
        planted: how often it was found, and how often the power promises that it is.
    """

    measure: str
    one: str
    other: str
    n: int
    times: float
    shift: float
    planted: Planted


@dataclass(frozen=True)
class Calibration:
    """The result of a calibration.

    Attributes:
        comparisons: number of comparisons simulated for each figure.
        false: false decisions in A/A comparisons.
        planted: planted differences in A/B comparisons.
        twins: measure and verdict for each strategy that was run under two labels.
        untested: measure and reason, for everything that could not be tested.
    """

    comparisons: int
    false: list[FalseDecisions] = field(default_factory=list)
    planted: list[PlantedShift] = field(default_factory=list)
    twins: list[tuple[str, Paired]] = field(default_factory=list)
    untested: list[tuple[str, str]] = field(default_factory=list)

    @property
    def measures(self) -> list[str]:
        """The measures that were tested, in order."""
        tested = [f.measure for f in self.false] + [measure for measure, _ in self.twins]
        return list(dict.fromkeys(tested))

    @property
    def notes(self) -> list[str]:
        """What could not be tested, one sentence per reason."""
        reasons = dict.fromkeys(why for _, why in self.untested)
        measures = {why: dict.fromkeys(m for m, w in self.untested if w == why) for why in reasons}
        return [": ".join(filter(None, (", ".join(measures[why]), why))) for why in reasons]


def calibrate(answers: Answers, comparisons: int = COMPARISONS) -> Calibration:
    """Test the decision rule on every question about strategies.

    Args:
        answers: the answers of the comparison.
        comparisons: number of comparisons to simulate for each figure.
    """
    found = Calibration(comparisons)
    controls = control_labels(answers.results)
    contenders = [name for name in answers.results.strategies if name not in controls]
    if len(contenders) < 2:
        why = "fewer than two strategies: there is nothing to shuffle, and nothing to plant"
        found.untested.append(("", why))
    asked = [answer for answer in answers.answers if answer.question.axis == "strategy"]
    same = _twins(answers)
    for answer in asked:
        measure = answer.question.measure
        wide = units(answers.measures, measure)
        wide = wide[[name for name in contenders if name in wide]]
        if why := _untestable(wide):
            found.untested.append((measure, why))
            continue
        found.false.extend(_false(measure, wide, comparisons))
        found.planted.extend(_planted(measure, wide, comparisons, found.untested))
        found.twins.extend((measure, p) for p in answer.pairs if {p.one, p.other} in same)
    if asked and not same:
        why = "no strategy was run under two labels, so there is no A/A comparison of real runs"
        found.untested.append(("", why))
    return found


def _untestable(wide: pd.DataFrame) -> str:
    """Why a measure cannot be used to test the rule; empty if it can."""
    if not wide.size:
        return "no pair of target and seed has a value for every strategy"
    strata = wide.index.get_level_values("target")
    if not can_decide(strata):
        pairs = f"{counted(len(wide), 'pair')} on {counted(strata.nunique(), 'target')}"
        return (
            f"{pairs}: too few for any decision, true or false; needs at least 6 pairs, and "
            "2 seeds on some target"
        )
    if not np.isfinite(wide.to_numpy()).all():
        return "has infinite values"
    if np.ptp(wide.to_numpy()) == 0:
        return "never varies, so no two strategies could be called different"
    return ""


def _false(measure: str, wide: pd.DataFrame, comparisons: int) -> Iterator[FalseDecisions]:
    strata, n = wide.index.get_level_values("target"), len(wide)
    names = tuple(map(str, wide))
    pairs = len(list(combinations(names, 2)))
    if pairs and can_decide(strata, pairs):
        rate = shuffled(wide.to_numpy().T, strata, comparisons)
        yield FalseDecisions(measure, "shuffled", names, n, rate)
    for name in names:
        # Values that never vary cannot lead to a decision, which would prove nothing.
        if wide[name].nunique() > 1:
            rate = pooled(wide[name], strata, comparisons=comparisons)
            yield FalseDecisions(measure, "pooled", (name,), n, rate)


def _planted(
    measure: str, wide: pd.DataFrame, comparisons: int, untested: list[tuple[str, str]]
) -> Iterator[PlantedShift]:
    """Plant shifts into the differences between each strategy and the next."""
    strata = wide.index.get_level_values("target")
    pairs = len(list(combinations(wide, 2)))
    if not pairs:
        return
    if not can_decide(strata, pairs):
        why = (
            f"{counted(len(wide), 'pair')} of trials: too few for any decision among "
            f"{counted(pairs, 'pair')} of strategies, so nothing is shuffled or planted"
        )
        untested.append((measure, why))
        return
    for one, other in pairwise(map(str, wide)):
        differences = wide[one] - wide[other]
        smallest = smallest_detectable(differences, strata, pairs)
        if smallest == 0:
            why = f"{one} and {other} always differ by the same amount: nothing is planted"
            untested.append((measure, why))
            continue
        for times in TIMES:
            shift = times * smallest
            made = planted(differences, strata, shift, pairs, comparisons)
            yield PlantedShift(measure, one, other, len(wide), times, shift, made)


def _twins(answers: Answers) -> list[set[str]]:
    """Any two labels of strategies with the same registered name and the same options."""
    choices = answers.results.experiment["strategies"]
    return [
        {one["label"], other["label"]}
        for one, other in combinations(choices, 2)
        if (one["name"], one["options"]) == (other["name"], other["options"])
    ]
