"""Compare two finished comparisons: what differs between them, and the effect on shared trials.

Trials are shared if strategy, fitness, target (the sound itself, not only its label) and seed are
the same. They are paired if their first genomes are the same too: same experiment seed, population
and parameter space. Otherwise a pair shares only its target, which is fair but detects less.

Each comparison measures distances against its own random search. Only ``closeness`` is measured
against that of the first comparison, for both.
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
from harness.record.trial_folder import CONFIG
from harness.statistics.paired import Paired, compare

_CLOSENESS = "closeness"
_ROPES = {_CLOSENESS: 0.1} | {q.measure: q.rope for q in QUESTIONS if q.axis == "strategy"}
# Keys that do not affect any trial.
_DESCRIPTIVE = ("name", "about", "questions")


@dataclass(frozen=True)
class Change:
    """A measure of one strategy in both comparisons.

    Attributes:
        strategy: label of the strategy.
        measure: the measure.
        one: its mean in the first comparison.
        other: its mean in the second.
        pair: the first comparison against the second.
    """

    strategy: str
    measure: str
    one: float
    other: float
    pair: Paired


@dataclass(frozen=True)
class RunComparison:
    """Two comparisons side by side.

    Attributes:
        names: their names.
        differences: key of the experiment, and its value in each.
        shared: number of trials that both have.
        only_in: number of trials that only the first, and only the second has.
        unpaired_because: why the shared trials are not paired; empty if they are.
        changes: one per shared strategy and measure.
        answers: question, and the headline of each comparison; empty if it was not asked.
    """

    names: tuple[str, str]
    differences: list[tuple[str, str, str]]
    shared: int
    only_in: tuple[int, int]
    unpaired_because: str
    changes: list[Change]
    answers: list[tuple[str, str, str]]

    def plain(self) -> dict[str, Any]:
        """As plain values; values that are unknown or infinite are None."""
        changes = [
            {**asdict(change), "pair": {**asdict(change.pair), "verdict": change.pair.verdict}}
            for change in self.changes
        ]
        plain: dict[str, Any] = finite({**asdict(self), "changes": changes})
        return plain


def compare_runs(names: tuple[str, str], one: Answers, other: Answers) -> RunComparison:
    """Compare two comparisons.

    Args:
        names: their names.
        one: the answers of the first.
        other: the answers of the second.

    Raises:
        InputError: if they share no trial.
    """
    tables = _with_digests(one), _with_digests(other)
    keys = [*KEYS, "digest"]
    shared = tables[0][keys].merge(tables[1][keys], on=keys)
    if not len(shared):
        raise InputError(f"{names[0]} and {names[1]} share no trial: {_why_disjoint(*tables)}")
    mine, theirs = (table.merge(shared, on=keys) for table in tables)
    reference = mine.groupby(["fitness", "target"])["reference"].first().rename("of_first")
    both = [
        table.assign(closeness=halvings(table["best"], _looked_up(table, reference)))
        for table in (mine, theirs)
    ]
    return RunComparison(
        names,
        list(_differences(one.results, other.results)),
        len(shared),
        (len(tables[0]) - len(shared), len(tables[1]) - len(shared)),
        _unpaired(one.results, other.results),
        list(_changes(names, (both[0], both[1]), one.results.strategies)),
        list(_headlines(one, other)),
    )


def _with_digests(answers: Answers) -> pd.DataFrame:
    targets = answers.results.journal.targets()
    digests = {label: about["digest"] for label, about in targets.items()}
    return answers.measures.assign(digest=answers.measures["target"].map(digests))


def _looked_up(table: pd.DataFrame, reference: pd.Series) -> pd.Series:
    found = table[["fitness", "target"]].join(reference, on=["fitness", "target"])
    return found["of_first"]


def _why_disjoint(one: pd.DataFrame, other: pd.DataFrame) -> str:
    for axis in KEYS:
        mine, theirs = (list(dict.fromkeys(map(str, table[axis]))) for table in (one, other))
        if not set(mine) & set(theirs):
            return f"no {axis} in common ({', '.join(mine)}; {', '.join(theirs)})"
    if not set(one["digest"]) & set(other["digest"]):
        return "targets with the same label are different sounds"
    return "no strategy, fitness, target and seed in common"


def _unpaired(one: Results, other: Results) -> str:
    for key in ("seed", "population", "synth"):
        mine, theirs = one.experiment[key], other.experiment[key]
        if mine != theirs:
            return f"{key} {_text(mine)} against {_text(theirs)}, so the first genomes differ"
    if one.journal.experiment()["space"] != other.journal.experiment()["space"]:
        return "the synth's parameters changed, so the first genomes differ"
    return ""


def _changes(
    names: tuple[str, str], tables: tuple[pd.DataFrame, pd.DataFrame], strategies: list[str]
) -> Iterator[Change]:
    for measure, rope in _ROPES.items():
        # No trial may have a measure, such as the diversity of sounds.
        wide = [units(table, measure) for table in tables]
        index = wide[0].index.intersection(wide[1].index)
        present = [s for s in strategies if s in wide[0] and s in wide[1]] if len(index) else []
        mine, theirs = (table.loc[index] for table in wide)
        strata = index.get_level_values("target")
        pairs = compare([(*names, mine[s], theirs[s], strata) for s in present], rope)
        for strategy, pair in zip(present, pairs, strict=True):
            means = float(mine[strategy].mean()), float(theirs[strategy].mean())
            yield Change(strategy, measure, means[0], means[1], pair)


def _differences(one: Results, other: Results) -> Iterator[tuple[str, str, str]]:
    mine, theirs = (_described(results) for results in (one, other))
    for key in dict.fromkeys([*mine, *theirs]):
        a, b = mine.get(key), theirs.get(key)
        if key in _DESCRIPTIVE or a == b:
            continue
        if isinstance(a, list) and isinstance(b, list):
            a, b = [x for x in a if x not in b], [x for x in b if x not in a]
        yield key, _text(a), _text(b)


def _described(results: Results) -> dict[str, Any]:
    """The experiment, and the versions that its trials were run with."""
    first = results.journal.folder(str(results.trials["name"].iloc[0])).read(CONFIG)
    return {**results.experiment, "version of ga-synth": first.get("ga_synth")}


def _text(value: Any) -> str:
    """A value of an experiment for people; choices are given by their labels."""
    if isinstance(value, list):
        return ", ".join(map(_text, value)) or "none"
    if isinstance(value, Mapping):
        label = value.get("label") or value.get("file")
        options = value.get("options")
        if label:
            return f"{label} {json.dumps(options)}" if options else str(label)
        return json.dumps(value)
    return str(value)


def _headlines(one: Answers, other: Answers) -> Iterator[tuple[str, str, str]]:
    mine, theirs = ({a.question: a.headline.text for a in each.answers} for each in (one, other))
    for question in dict.fromkeys([*mine, *theirs]):
        yield question.text, mine.get(question, ""), theirs.get(question, "")
