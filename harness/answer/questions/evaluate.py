"""Answer every question: who is ahead, by how much, how sure that is, or that it is undecided."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from itertools import combinations, product
from typing import Any

import pandas as pd

from common.wording import counted, listed
from harness.answer.load import Results, control_labels, reference_labels
from harness.answer.measures.best_matches import BestMatch, best_matches, summaries
from harness.answer.measures.diversity_control import MEASURES as CONTROL_MEASURES
from harness.answer.measures.diversity_control import DiversityControl, diversity_control
from harness.answer.measures.expected_runtime import RunTimes, run_times
from harness.answer.measures.fitness_by_judge import CrossTable, cross_table
from harness.answer.measures.hearing import Hearing
from harness.answer.measures.judges_disagree import Disagreement, disagreements
from harness.answer.measures.payoff import Payoff, payoffs
from harness.answer.measures.trial import measured, referenced, units
from harness.answer.questions.catalogue import TOPICS, Question
from harness.answer.questions.sentences import (
    Sentence,
    contrasts_headline,
    control_sentences,
    headline,
    pair_sentence,
)
from harness.record.broken_counts import said
from harness.record.damage import AGAIN
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
        headline: the answer in one sentence.
        pair_sentences: what is known about each pair of contenders, decided ones first.
        control_sentences: how the contenders compare with each control.
        pairs: the comparisons between contenders.
        control_pairs: the comparisons of contenders with controls.
        summary: contender to the measure's interquartile mean and its 95% interval, largest first.
    """

    question: Question
    headline: Sentence
    pair_sentences: list[Sentence]
    control_sentences: list[Sentence]
    pairs: list[Paired]
    control_pairs: list[Paired]
    summary: dict[str, tuple[float, float, float]]

    @property
    def alone(self) -> bool:
        """Whether there is nobody to compare with: at most one contender has the measure."""
        return len(self.summary) < 2

    @property
    def lead(self) -> list[Sentence]:
        """What people read first.

        The pair's own sentence if there is only one pair, the headline otherwise; then the
        sentences about the controls.
        """
        first = self.pair_sentences if len(self.pair_sentences) == 1 else [self.headline]
        return [*first, *self.control_sentences]

    @property
    def sentences(self) -> list[Sentence]:
        """All details: pair by pair, then control by control."""
        return [*self.pair_sentences, *self.control_sentences]

    def plain(self) -> dict[str, Any]:
        """The answer as plain values for JSON."""
        return {
            "question": self.question.text,
            "measure": self.question.measure,
            "headline": asdict(self.headline),
            "lead": [asdict(one) for one in self.lead],
            "pair_sentences": [asdict(one) for one in self.pair_sentences],
            "control_sentences": [asdict(one) for one in self.control_sentences],
            "pairs": [_plain(pair) for pair in self.pairs],
            "control_pairs": [_plain(pair) for pair in self.control_pairs],
            "summary": self.summary,
        }


def _plain(pair: Paired) -> dict[str, Any]:
    return {**asdict(pair), "verdict": pair.verdict}


@dataclass(frozen=True)
class Answers:
    """All answers of a comparison.

    Attributes:
        results: what the answers were computed from, without variants.
        measures: the trials with their measures, one row each.
        topics: title to the answers of its questions; only topics that could be asked.
        run_times: expected run times on three clocks.
        cross_table: every fitness against every judge.
        hearing: what is heard in targets and best sounds.
        diversity_control: what the sweeps show; None if there are none.
        payoffs: what seeded strategies gain from their networks or banks.
        disagreements: winners by the fitness that lose by the judges.
        best_matches: the closest sound to each target by each fitness.
        caveats: what a reader has to know first.
    """

    results: Results
    measures: pd.DataFrame
    topics: dict[str, list[Answer]]
    run_times: RunTimes
    cross_table: CrossTable
    hearing: Hearing
    diversity_control: DiversityControl | None = None
    payoffs: list[Payoff] = field(default_factory=list)
    disagreements: list[Disagreement] = field(default_factory=list)
    best_matches: list[BestMatch] = field(default_factory=list)
    caveats: list[str] = field(default_factory=list)

    @property
    def answers(self) -> list[Answer]:
        """All of them, in order."""
        return [answer for answers in self.topics.values() for answer in answers]

    def plain(self) -> list[dict[str, Any]]:
        """The answers as plain values for JSON; values that are unknown or infinite are None."""
        return [
            finite({"topic": topic, **answer.plain()})
            for topic, answers in self.topics.items()
            for answer in answers
        ]


def answer(results: Results) -> Answers:
    """Answer every question for which there are finished trials."""
    contenders = results.without_variants if results.variants else results
    measures = measured(contenders)
    # Variants take part in no other question; this one needs neither judges nor sounds.
    swept = diversity_control(results, referenced(results)) if results.variants else None
    topics = {
        topic.title: [
            _answer(question, contenders, measures, swept)
            for question in topic.questions
            if _can_be_asked(question, contenders, swept)
        ]
        for topic in TOPICS
    }
    closeness = [
        pair
        for answers in topics.values()
        for answer in answers
        if answer.question.key == "strategy.closeness"
        for pair in (*answer.pairs, *answer.control_pairs)
    ]
    reversed_pairs = disagreements(contenders, measures, closeness)
    hearing = Hearing(contenders)
    matches = best_matches(contenders, measures, hearing)
    flags = [pair.sentence for pair in reversed_pairs]
    flags += [line for fitness in contenders.fitness for line in summaries(matches, fitness)]
    return Answers(
        contenders,
        measures,
        {title: answers for title, answers in topics.items() if answers},
        run_times(contenders, measures),
        cross_table(contenders, measures),
        hearing,
        swept,
        payoffs(contenders),
        reversed_pairs,
        matches,
        [*_caveats(results, contenders), *_sparse(contenders, measures), *flags],
    )


