"""What people heard, beside strategies and judges.

The unit is a pair of sounds of one target. Its *score* is how often the one is called closer than
the other, one half if neither: the mean over both orders, then over listeners, so that an order
bias cancels. A strategy's wins are the mean score of its pairs; a judge agrees on a pair if it
orders the two sounds as the score does. Intervals are for other targets of this kind.

A result counts as shown if its interval lies on one side of one half at a level that is corrected
for how many strategies, or judges, were looked at (Bonferroni).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from common.wording import counted, listed
from harness.answer.listening_test.listeners import Listener, listeners
from harness.answer.listening_test.ratings import read_ratings
from harness.answer.load import Results, judge_column
from harness.answer.wording import percent_bounds
from harness.statistics.preferences import Share, clustered_share
from harness.statistics.resampling import LEVEL

_DISPUTED = 5


@dataclass(frozen=True)
class HeardCloser:
    """Two strategies, compared by ear.

    Attributes:
        strategy: the one that is heard closer more often.
        other: the other one.
        share: of their pairs in which the first is heard closer; no difference counts half.
        targets: number of targets.
        shown: whether that is decided, corrected for all pairs of strategies.
    """

    strategy: str
    other: str
    share: Share
    targets: int
    shown: bool


@dataclass(frozen=True)
class Agreement:
    """How far a distance orders sounds the way people do.

    Attributes:
        judge: label of the judge or fitness.
        share: of the pairs on which people decided that it orders the same way; a tie counts half.
        targets: number of targets.
        shown: whether it is above or below one half, corrected for all judges: 1, -1, or 0.
    """

    judge: str
    share: Share
    targets: int
    shown: int


@dataclass(frozen=True)
class Dispute:
    """A pair of sounds that judges order against the ears.

    Attributes:
        target: label of the target.
        closer: name of the trial whose sound people find closer.
        further: name of the other trial.
        score: how often it is called closer, above one half to 1.
        against: the judges that find the other one closer.
        judges: number of judges that know both.
    """

    target: str
    closer: str
    further: str
    score: float
    against: tuple[str, ...]
    judges: int

    @property
    def sentence(self) -> str:
        """The disagreement, for people."""
        return (
            f"The ears find one sound closer ({self.score:.0%}, no difference counting half), but "
            f"{len(self.against)} of {counted(self.judges, 'judge')} the other one: "
            f"{listed(self.against)}."
        )


@dataclass(frozen=True)
class ListeningTest:
    """The outcome of a listening test.

    Attributes:
        listeners: the people who compared sounds, and how consistent each was.
        strategies: pairs of strategies that were compared.
        agreements: one per judge and fitness, the best first.
        disputes: the pairs on which ears and judges disagree most.
    """

    listeners: list[Listener]
    strategies: list[HeardCloser]
    agreements: list[Agreement]
    disputes: list[Dispute]

    @property
    def sentences(self) -> list[str]:
        """The outcome: who listened, which strategies they hear closer, which judges agree."""
        return [self._who(), self._heard(), self._judged()]

    def _who(self) -> str:
        total = counted(sum(one.answers for one in self.listeners), "answer")
        by = f"{total} by {counted(len(self.listeners), 'listener')}"
        known = [one for one in self.listeners if one.orders.n]
        same = [f"{one.name} {in_percent(one.orders)}" for one in known]
        leaning = [one.name for one in known if one.first.side]
        if not known:
            return f"{by}; no pair was heard in both orders, so nobody's consistency is known."
        bias = f"; an order bias is shown for {listed(leaning)}" if leaning else ""
        pairs = counted(max(one.orders.n for one in known), "pair")
        most = pairs if len(known) == 1 else f"up to {pairs} each"
        return f"{by}. The same answer in both orders ({most}): {listed(same)}{bias}."

    def _heard(self) -> str:
        shown = [
            f"{one.strategy} than {one.other} in {in_percent(one.share)} of "
            f"{counted(one.share.n, 'pair')}"
            for one in self.strategies
            if one.shown
        ]
        if shown:
            return f"Heard closer: {'; '.join(shown)}."
        return "No strategy is shown to be heard closer than another."

    def _judged(self) -> str:
        if not self.agreements:
            return "No pair was decided, so no judge can be held against the ears."
        first, last = self.agreements[0], self.agreements[-1]
        best = f"{first.judge} agrees most with the ears, on {in_percent(first.share)}"
        pairs = counted(first.share.n, "decided pair")
        worst = f", {last.judge} least, on {in_percent(last.share)}" if first != last else ""
        agreeing = [one.judge for one in self.agreements if one.shown > 0]
        opposed = [one.judge for one in self.agreements if one.shown < 0]
        said = f"shown to agree: {listed(agreeing) or 'none'}"
        said += f"; shown to disagree: {listed(opposed)}" if opposed else ""
        return f"{best} of {pairs}{worst}; {said}."

    def plain(self) -> dict[str, Any]:
        """The outcome as plain values."""
        return {**asdict(self), "sentences": self.sentences}


def in_percent(share: Share) -> str:
    """A share and its interval, for people; empty of nothing."""
    return f"{share.value:.0%} {percent_bounds(share.low, share.high)}" if share.n else ""


def ears_and_judges(results: Results, table: pd.DataFrame, files: Sequence[Path]) -> ListeningTest:
    """Set what listeners answered beside strategies and judges.

    Args:
        results: the results of the comparison that they heard.
        table: its trials, with their distances by every judge.
        files: one per listener, as saved by ``listen.html``.

    Raises:
        InputError: for a file that does not hold answers about this comparison.
    """
    answers = read_ratings(results, files)
    pairs = _scored(answers).merge(table.add_suffix("_1"), left_on="one", right_on="name_1")
    pairs = pairs.merge(table.add_suffix("_2"), left_on="other", right_on="name_2")
    columns = _columns(results, pairs)
    agreements = sorted(_agreements(pairs, columns), key=lambda a: -a.share.value)
    compared = list(_compared(pairs, results.strategies))
    return ListeningTest(
        list(listeners(answers)), compared, agreements, _disputes(pairs, results, columns)
    )


def _scored(answers: pd.DataFrame) -> pd.DataFrame:
    """One row per pair: ``target``, the trials ``one`` and ``other``, and the ``score`` of one."""
    turned = answers["first"] > answers["second"]
    rows = answers.assign(
        turned=turned,
        one=answers["first"].where(~turned, answers["second"]),
        other=answers["second"].where(~turned, answers["first"]),
        score=answers["score"].where(~turned, 1 - answers["score"]),
    )
    keys = ["target", "one", "other"]
    for also in (["listener", "turned"], ["listener"], []):
        rows = rows.groupby([*keys, *also])[["score"]].mean().reset_index()
    return rows


def _columns(results: Results, pairs: pd.DataFrame) -> dict[str, str]:
    """The column of distances of each judge and fitness that has one."""
    labels = dict.fromkeys([*results.judges, *results.fitness])
    columns = {label: judge_column(label) for label in labels}
    columns = {label: column for label, column in columns.items() if f"{column}_1" in pairs}
    if pairs["parameter_error_1"].notna().any():
        columns["parameter error"] = "parameter_error"
    return columns


def _compared(pairs: pd.DataFrame, strategies: Sequence[str]) -> list[HeardCloser]:
    found = []
    for strategy, other in combinations(strategies, 2):
        straight = (pairs["strategy_1"] == strategy) & (pairs["strategy_2"] == other)
        turned = (pairs["strategy_1"] == other) & (pairs["strategy_2"] == strategy)
        chosen = pairs[straight | turned]
        if len(chosen):
            scores = chosen["score"].where(straight[chosen.index], 1 - chosen["score"])
            ahead = scores.mean() >= 0.5
            names = (strategy, other) if ahead else (other, strategy)
            found.append((*names, scores if ahead else 1 - scores, chosen["target"]))
    level = LEVEL / max(len(found), 1)
    return [
        HeardCloser(
            strategy,
            other,
            clustered_share(scores, targets),
            targets.nunique(),
            clustered_share(scores, targets, level).side > 0,
        )
        for strategy, other, scores, targets in found
    ]


def _agreements(pairs: pd.DataFrame, columns: dict[str, str]) -> list[Agreement]:
    decided = pairs[pairs["score"] != 0.5]
    found = []
    for judge, column in columns.items():
        ordered = _order(decided, column).dropna()
        if len(ordered):
            heard = np.sign(decided["score"][ordered.index] - 0.5)
            agrees = 0.5 + 0.5 * heard * ordered
            targets = decided["target"][ordered.index]
            shown = clustered_share(agrees, targets, LEVEL / len(columns)).side
            share = clustered_share(agrees, targets)
            found.append(Agreement(judge, share, targets.nunique(), shown))
    return found


def _order(pairs: pd.DataFrame, column: str) -> pd.Series:
    """1 where the first sound is closer by a distance, -1 where the second is, 0 for a tie."""
    distances = pairs[[f"{column}_2", f"{column}_1"]].astype(np.float64)
    differences = distances.iloc[:, 0] - distances.iloc[:, 1]
    return pd.Series(np.sign(differences), index=pairs.index)


def _disputes(pairs: pd.DataFrame, results: Results, columns: dict[str, str]) -> list[Dispute]:
    decided = pairs[pairs["score"] != 0.5]
    known = [label for label in columns if label in (*results.judges, *results.fitness)]
    heard = np.sign(decided["score"] - 0.5)
    # 1 where a judge orders the pair as the ears do, NaN where it does not know both sounds.
    agrees = {label: (heard * _order(decided, columns[label])).tolist() for label in known}
    found = []
    for i, pair in enumerate(decided.to_dict("records")):
        closer, further = pair["one"], pair["other"]
        if pair["score"] < 0.5:
            closer, further = further, closer
        against = tuple(label for label in known if agrees[label][i] == -1)
        judges = sum(not isnan(agrees[label][i]) for label in known)
        score = 0.5 + abs(pair["score"] - 0.5)
        if against:
            found.append(Dispute(pair["target"], closer, further, score, against, judges))
    found.sort(key=lambda d: (-len(d.against) / d.judges, -d.score, d.target, d.closer))
    return found[:_DISPUTED]
