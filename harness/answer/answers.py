"""Answers: each question in a sentence, with an effect, an interval, n, or the word undecided."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import combinations, product
from math import isnan
from typing import TYPE_CHECKING, Any

import pandas as pd

from harness.answer.measures import expected_run_time, measured, random_labels, units
from harness.answer.results import Results
from harness.statistics.paired import Paired, compare
from harness.statistics.resampling import bootstrap
from harness.statistics.robust import iqm, iqm_rows

if TYPE_CHECKING:
    from rich.console import RenderableType


@dataclass(frozen=True)
class Question:
    """What is asked of every comparison.

    Attributes:
        text: the question.
        measure: the column that answers it.
        verb: what the one that is ahead did.
        about: what the measure is, for the report.
        rope: the difference that does not matter, in the unit of the measure.
    """

    text: str
    measure: str
    verb: str
    about: str
    rope: float


QUESTIONS = (
    Question(
        "Which converges faster?",
        "speed",
        "converged faster than",
        "share of the budget left when a distance is reached, mean over distances from random "
        "search's down to a quarter of it",
        0.02,
    ),
    Question(
        "Which keeps more genetic variance?",
        "variance",
        "kept more variance than",
        "mean distance of two genomes of the assembled population, over the whole budget",
        0.01,
    ),
    Question(
        "Which found the closest sounds?",
        "judged",
        "came closer than",
        "how often random search's distance can be halved until the found one is reached, mean "
        "over the judges",
        0.1,
    ),
)


@dataclass(frozen=True)
class Answer:
    """The answer to one question.

    Attributes:
        question: what was asked.
        sentences: the answer, a sentence for each pair of strategies, decided ones first.
        pairs: the figures behind them.
        summary: strategy to the measure's interquartile mean and its 95 % interval.
    """

    question: Question
    sentences: list[str]
    pairs: list[Paired]
    summary: dict[str, tuple[float, float, float]]


@dataclass(frozen=True)
class Answers:
    """All answers of a comparison.

    Attributes:
        results: what they were made from.
        table: the trials with their measures.
        answers: one for each question.
        run_times: strategy to expected renders until random search's end, and until half of it.
        caveats: what a reader has to know first.
    """

    results: Results
    table: pd.DataFrame
    answers: list[Answer]
    run_times: pd.DataFrame
    caveats: list[str] = field(default_factory=list)

    def plain(self) -> list[dict[str, Any]]:
        """The answers as plain values."""
        return [
            {
                "question": a.question.text,
                "sentences": a.sentences,
                "pairs": [asdict(pair) for pair in a.pairs],
                "summary": a.summary,
            }
            for a in self.answers
        ]

    def renderables(self) -> "Iterator[RenderableType]":
        """The answers for a terminal."""
        from rich.padding import Padding
        from rich.text import Text

        # As Text: a reason or an interval may hold brackets, which are no markup.
        for caveat in self.caveats:
            yield Text(caveat, "yellow")
        for answer in self.answers:
            yield Text(f"\n{answer.question.text}", "bold")
            for sentence in answer.sentences:
                yield Padding(Text(sentence), (0, 0, 0, 2))
        yield ""
        yield self._summary_table()
        yield ""

    def _summary_table(self) -> "RenderableType":
        from rich.table import Table

        table = Table("strategy", box=None, pad_edge=False)
        for answer in self.answers:
            table.add_column(f"{answer.question.measure} \\[95 %]", justify="right")
        for column in self.run_times.columns:
            table.add_column(column, justify="right")
        for strategy in self.results.strategies:
            cells = [interval(a.summary[strategy]) if strategy in a.summary else ""
                     for a in self.answers]  # fmt: skip
            times = [renders(self.run_times[c][strategy]) for c in self.run_times.columns]
            table.add_row(f"[bold]{strategy}", *cells, *times)
        return table


def interval(summary: tuple[float, float, float]) -> str:
    """A value and its interval for people."""
    value, low, high = summary
    return f"{value:.2f} {_range(low, high)}"


def _range(low: float, high: float) -> str:
    return "[no interval]" if isnan(low) else f"[{low:.2f}, {high:.2f}]"


def renders(expected: float) -> str:
    """An expected run time for people; empty if nothing is known of it."""
    if expected == float("inf"):
        return "never"
    return f"{expected:,.0f}" if expected == expected else ""


def answer(results: Results) -> Answers:
    """Answer every question from what is finished."""
    table = measured(results)
    answers = [_answer(question, results, table) for question in QUESTIONS]
    times = pd.DataFrame(
        {
            "renders to reference": expected_run_time(results, table, 1.0),
            "to half of it": expected_run_time(results, table, 0.5),
        }
    ).reindex(results.strategies)
    return Answers(results, table, answers, times, _caveats(results))


def _answer(question: Question, results: Results, table: pd.DataFrame) -> Answer:
    wide = units(table, question.measure)
    strategies = [s for s in results.strategies if s in wide.columns and len(wide)]
    strata = wide.index.get_level_values("target")
    controls = [s for s in strategies if s in random_labels(results)]
    contenders = [s for s in strategies if s not in controls]

    def compared(couples: Iterable[tuple[str, str]]) -> list[Paired]:
        return compare([(a, b, wide[a], wide[b], strata) for a, b in couples], question.rope)

    pairs = compared((one, other) for other, one in combinations(contenders, 2))
    against = compared(product(contenders, controls))
    sentences = [_sentence(question, pair, wide) for pair in sorted(pairs, key=_undecided)]
    if len(contenders) < 2:
        sentences.append("Undecided: no two strategies have this measure on the same pairs.")
    for control in controls:
        beside = [pair for pair in against if pair.other == control]
        sentences += _against_control(question, beside)
    summary = {s: (iqm(wide[s]), *bootstrap(wide[s], strata, iqm_rows)) for s in strategies}
    return Answer(question, sentences, [*pairs, *against], summary)


def _undecided(pair: Paired) -> bool:
    return not pair.decided


def _against_control(question: Question, pairs: Sequence[Paired]) -> list[str]:
    """One sentence for the control: who is shown to be ahead of it, behind it, or neither."""
    if not pairs:
        return []
    control = pairs[0].other
    ahead = [pair.one for pair in pairs if pair.ahead == pair.one]
    behind = [pair.one for pair in pairs if pair.ahead == control]
    alike = [pair.one for pair in pairs if pair.verdict == "equivalent"]
    open_ = [pair.one for pair in pairs if pair.verdict == "undecided"]
    parts = [
        said
        for names, said in (
            (ahead, f"{', '.join(ahead)} {question.verb} {control}"),
            (behind, f"{control} {question.verb} {', '.join(behind)}"),
            (alike, f"equivalent in {question.measure} to {', '.join(alike)}"),
            (open_, f"undecided for {', '.join(open_)}"),
        )
        if names
    ]
    return [f"Against {control}, the control: {'; '.join(parts)} (n = {pairs[0].n} pairs)."]


def _sentence(question: Question, pair: Paired, wide: pd.DataFrame) -> str:
    if pair.decided:
        ahead = pair.ahead
        behind = pair.other if ahead == pair.one else pair.one
        chance = pair.probability if ahead == pair.one else 1 - pair.probability
        low, high = (pair.low, pair.high) if ahead == pair.one else (1 - pair.high, 1 - pair.low)
        start = f"{ahead} {question.verb} {behind}"
    else:
        ahead, behind = pair.one, pair.other
        chance, low, high = pair.probability, pair.low, pair.high
        start = (
            f"{ahead} and {behind} are equivalent in {question.measure}"
            if pair.verdict == "equivalent"
            else f"Undecided whether {ahead} {question.verb} {behind}"
        )
    means = f"{wide[ahead].mean():.2f} against {wide[behind].mean():.2f}"
    return (
        f"{start}: ahead with probability {chance:.2f} {_range(low, high)}, "
        f"{question.measure} {means}, n = {pair.n} pairs, p = {pair.p:.2g}."
    )


def _caveats(results: Results) -> list[str]:
    said = []
    if results.failures:
        name, reason = next(iter(results.failures.items()))
        said.append(f"{len(results.failures)} trials failed and are left out; {name}: {reason}")
    if results.missing:
        said.append(f"{len(results.missing)} trials are not finished and are left out")
    if results.deaf:
        said.append(
            f"judge {', '.join(results.deaf)} was added after trials had finished and is left out"
        )
    if not random_labels(results):
        said.append(
            "no random search among the strategies: the reference is the best of the first "
            "population, not what random search ends with"
        )
    seeds = results.trials["seed"].nunique()
    if seeds < 5:
        many = "only one seed" if seeds == 1 else f"only {seeds} seeds"
        said.append(f"{many}: small differences cannot be told from chance")
    return said