def _can_be_asked(question: Question, results: Results, swept: DiversityControl | None) -> bool:
    """Whether the comparison has the trials that the question is about."""
    if question.axis == "fitness":
        return len(results.fitness) > 1
    if question.axis == "family":
        return swept is not None and bool(swept.table[question.measure].notna().any())
    return question.measure != "diversity_sound" or bool(len(results.sound_diversity))


def _answer(
    question: Question, results: Results, table: pd.DataFrame, swept: DiversityControl | None
) -> Answer:
    controls = control_labels(results) if question.axis == "strategy" else []
    if question.axis == "family" and swept is not None:
        table = swept.table[["family", "fitness", "target", "seed", *CONTROL_MEASURES]]
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
        present = [contrast for contrast in contrasts if set(contrast) <= set(summary)]
        # The larger one first, as in all other sentences.
        pairs = compared(tuple(sorted(two, key=list(summary).index)) for two in present)
        first = contrasts_headline(question, pairs, len(wide))
    else:
        pairs = compared(combinations(contenders, 2))
        first = headline(question, contenders, pairs, len(wide))
    against = compared(product(contenders, [name for name in controls if name in summary]))
    of_controls = [
        sentence
        for name in controls
        for sentence in control_sentences(question, [p for p in against if p.other == name])
    ]
    of_pairs = [pair_sentence(question, pair, wide) for pair in sorted(pairs, key=_decided_first)]
    return Answer(question, first, of_pairs, of_controls, pairs, against, summary)


def _decided_first(pair: Paired) -> int:
    return ("ahead", "behind", "equivalent", "undecided").index(pair.verdict)


def _caveats(results: Results, contenders: Results) -> list[str]:
    caveats = []
    if results.failures:
        name, reason = next(iter(results.failures.items()))
        failed = counted(len(results.failures), "trial")
        caveats.append(f"{failed} failed and {_are_left_out(results.failures)}; {name}: {reason}")
    if results.damaged:
        reason = next(iter(results.damaged.values()))
        found = counted(len(results.damaged), "trial")
        was = "was" if len(results.damaged) == 1 else "were"
        caveats.append(
            f"{found} {was} damaged and {_are_left_out(results.damaged)}; {reason}; {AGAIN}"
        )
    if results.broken:
        candidates = counted(sum(results.broken.values()), "candidate")
        caveats.append(f"{candidates} at the worst distance: {said(results.broken)}")
    caveats += [f"{label}: {'; '.join(notes)}" for label, notes in results.notes.items()]
    if results.unfinished:
        waiting = counted(len(results.unfinished), "trial")
        has = "has" if len(results.unfinished) == 1 else "have"
        caveats.append(f"{waiting} {has} not finished and {_are_left_out(results.unfinished)}")
    if results.other_versions:
        others = counted(results.other_versions, "finished trial")
        belong = "belongs" if results.other_versions == 1 else "belong"
        are = "is" if results.other_versions == 1 else "are"
        caveats.append(
            f"{others} in this folder {belong} to other versions of the experiment and {are} "
            "left out"
        )
    if late := results.late_judges:
        judges = f"judge {late[0]} was" if len(late) == 1 else f"judges {listed(late)} were"
        caveats.append(f"{judges} added after trials had finished and {_are_left_out(late)}")
    judging = {choice["label"] for choice in results.experiment["judges"]}
    for label, reasons in results.broken_judges.items():
        # Every best sound is scored by every fitness: what fails in searches fails there too.
        if reasons[0] in results.failures.values():
            continue
        kind = "judge" if label in judging else "fitness"
        caveats.append(
            f"{kind} {label} failed on {counted(len(reasons), 'trial')} and is left out; the first "
            f"reason: {reasons[0]}"
        )
    if not reference_labels(results):
        caveats.append(
            "there is no random search among the strategies: distances are relative to the best "
            "of the first population, not to the end of a random search; distances by the judges, "
            "to the mean of all strategies"
        )
    controls = control_labels(contenders)
    if len([name for name in contenders.strategies if name not in controls]) < 2:
        caveats.append("there are fewer than two strategies: nothing can be compared")
    seeds = results.trials["seed"].nunique()
    if seeds < _FEW_SEEDS:
        caveats.append(
            f"only {counted(seeds, 'seed')}: small differences cannot be distinguished from chance"
        )
    return caveats


def _are_left_out(things: Sequence[str] | dict[str, str]) -> str:
    return f"{'is' if len(things) == 1 else 'are'} left out"


def _sparse(results: Results, measures: pd.DataFrame) -> list[str]:
    """Name the strategies that have too few trials to be compared."""
    compared = set(units(measures, "speed").columns)
    if not compared:
        return []
    sparse = [name for name in results.strategies if name not in compared]
    return [f"too few trials to be compared: {listed(sparse)}"] if sparse else []
