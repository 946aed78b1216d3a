"""Ranks given by listeners, and how far each judge and fitness agrees with them.

A *ranking* is one person's ranks of the sounds of one target. Agreement is Spearman's rank
correlation between ranks and distances within a ranking, averaged over the rankings of a target,
then over targets. The interval is for other targets and listeners of this kind: targets are
resampled, then their rankings.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from common.errors import InputError
from common.suggest import nearest
from harness.answer.listening_test.blinding import blinded
from harness.answer.load import Results, judge_column
from harness.answer.wording import counted, listed, shift
from harness.statistics.ranks import spearman
from harness.statistics.resampling import two_stage

_FORM = "needs {comparison, rated: [{target, trial, rank}, ...]}, as saved by listen.html"


@dataclass(frozen=True)
class Agreement:
    """How far a distance orders sounds the way people do.

    Attributes:
        judge: label of the judge or fitness.
        mean: rank correlation, −1 to 1; 1 is the same order.
        low: lower end of its 95% interval; NaN with a single target.
        high: upper end.
        rankings: number of rankings that it was computed from.
        targets: number of targets that they rank.
    """

    judge: str
    mean: float
    low: float
    high: float
    rankings: int
    targets: int

    @property
    def figures(self) -> str:
        """The correlation and its interval, for people."""
        return shift((self.mean, self.low, self.high))


@dataclass(frozen=True)
class ListeningTest:
    """The outcome of a listening test.

    Attributes:
        agreements: one per judge and fitness, the best first.
        listeners: number of people who ranked sounds.
        rated: number of ranks that they gave.
    """

    agreements: list[Agreement]
    listeners: int
    rated: int

    def sentence(self) -> str:
        """The outcome in one sentence."""
        ranks = f"{counted(self.rated, 'rank')} by {counted(self.listeners, 'listener')}"
        if not self.agreements:
            return f"{ranks}: too few; a target needs at least 3 ranked sounds."
        first, last = self.agreements[0], self.agreements[-1]
        agreeing = [a.judge for a in self.agreements if a.low > 0]
        shown = "no judge is shown to agree with listeners"
        if agreeing:
            agrees = "agrees" if len(agreeing) == 1 else "agree"
            shown = f"{listed(agreeing)} demonstrably {agrees} with listeners"
        best = f"{ranks}: {first.judge} agrees best, {first.figures}"
        worst = f", {last.judge} least, {last.figures}" if first != last else ""
        return f"{best}{worst}; {shown}."

    def plain(self) -> dict[str, Any]:
        """The outcome as plain values."""
        return {**asdict(self), "sentence": self.sentence()}


def score_judges(results: Results, table: pd.DataFrame, files: Sequence[Path]) -> ListeningTest:
    """Compare the ranks given by listeners with the distances of every judge.

    Args:
        results: the results of the comparison that was ranked.
        table: its trials, with their distances by every judge.
        files: one per listener, as saved by ``listen.html``.

    Raises:
        InputError: for a file that does not hold ranks of this comparison.
    """
    ranks = pd.concat([_read(path, results, i) for i, path in enumerate(files)])
    ranked = ranks.merge(table, on="name")
    labels = dict.fromkeys([*results.judges, *results.fitness])
    columns = {label: judge_column(label) for label in labels if judge_column(label) in ranked}
    if ranked["parameter_error"].notna().any():
        columns["parameter error"] = "parameter_error"
    made = [_agreement(label, column, ranked) for label, column in columns.items()]
    known = sorted((a for a in made if a is not None), key=lambda a: -a.mean)
    return ListeningTest(known, len(files), len(ranks))


def _agreement(label: str, column: str, ranked: pd.DataFrame) -> Agreement | None:
    rankings = [
        (target, spearman(rows["rank"], rows[column].astype(np.float64))[0])
        for (_, target), rows in ranked.groupby(["listener", "target"], sort=True)
    ]
    known = pd.DataFrame(rankings, columns=["target", "rho"]).dropna()
    if not len(known):
        return None
    by_target = known.groupby("target")["rho"].mean()
    # Every target has the same weight, however many listeners ranked it.
    weights = known["target"].map(1 / known["target"].value_counts()).to_numpy(dtype=np.float64)
    values = np.stack([known["rho"].to_numpy(dtype=np.float64) * weights, weights])
    low, high = two_stage(values, known["target"], lambda d: d[0].sum(axis=-1) / d[1].sum(axis=-1))
    return Agreement(label, float(by_target.mean()), low, high, len(known), len(by_target))


def _read(path: Path, results: Results, listener: int) -> pd.DataFrame:
    """One listener's ranks: ``listener``, ``name`` of the trial, and ``rank``."""
    given = _parsed(path)
    comparison = results.experiment["name"]
    if given["comparison"] != comparison:
        raise InputError(f"ratings {path}: ranks of {given['comparison']!r}, not of {comparison!r}")
    trials = {blinded(comparison, t["name"]): t for t in results.trials.to_dict("records")}
    rows = []
    for i, one in enumerate(given["rated"]):
        where = f"ratings {path}: rated[{i}]"
        if not isinstance(one, Mapping) or set(one) != {"target", "trial", "rank"}:
            raise InputError(f"{where}: needs target, trial and rank")
        rank = one["rank"]
        if isinstance(rank, bool) or not isinstance(rank, int) or rank < 1:
            raise InputError(f"{where}: rank {rank!r}; needs a whole number, 1 or more")
        if (trial := trials.get(str(one["trial"]))) is None:
            raise InputError(f"{where}: trial {one['trial']!r} is not in this comparison")
        if trial["target"] != one["target"]:
            hint = nearest(str(one["target"]), [trial["target"]])
            raise InputError(
                f"{where}: the trial does not belong to target {one['target']!r}; {hint}"
            )
        rows.append((listener, trial["name"], rank))
    ranks = pd.DataFrame(rows, columns=["listener", "name", "rank"])
    if not len(ranks):
        raise InputError(f"ratings {path}: no sound is ranked")
    if ranks["name"].duplicated().any():
        raise InputError(f"ratings {path}: a trial is ranked twice")
    return ranks


def _parsed(path: Path) -> Any:
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"ratings {path}: {str(error.strerror).lower()}") from None
    except ValueError:
        raise InputError(f"ratings {path}: not JSON; {_FORM}") from None
    fits = isinstance(given, Mapping) and {"comparison", "rated"} <= set(given)
    if not fits or not isinstance(given["rated"], list):
        raise InputError(f"ratings {path}: {_FORM}")
    return given
