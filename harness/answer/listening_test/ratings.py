"""Ranks by ear, and how far each judge and fitness agrees with them.

A *ranking* is what one person said of one target's sounds. Within each, Spearman's rank correlation
of the ranks with a distance; the mean of a target's rankings, then of the targets. The interval is
for other targets and listeners like these: targets are resampled, then their rankings.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from common.errors import InputError
from common.validation import nearest
from harness.answer.listening_test.blinding import blinded
from harness.answer.load import Results
from harness.statistics.ranks import spearman
from harness.statistics.resampling import two_stage

_FORM = "needs {comparison, rated: [{target, trial, rank}, ...]}, as listen.html saves it"


@dataclass(frozen=True)
class Agreement:
    """How far a distance orders sounds as people do.

    Attributes:
        judge: label of the judge or fitness.
        mean: rank correlation, −1 to 1: 1 is the same order.
        low: lower end of its 95 % interval; NaN with one target.
        high: upper end.
        rankings: how many it comes from.
        targets: of how many targets.
    """

    judge: str
    mean: float
    low: float
    high: float
    rankings: int
    targets: int

    @property
    def figures(self) -> str:
        """The correlation and its interval for people."""
        known = self.low == self.low
        interval = f"[{self.low:+.2f}, {self.high:+.2f}]" if known else "[no interval]"
        return f"{self.mean:+.2f} {interval}"


@dataclass(frozen=True)
class ByEar:
    """What people said of the sounds, against what judges did.

    Attributes:
        agreements: of each judge and fitness, the closest first.
        listeners: how many people ranked.
        rated: how many ranks they gave.
    """

    agreements: list[Agreement]
    listeners: int
    rated: int

    def sentence(self) -> str:
        """What it comes to."""
        people = "1 listener" if self.listeners == 1 else f"{self.listeners} listeners"
        ranks = f"{self.rated} ranks of {people}"
        if not self.agreements:
            return f"{ranks}: too few to order anything; needs 3 sounds of a target."
        first, last = self.agreements[0], self.agreements[-1]
        with_ears = [a.judge for a in self.agreements if a.low > 0]
        sure = f"surely with {', '.join(with_ears)}" if with_ears else "undecided for every judge"
        said = f"{ranks}: {first.judge} comes closest to them, {first.figures}"
        if first != last:
            said += f", {last.judge} least, {last.figures}"
        return f"{said}; agreement is shown {sure}."

    def plain(self) -> dict[str, Any]:
        """As plain values."""
        return {**asdict(self), "sentence": self.sentence()}


def by_ear(results: Results, table: pd.DataFrame, files: Sequence[Path]) -> ByEar:
    """Relate what people saved to what the judges say.

    Args:
        results: of the comparison that was ranked.
        table: of its trials, with their distances by every judge.
        files: one a listener, as ``listen.html`` saves them.

    Raises:
        InputError: for a file that is no ratings of this comparison.
    """
    ranks = pd.concat([_read(path, results, i) for i, path in enumerate(files)])
    heard = ranks.merge(table, on="name")
    labels = dict.fromkeys([*results.judges, *results.fitness])
    columns = {label: f"judge.{label}" for label in labels if f"judge.{label}" in heard}
    if heard["parameter_error"].notna().any():
        columns["parameter error"] = "parameter_error"
    made = [_agreement(label, column, heard) for label, column in columns.items()]
    known = sorted((a for a in made if a is not None), key=lambda a: -a.mean)
    return ByEar(known, len(files), len(ranks))


def _agreement(label: str, column: str, heard: pd.DataFrame) -> Agreement | None:
    rankings = [
        (target, spearman(rows["rank"], rows[column].astype(np.float64))[0])
        for (_, target), rows in heard.groupby(["listener", "target"], sort=True)
    ]
    known = pd.DataFrame(rankings, columns=["target", "rho"]).dropna()
    if not len(known):
        return None
    by_target = known.groupby("target")["rho"].mean()
    # A target counts as much as any other, however many ranked it.
    weights = known["target"].map(1 / known["target"].value_counts()).to_numpy(dtype=np.float64)
    values = np.stack([known["rho"].to_numpy(dtype=np.float64) * weights, weights])
    low, high = two_stage(values, known["target"], lambda d: d[0].sum(axis=-1) / d[1].sum(axis=-1))
    return Agreement(label, float(by_target.mean()), low, high, len(known), len(by_target))


def _read(path: Path, results: Results, listener: int) -> pd.DataFrame:
    """One listener's ranks: ``listener``, ``name`` of the trial, and ``rank``."""
    given = _parsed(path)
    comparison = results.experiment["name"]
    if given["comparison"] != comparison:
        raise InputError(f"ratings {path}: of {given['comparison']!r}, not of {comparison!r}")
    trials = {blinded(comparison, t["name"]): t for t in results.trials.to_dict("records")}
    rows = []
    for i, one in enumerate(given["rated"]):
        where = f"ratings {path}: rated[{i}]"
        if not isinstance(one, Mapping) or set(one) != {"target", "trial", "rank"}:
            raise InputError(f"{where}: needs target, trial and rank")
        rank = one["rank"]
        if isinstance(rank, bool) or not isinstance(rank, int) or rank < 1:
            raise InputError(f"{where}: rank {rank!r}; needs a whole number from 1")
        if (trial := trials.get(str(one["trial"]))) is None:
            raise InputError(f"{where}: trial {one['trial']!r} is not in this comparison")
        if trial["target"] != one["target"]:
            hint = nearest(str(one["target"]), [trial["target"]])
            raise InputError(f"{where}: that trial is not of target {one['target']!r}; {hint}")
        rows.append((listener, trial["name"], rank))
    ranks = pd.DataFrame(rows, columns=["listener", "name", "rank"])
    if not len(ranks):
        raise InputError(f"ratings {path}: nothing is ranked")
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
