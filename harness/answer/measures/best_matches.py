"""The closest sound to each target by each fitness: do the judges agree, and is it in tune?

What a fitness calls closest is one trial of many, and it is what people take away. It is set
against the closest sound of every other strategy, judge by judge, and its pitch against the
target's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, log2, nan
from typing import Any

import pandas as pd

from common.heard import Heard
from common.wording import counted, listed
from harness.answer.load import Results, judge_column
from harness.answer.measures.hearing import Hearing
from harness.answer.measures.judges_disagree import held_out_judges

# A quarter of a tone.
IN_TUNE = 50.0
_OCTAVE = 1200.0
_NAMED = 5


@dataclass(frozen=True)
class BestMatch:
    """The closest sound to a target by a fitness.

    Attributes:
        target: label of the target.
        fitness: label of the fitness.
        name: of the trial that found it.
        strategy: label of its strategy.
        seed: of the trial.
        preferred: the other strategy whose own closest sound the most judges prefer; empty if no
            judge prefers any.
        against: the judges that prefer that one.
        judges: number of judges that no search heard.
        f0: its fundamental frequency in hertz; NaN without a clear pitch.
        target_f0: the target's.
    """

    target: str
    fitness: str
    name: str
    strategy: str
    seed: int
    preferred: str
    against: tuple[str, ...]
    judges: int
    f0: float
    target_f0: float

    @property
    def disputed(self) -> bool:
        """Whether most judges prefer the closest sound of another strategy."""
        return 2 * len(self.against) > self.judges

    @property
    def cents(self) -> float:
        """How far its pitch is above the target's; NaN unless both are clear."""
        return _OCTAVE * log2(self.f0 / self.target_f0)

    @property
    def out_of_tune(self) -> bool:
        """Whether both pitches are clear and more than 50 cents apart."""
        return abs(self.cents) > IN_TUNE

    def plain(self) -> dict[str, Any]:
        """A row of the table ``best_matches``."""
        keys = ("target", "fitness", "name", "strategy", "seed")
        return {
            **{key: getattr(self, key) for key in keys},
            "preferred": self.preferred or None,
            "against": len(self.against),
            "judges": self.judges,
            "disputed": self.disputed,
            **{key: getattr(self, key) for key in ("f0", "target_f0", "cents", "out_of_tune")},
        }

    @property
    def flags(self) -> list[str]:
        """What a listener should know of it, as sentences."""
        who = f"Closest by {self.fitness} is {self.strategy} (seed {self.seed})"
        found = []
        if self.disputed:
            found.append(
                f"{who}, but {len(self.against)} of {self.judges} held-out judges prefer "
                f"{self.preferred}: {listed(self.against)}."
            )
        if self.out_of_tune:
            found.append(
                f"{who}, but its pitch is {off_pitch(self.cents)}: {self.f0:,.1f} Hz "
                f"against {self.target_f0:,.1f} Hz."
            )
        return found


def off_pitch(cents: float) -> str:
    """A distance of pitch for people: octaves by name, everything else in cents."""
    where = "too high" if cents > 0 else "too low"
    octaves = round(abs(cents) / _OCTAVE)
    if octaves and abs(abs(cents) - octaves * _OCTAVE) <= IN_TUNE:
        return f"{'an octave' if octaves == 1 else f'{octaves} octaves'} {where}"
    return f"{abs(cents):,.0f} cents {where}"


def best_matches(results: Results, table: pd.DataFrame, hearing: Hearing) -> list[BestMatch]:
    """The closest sound to each target by each fitness.

    Args:
        results: with the judges.
        table: the trials.
        hearing: of the same results.
    """
    judges = held_out_judges(results)
    found = []
    for target in results.targets:
        target_f0 = _clear_f0(hearing.of(target))
        for fitness in results.fitness:
            chosen = (table["target"] == target) & (table["fitness"] == fitness)
            closest = table[chosen].sort_values("best", kind="stable").groupby("strategy").head(1)
            if not len(closest):
                continue
            best, others = closest.iloc[0], closest.iloc[1:]
            preferred, against = _preferred(best, others, judges)
            heard = hearing.of(target, str(best["name"]))
            labels = target, fitness, str(best["name"]), str(best["strategy"]), int(best["seed"])
            pitches = _clear_f0(heard), target_f0
            found.append(BestMatch(*labels, preferred, against, len(judges), *pitches))
    return found


def _preferred(
    best: pd.Series, others: pd.DataFrame, judges: Sequence[str]
) -> tuple[str, tuple[str, ...]]:
    """The strategy whose sound the most judges prefer to the best, and these judges."""
    strategy, most = "", tuple[str, ...]()
    for _, other in others.iterrows():
        columns = {judge: judge_column(judge) for judge in judges}
        prefer = tuple(judge for judge, c in columns.items() if other[c] < best[c])
        if len(prefer) > len(most):
            strategy, most = str(other["strategy"]), prefer
    return strategy, most


def _clear_f0(heard: Heard) -> float:
    return heard.f0 if heard.clear and heard.f0 > 0 else nan


def summaries(found: Sequence[BestMatch], fitness: str) -> list[str]:
    """For how many targets the judges disagree with a fitness, or its best is out of tune."""
    mine = [match for match in found if match.fitness == fitness]
    disputed = [match.target for match in mine if match.disputed]
    out_of_tune = [f"{m.target} ({off_pitch(m.cents)})" for m in mine if m.out_of_tune]
    clear = [match for match in mine if not isnan(match.cents)]
    said = []
    if disputed:
        said.append(
            f"for {len(disputed)} of {counted(len(mine), 'target')}, most held-out judges prefer "
            f"another strategy's closest sound to the closest by {fitness}: {_some(disputed)}"
        )
    if out_of_tune:
        said.append(
            f"for {len(out_of_tune)} of {counted(len(clear), 'target')} with a clear pitch in "
            f"both, the closest sound by {fitness} is more than 50 cents out of tune: "
            f"{_some(out_of_tune)}"
        )
    return said


def _some(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return listed(names) if more <= 1 else f"{', '.join(names[:_NAMED])} and {more} more"
