"""Answers as sentences: the effect, its interval, n, and the smallest detectable difference."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, isnan
from typing import TYPE_CHECKING

from common.wording import counted, listed
from harness.answer.questions.catalogue import Question
from harness.answer.wording import percent_bounds, shift
from harness.statistics.paired import Paired, Verdict

if TYPE_CHECKING:
    import pandas as pd

_NOTHING_SHARED = (
    "Undecided: fewer than two contenders were measured on the same targets and seeds."
)
_VERDICTS: tuple[Verdict, ...] = ("ahead", "behind", "equivalent", "undecided")


@dataclass(frozen=True)
class Sentence:
    """A sentence for people, and what a program may want to know of it.

    Attributes:
        text: the sentence.
        undecided: whether it reports that nothing was decided.
    """

    text: str
    undecided: bool = False

    def __str__(self) -> str:
        """The text."""
        return self.text


def headline(
    question: Question, contenders: Sequence[str], pairs: Sequence[Paired], n: int
) -> Sentence:
    """Answer a question in one sentence: who leads, or between whom it is undecided.

    Args:
        question: what was asked.
        contenders: those that have the measure, largest first.
        pairs: the comparisons of any two of them.
        n: pairs of target and seed.
    """
    if len(contenders) < 2:
        return Sentence(_NOTHING_SHARED, undecided=True)
    behind_someone = {pair.behind for pair in pairs if pair.decided}
    unbeaten = [name for name in contenders if name not in behind_someone]
    beaten = [name for name in contenders if name in behind_someone]
    count = counted(n, "pair")
    if len(unbeaten) == 1:
        leader = unbeaten[0]
        losers = {pair.behind for pair in pairs if pair.decided and pair.ahead == leader}
        if losers:
            led = f"{leader} {question.verb} {listed([b for b in beaten if b in losers])}"
            rest = [name for name in beaten if name not in losers]
            return Sentence(f"{led}{_also_behind(leader, rest)} (n = {count}).")
    verdicts = {p.verdict for p in pairs if {p.one, p.other} <= set(unbeaten)}
    equivalent = len(unbeaten) > 1 and verdicts == {"equivalent"}
    if equivalent:
        start = f"{listed(unbeaten)} are equivalent"
    elif len(unbeaten) > 1:
        start = f"Undecided between {listed(unbeaten)}"
    else:
        start = "Undecided: no contender leads all others"
    tail = ""
    if len(unbeaten) > 1 and beaten:
        tail = f"; {listed(beaten)} {_is(beaten)} behind at least one of them"
    return Sentence(f"{start}{tail} (n = {count}).", undecided=not equivalent)


def _also_behind(leader: str, rest: Sequence[str]) -> str:
    """Contenders that are behind another one, but not shown to be behind the leader."""
    if not rest:
        return ""
    return (
        f"; no significant difference between {leader} and {listed(rest)}, although "
        f"{listed(rest)} {_is(rest)} behind another contender"
    )


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def contrasts_headline(question: Question, pairs: Sequence[Paired], n: int) -> Sentence:
    """The verdict on every contrast that the experiment names, in one sentence.

    Args:
        question: what was asked.
        pairs: the contrasts.
        n: pairs of target and seed.
    """
    if not pairs:
        return Sentence(_NOTHING_SHARED, undecided=True)
    matters = [pair for pair in pairs if pair.decided and not pair.negligible]
    leaders = dict.fromkeys(pair.ahead for pair in matters)
    parts = [
        f"{leader} {question.verb} "
        f"{listed([pair.behind for pair in matters if pair.ahead == leader])}"
        for leader in leaders
    ]
    parts += [
        f"{pair.ahead} {question.verb} {pair.behind}, but by a negligible amount"
        for pair in pairs
        if pair.decided and pair.negligible
    ]
    for verdict, conjunction in (("equivalent", "and"), ("undecided", "or")):
        couples = [f"{p.one} {conjunction} {p.other}" for p in pairs if p.verdict == verdict]
        if couples:
            parts.append(f"{verdict}: {', '.join(couples)}")
    text = "; ".join(parts)
    if not any(pair.decided for pair in pairs):
        # Otherwise the sentence begins with a label, which is not ours to change.
        text = text[0].upper() + text[1:]
    undecided = all(pair.verdict == "undecided" for pair in pairs)
    return Sentence(f"{text} (n = {counted(n, 'pair')}).", undecided)


def pair_sentence(question: Question, pair: Paired, wide: "pd.DataFrame") -> Sentence:
    """What is known about one pair of contenders; the one that is ahead is named first.

    Args:
        question: what was asked.
        pair: the comparison.
        wide: the measure, one column per contender.
    """
    swap = pair.decided and pair.ahead == pair.other
    one, other = (pair.other, pair.one) if swap else (pair.one, pair.other)
    start = {
        "ahead": f"{one} {question.verb} {other}",
        "behind": f"{one} {question.verb} {other}",
        "equivalent": f"{one} and {other} are equivalent: neither {question.verb} the other by "
        f"more than {question.rope:g}",
        "undecided": f"Undecided whether {one} {question.verb} {other}",
    }[pair.verdict]
    if pair.negligible:
        start += ", but by a negligible amount"
    chance, low, high = pair.probability, pair.low, pair.high
    moved = pair.shift, pair.shift_low, pair.shift_high
    if swap:
        chance, low, high = 1 - chance, 1 - high, 1 - low
        moved = -moved[0], -moved[2], -moved[1]
    figures = (
        f"ahead in {chance:.0%} of pairs {percent_bounds(low, high)}, mean {question.measure} "
        f"{wide[one].mean():z.2f} against {wide[other].mean():z.2f}, shift {shift(moved)}, "
        f"n = {counted(pair.n, 'pair')}, p = {pair.p:.2g}"
    )
    text = f"{start}: {figures}{_outlook(pair, swap)}."
    return Sentence(text, undecided=pair.verdict == "undecided")


def _outlook(pair: Paired, swap: bool) -> str:
    """What to expect for other targets, or which difference would have been detected."""
    if pair.decided:
        low, high = pair.other_low, pair.other_high
        if isnan(low):
            return "; with a single target, nothing is known about others"
        if swap:
            low, high = 1 - high, 1 - low
        open_ = "" if low > 0.5 else ": undecided for those"
        return f"; for other targets of this kind {percent_bounds(low, high)}{open_}"
    if pair.verdict == "undecided":
        if not isfinite(pair.smallest):
            return "; with so few pairs, nothing could have been decided"
        return f"; a difference of {pair.smallest:.2f} would have been detected with 80% power"
    return ""


def control_sentences(question: Question, pairs: Sequence[Paired]) -> list[Sentence]:
    """One sentence about a control: who is ahead of it, behind it, or neither.

    Args:
        question: what was asked.
        pairs: contenders against this control; gives no sentence if there are none.
    """
    if not pairs:
        return []
    control = pairs[0].other
    names = {v: [pair.one for pair in pairs if pair.verdict == v] for v in _VERDICTS}
    texts = {
        "ahead": f"{listed(names['ahead'])} {question.verb} {control}",
        "behind": f"{control} {question.verb} {listed(names['behind'])}",
        "equivalent": f"{listed(names['equivalent'])} {_is(names['equivalent'])} equivalent to "
        f"{control}",
        "undecided": f"undecided for {listed(names['undecided'])}",
    }
    parts = "; ".join(texts[verdict] for verdict in _VERDICTS if names[verdict])
    text = f"Compared with the control {control}: {parts} (n = {counted(pairs[0].n, 'pair')})."
    return [Sentence(text, undecided=len(names["undecided"]) == len(pairs))]
