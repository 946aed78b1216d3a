"""The test of the instrument itself, on the real trials of a finished comparison.

False decisions: in an A/A nothing differs, so whatever is decided is false, which may happen in at
most 5 % of comparisons. Planted differences: they must be found as often as the report promises.
See `harness.statistics.calibration` for how both are made from real trials. Where an experiment
holds a strategy under two names, the verdicts on the two are A/A comparisons that were truly run.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Literal

import numpy as np
import pandas as pd

from harness.answer.load import control_labels
from harness.answer.measures.trial import units
from harness.answer.questions.evaluate import Answers
from harness.statistics.calibration import COMPARISONS, Planted, Rate, planted, pooled, swapped
from harness.statistics.paired import Paired
from harness.statistics.power import smallest_seen
from harness.statistics.resampling import LEVEL
from harness.statistics.rule import can_decide

# What is planted, in smallest shifts that would be seen.
TIMES = (0.5, 1.0, 2.0)
Said = Literal["holds", "undecided", "too many"]


@dataclass(frozen=True)
class FalseDecisions:
    """How often equals were told apart.

    Attributes:
        measure: of the question.
        way: ``swapped``: any two of all strategies, after Holm; ``pooled``: one strategy's trials
            against themselves, as the only pair.
        strategies: whose trials they were made from.
        n: pairs of target and seed.
        rate: the share.
    """

    measure: str
    way: Literal["swapped", "pooled"]
    strategies: tuple[str, ...]
    n: int
    rate: Rate

    @property
    def said(self) -> Said:
        """Whether at most 5 % were decided, as far as the simulation can tell."""
        if self.rate.high <= LEVEL:
            return "holds"
        return "too many" if self.rate.low > LEVEL else "undecided"


@dataclass(frozen=True)
class PlantedShift:
    """How often a known difference was found.

    Attributes:
        measure: of the question.
        one: whose trials, less those of ``other``, the differences were made from.
        other: see there.
        n: pairs of target and seed.
        times: what was planted, in smallest shifts that would be seen.
        shift: the same in the unit of the measure.
        planted: how often it was found, and promised to be.
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
    """What the test of the instrument says.

    Attributes:
        comparisons: how many were simulated for each figure.
        false: A/A.
        planted: A/B.
        twins: measure and verdict of each strategy that was run under two names.
        untested: measure and reason of what could not be tested.
    """

    comparisons: int
    false: list[FalseDecisions] = field(default_factory=list)
    planted: list[PlantedShift] = field(default_factory=list)
    twins: list[tuple[str, Paired]] = field(default_factory=list)
    untested: list[tuple[str, str]] = field(default_factory=list)

    @property
    def measures(self) -> list[str]:
        """Of the questions that were tested, in order."""
        tested = [f.measure for f in self.false] + [measure for measure, _ in self.twins]
        return list(dict.fromkeys(tested))

    @property
    def notes(self) -> list[str]:
        """What could not be tested, a sentence for each reason."""
        reasons = dict.fromkeys(why for _, why in self.untested)
        measures = {why: dict.fromkeys(m for m, w in self.untested if w == why) for why in reasons}
        return [": ".join(filter(None, (", ".join(measures[why]), why))) for why in reasons]


def calibrate(answers: Answers, comparisons: int = COMPARISONS) -> Calibration:
    """Put the rule to the test on every question about strategies.

    Args:
        answers: of the comparison.
        comparisons: how many are simulated for each figure.
    """
    found = Calibration(comparisons)
    controls = control_labels(answers.results)
    contenders = [name for name in answers.results.strategies if name not in controls]
    if len(contenders) < 2:
        found.untested.append(("", "fewer than two strategies: nothing can be dealt or planted"))
    asked = [answer for answer in answers.answers if answer.question.axis == "strategy"]
    same = _twins(answers)
    for answer in asked:
        measure = answer.question.measure
        wide = units(answers.table, measure)
        wide = wide[[name for name in contenders if name in wide]]
        if why := _untestable(wide):
            found.untested.append((measure, why))
            continue
        found.false.extend(_false(measure, wide, comparisons))
        found.planted.extend(_planted(measure, wide, comparisons, found.untested))
        found.twins.extend((measure, p) for p in answer.pairs if {p.one, p.other} in same)
    if asked and not same:
        why = "no strategy stands under two names: no A/A was truly run"
        found.untested.append(("", why))
    return found


def _untestable(wide: pd.DataFrame) -> str:
    """Why a measure tells nothing of the rule; empty if it does."""
    if not wide.size:
        return "no pair of target and seed has it for every strategy"
    strata = wide.index.get_level_values("target")
    if not can_decide(strata):
        return (
            f"{len(wide)} pairs on {strata.nunique()} targets could decide nothing, true or false; "
            "needs at least 6, and 2 seeds of a target"
        )
    if not np.isfinite(wide.to_numpy()).all():
        return "holds infinite values"
    if np.ptp(wide.to_numpy()) == 0:
        return "does not vary: nothing could be told apart"
    return ""


def _false(measure: str, wide: pd.DataFrame, comparisons: int) -> Iterator[FalseDecisions]:
    strata, n = wide.index.get_level_values("target"), len(wide)
    names = tuple(map(str, wide))
    pairs = len(list(combinations(names, 2)))
    if pairs and can_decide(strata, pairs):
        rate = swapped(wide.to_numpy().T, strata, comparisons)
        yield FalseDecisions(measure, "swapped", names, n, rate)
    for name in names:
        # One that never varies is never told apart from itself, which says nothing of the rule.
        if wide[name].nunique() > 1:
            rate = pooled(wide[name], strata, comparisons=comparisons)
            yield FalseDecisions(measure, "pooled", (name,), n, rate)


def _planted(
    measure: str, wide: pd.DataFrame, comparisons: int, untested: list[tuple[str, str]]
) -> Iterator[PlantedShift]:
    """Shifts planted into the differences of each strategy and the next."""
    strata = wide.index.get_level_values("target")
    pairs = len(list(combinations(wide, 2)))
    if not pairs:
        return
    if not can_decide(strata, pairs):
        why = f"{len(wide)} pairs are too few to decide one of {pairs} pairs of strategies: "
        untested.append((measure, f"{why}nothing is dealt or planted"))
        return
    for one, other in pairwise(map(str, wide)):
        differences = wide[one] - wide[other]
        smallest = smallest_seen(differences, strata, pairs)
        if smallest == 0:
            why = f"{one} and {other} always differ by the same: nothing is planted"
            untested.append((measure, why))
            continue
        for times in TIMES:
            shift = times * smallest
            made = planted(differences, strata, shift, pairs, comparisons)
            yield PlantedShift(measure, one, other, len(wide), times, shift, made)


def _twins(answers: Answers) -> list[set[str]]:
    """Labels of strategies with the same registered name and the same options, two by two."""
    choices = answers.results.experiment["strategies"]
    return [
        {one["label"], other["label"]}
        for one, other in combinations(choices, 2)
        if (one["name"], one["options"]) == (other["name"], other["options"])
    ]
