"""Answers: each question in a sentence, with an effect, an interval, n, or the word undecided."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from itertools import combinations, product
from typing import Any

import pandas as pd

from harness.answer.load import Results, control_labels, random_labels
from harness.answer.measures.diversity_control import MEASURES as CONTROL
from harness.answer.measures.diversity_control import Control, control
from harness.answer.measures.expected_runtime import RunTimes, run_times
from harness.answer.measures.fitness_by_judge import Cross, cross
from harness.answer.measures.network_payoff import Payoff, payoffs
from harness.answer.measures.trial import measured, referenced, units
from harness.answer.questions.catalogue import TOPICS, Question
from harness.answer.questions.sentences import (
    against_control,
    by_contrast,
    headline,
    listed,
    sentence,
)
from harness.record.files import finite
from harness.statistics.paired import Paired, compare
from harness.statistics.resampling import bootstrap
from harness.statistics.robust import iqm, iqm_rows

_FEW_SEEDS = 5


@dataclass(frozen=True)
class Answer:
    """The answer to one question.

    Attributes:
        question: what was asked.
        headline: the answer.
        sentences: what is known of each pair, decided ones first, then of the controls.
        pairs: the figures behind them.
        summary: contender to the measure's interquartile mean and its 95 % interval, the largest
            first.
    """

    question: Question
    headline: str
    sentences: list[str]
    pairs: list[Paired]
    summary: dict[str, tuple[float, float, float]]

    @property
    def told(self) -> list[str]:
        """What people read first: the sentence itself if there is one pair, or else the headline.

        The sentences of the controls come after it.
        """
        of_pairs = sum(not s.startswith("Against ") for s in self.sentences)
        return self.sentences if of_pairs == 1 else [self.headline, *self.sentences[of_pairs:]]


@dataclass(frozen=True)
class Answers:
    """All answers of a comparison.

    Attributes:
        results: what they were made from, without variants.
        table: the trials with their measures.
        topics: title to the answers of its questions, where they could be asked.
        run_times: on three clocks.
        cross: fitness against judges.
        control: what the sweeps show, if there were any.
        payoffs: what seeded strategies gain by their networks.
        caveats: what a reader has to know first.
    """

    results: Results
    table: pd.DataFrame
    topics: dict[str, list[Answer]]
    run_times: RunTimes
    cross: Cross
    control: Control | None = None
    payoffs: list[Payoff] = field(default_factory=list)
    caveats: list[str] = field(default_factory=list)

    @property
    def answers(self) -> list[Answer]:
        """All of them, in order."""
        return [answer for answers in self.topics.values() for answer in answers]

    def plain(self) -> list[dict[str, Any]]:
        """The answers as plain values; what is not known, or not finite, is None."""
        said = [
            {
                "topic": topic,
                "question": a.question.text,
                "measure": a.question.measure,
                "answer": a.headline,
                "told": a.told,
                "sentences": a.sentences,
                "pairs": [{**asdict(pair), "verdict": pair.verdict} for pair in a.pairs],
                "summary": a.summary,
            }
            for topic, answers in self.topics.items()
            for a in answers
        ]
        return [finite(one) for one in said]


def answer(results: Results) -> Answers:
    """Answer every question that what is finished can answer."""
    contenders = results.contenders if results.variants else results
    table = measured(contenders)
    # Variants are asked nothing but this, which needs no judges and no sounds.
    controlled = control(results, referenced(results)) if results.variants else None
    topics = {
        topic.title: [
            _answer(question, contenders, table, controlled)
            for question in topic.questions
            if _asked(question, contenders, controlled)
        ]
        for topic in TOPICS
    }
    return Answers(
        contenders,
        table,
        {title: answers for title, answers in topics.items() if answers},
        run_times(contenders, table),
        cross(contenders, table),
        controlled,
        payoffs(contenders),
        [*_caveats(results, contenders), *_thin(contenders, table)],
    )


def _asked(question: Question, results: Results, controlled: Control | None) -> bool:
    """Whether the comparison was made to answer it."""
    if question.axis == "fitness":
        return len(results.fitness) > 1
    if question.axis == "family":
        return controlled is not None and bool(controlled.table[question.measure].notna().any())
    return question.measure != "variance_sound" or bool(len(results.sound))


def _answer(
    question: Question, results: Results, table: pd.DataFrame, controlled: Control | None
) -> Answer:
    controls = control_labels(results) if question.axis == "strategy" else []
    if question.axis == "family" and controlled is not None:
        table = controlled.table[["family", "fitness", "target", "seed", *CONTROL]]
    elif question.axis == "fitness":
        table = table[~table["strategy"].isin(control_labels(results))]
    wide = units(table, question.measure, question.axis)
    strata = wide.index.get_level_values("target")
    summary = {
        str(name): (iqm(wide[name]), *bootstrap(wide[name], strata, iqm_rows))
        for name in (wide.columns if len(wide) else [])
    }
    summary = dict(sorted(summary.items(), key=lambda item: -item[1][0]))
    contenders = [name for name in summary if name not in controls]

    def compared(couples: Iterable[tuple[str, str]]) -> list[Paired]:
        measures = [(a, b, wide[a], wide[b], strata) for a, b in couples]
        return compare(measures, question.rope)

    contrasts = results.experiment.get("contrasts", []) if question.axis == "strategy" else []
    if contrasts:
        there = [contrast for contrast in contrasts if set(contrast) <= set(summary)]
        # The larger first, as in every other sentence.
        pairs = compared(tuple(sorted(two, key=list(summary).index)) for two in there)
    else:
        pairs = compared(combinations(contenders, 2))
    against = compared(product(contenders, [name for name in controls if name in summary]))
    sentences = [sentence(question, pair, wide) for pair in sorted(pairs, key=_undecided)]
    for name in controls:
        sentences += against_control(question, [pair for pair in against if pair.other == name])
    if contrasts:
        told = by_contrast(question, pairs, len(wide))
    else:
        told = headline(question, contenders, pairs, len(wide))
    return Answer(question, told, sentences, [*pairs, *against], summary)


def _undecided(pair: Paired) -> int:
    return ("ahead", "behind", "equivalent", "undecided").index(pair.verdict)


def _caveats(results: Results, contenders: Results) -> list[str]:
    said = []
    if results.failures:
        name, reason = next(iter(results.failures.items()))
        said.append(f"{len(results.failures)} trials failed and are left out; {name}: {reason}")
    if results.missing:
        said.append(f"{len(results.missing)} trials are not finished and are left out")
    if results.others:
        said.append(
            f"{results.others} finished trials of other versions of this experiment lie beside "
            "these and are left out"
        )
    if results.deaf:
        said.append(
            f"judge {', '.join(results.deaf)} was added after trials had finished and is left out"
        )
    for label, reasons in results.refused.items():
        said.append(
            f"judge {label} broke on {len(reasons)} trials and is left out; the first: {reasons[0]}"
        )
    if not random_labels(results):
        said.append(
            "no random search among the strategies: the reference is the best of the first "
            "population, not what random search ends with"
        )
    if len(_contending(contenders)) < 2:
        said.append("fewer than two strategies: nothing can be compared")
    seeds = results.trials["seed"].nunique()
    if seeds < _FEW_SEEDS:
        many = "only one seed" if seeds == 1 else f"only {seeds} seeds"
        said.append(f"{many}: small differences cannot be told from chance")
    return said


def _thin(results: Results, table: pd.DataFrame) -> list[str]:
    """Say which strategies have too few trials to be compared."""
    there = set(units(table, "speed").columns)
    if not there:
        return []
    thin = [name for name in results.strategies if name not in there]
    return [f"too few trials to be compared: {listed(thin)}"] if thin else []


def _contending(results: Results) -> Sequence[str]:
    controls = control_labels(results)
    return [name for name in results.strategies if name not in controls]
