"""Two finished comparisons side by side: what differs, and what that did to the trials they share.

Trials are shared if strategy, fitness, target (the sound itself, not only its label) and seed are
the same. They are paired if their first genomes are too: same experiment seed, population and
parameter space. Without that a pair has its target in common and no more, which is a fair
comparison, but sees less.

Each comparison measures distances against its own random search. ``closeness`` alone is measured
against that of the first here, for both.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from common.errors import InputError
from harness.answer.load import KEYS, Results
from harness.answer.measures.halvings import halvings
from harness.answer.measures.trial import units
from harness.answer.questions.catalogue import QUESTIONS
from harness.answer.questions.evaluate import Answers
from harness.record.files import finite
from harness.statistics.paired import Paired, compare

_CLOSENESS = "closeness"
_ROPES = {_CLOSENESS: 0.1} | {q.measure: q.rope for q in QUESTIONS if q.axis == "strategy"}
# What is only said of an experiment.
_WORDS = ("name", "about", "questions")


@dataclass(frozen=True)
class Change:
    """What one strategy did in the one comparison and in the other.

    Attributes:
        strategy: its label.
        measure: by which.
        one: mean in the first.
        other: mean in the second.
        pair: the first against the second.
    """

    strategy: str
    measure: str
    one: float
    other: float
    pair: Paired


@dataclass(frozen=True)
class Beside:
    """Two comparisons side by side.

    Attributes:
        names: what they are called.
        differs: key of the experiment, and what stands there in each.
        shared: how many trials both have.
        alone: how many each has besides.
        unpaired: why the shared trials are not paired; empty if they are.
        changes: for each shared strategy and measure.
        answers: question, and the headline of each; empty where it was not asked.
    """

    names: tuple[str, str]
    differs: list[tuple[str, str, str]]
    shared: int
    alone: tuple[int, int]
    unpaired: str
    changes: list[Change]
    answers: list[tuple[str, str, str]]

    def plain(self) -> dict[str, Any]:
        """As plain values; what is not known, or not finite, is None."""
        changes = [
            {**asdict(change), "pair": {**asdict(change.pair), "verdict": change.pair.verdict}}
            for change in self.changes
        ]
        plain: dict[str, Any] = finite({**asdict(self), "changes": changes})
        return plain


def beside(names: tuple[str, str], one: Answers, other: Answers) -> Beside:
    """Set two comparisons side by side.

    Args:
        names: what to call them.
        one: answers of the first.
        other: answers of the second.

    Raises:
        InputError: if they share no trial.
    """
    tables = _with_digests(one), _with_digests(other)
    keys = [*KEYS, "digest"]
    shared = tables[0][keys].merge(tables[1][keys], on=keys)
    if not len(shared):
        raise InputError(f"{names[0]} and {names[1]} share no trial: {_why(*tables)}")
    mine, theirs = (table.merge(shared, on=keys) for table in tables)
    reference = mine.groupby(["fitness", "target"])["reference"].first().rename("first")
    both = [
        table.assign(closeness=halvings(table["best"], _mapped(table, reference)))
        for table in (mine, theirs)
    ]
    return Beside(
        names,
        list(_differs(one.results, other.results)),
        len(shared),
        (len(tables[0]) - len(shared), len(tables[1]) - len(shared)),
        _unpaired(one.results, other.results),
        list(_changes(names, both[0], both[1], one.results.strategies)),
        list(_answered(one, other)),
    )


def _with_digests(answers: Answers) -> pd.DataFrame:
    targets = answers.results.journal.targets()
    digests = {label: about["digest"] for label, about in targets.items()}
    return answers.table.assign(digest=answers.table["target"].map(digests))


def _mapped(table: pd.DataFrame, reference: pd.Series) -> pd.Series:
    found = table[["fitness", "target"]].join(reference, on=["fitness", "target"])
    return found["first"]


def _why(one: pd.DataFrame, other: pd.DataFrame) -> str:
    for axis in KEYS:
        mine, theirs = (list(dict.fromkeys(map(str, table[axis]))) for table in (one, other))
        if not set(mine) & set(theirs):
            return f"no {axis} in common ({', '.join(mine)}; {', '.join(theirs)})"
    if not set(one["digest"]) & set(other["digest"]):
        return "targets of the same label are other sounds"
    return "no strategy, fitness, target and seed in common"


def _unpaired(one: Results, other: Results) -> str:
    for key in ("seed", "population", "synth"):
        mine, theirs = one.experiment[key], other.experiment[key]
        if mine != theirs:
            return f"{key} {_said(mine)} against {_said(theirs)}: the first genomes differ"
    if one.journal.experiment()["space"] != other.journal.experiment()["space"]:
        return "the synth's parameters changed: the first genomes differ"
    return ""


def _changes(
    names: tuple[str, str], one: pd.DataFrame, other: pd.DataFrame, strategies: list[str]
) -> Iterator[Change]:
    for measure, rope in _ROPES.items():
        # A measure may be missing from all trials, such as the variance of sounds.
        wide = [units(table, measure) for table in (one, other)]
        index = wide[0].index.intersection(wide[1].index)
        there = [s for s in strategies if s in wide[0] and s in wide[1]] if len(index) else []
        mine, theirs = (table.loc[index] for table in wide)
        strata = index.get_level_values("target")
        pairs = compare([(*names, mine[s], theirs[s], strata) for s in there], rope)
        for strategy, pair in zip(there, pairs, strict=True):
            means = float(mine[strategy].mean()), float(theirs[strategy].mean())
            yield Change(strategy, measure, means[0], means[1], pair)


def _differs(one: Results, other: Results) -> Iterator[tuple[str, str, str]]:
    mine, theirs = (_described(results) for results in (one, other))
    for key in dict.fromkeys([*mine, *theirs]):
        a, b = mine.get(key), theirs.get(key)
        if key in _WORDS or a == b:
            continue
        if isinstance(a, list) and isinstance(b, list):
            a, b = [x for x in a if x not in b], [x for x in b if x not in a]
        yield key, _said(a), _said(b)


def _described(results: Results) -> dict[str, Any]:
    """The experiment, and the versions that its trials were run with."""
    first = results.journal.folder(str(results.trials["name"].iloc[0])).config()
    return {**results.experiment, "version of ga-synth": first.get("ga_synth")}


def _said(value: Any) -> str:
    """A value of an experiment for people: choices by their labels."""
    if isinstance(value, list):
        return ", ".join(map(_said, value)) or "nothing else"
    if isinstance(value, Mapping):
        label = value.get("label") or value.get("file")
        options = value.get("options")
        if label:
            return f"{label} {json.dumps(options)}" if options else str(label)
        return json.dumps(value)
    return str(value)


def _answered(one: Answers, other: Answers) -> Iterator[tuple[str, str, str]]:
    mine, theirs = ({a.question: a.headline for a in each.answers} for each in (one, other))
    for question in dict.fromkeys([*mine, *theirs]):
        yield question.text, mine.get(question, ""), theirs.get(question, "")
