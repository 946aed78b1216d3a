"""Answers in words: effect, interval, n, and what could have been seen."""

from collections.abc import Sequence
from math import isfinite, isnan
from typing import TYPE_CHECKING

from harness.answer.questions.catalogue import Question

if TYPE_CHECKING:
    import pandas as pd

    from harness.statistics.paired import Paired


_NO_TWO = "Undecided: no two contenders have this measure on the same pairs."


def headline(
    question: Question, contenders: Sequence[str], pairs: Sequence["Paired"], n: int
) -> str:
    """Say the answer in one sentence.

    Args:
        question: what was asked.
        contenders: who has the measure, the largest first.
        pairs: of them.
        n: pairs of target and seed.
    """
    if len(contenders) < 2:
        return _NO_TWO
    beaten = {loser: pair.ahead for pair in pairs if (loser := _behind(pair))}
    first = [name for name in contenders if name not in beaten]
    behind = [name for name in contenders if name in beaten]
    if len(first) == 1:
        leader = first[0]
        losers = {_behind(pair) for pair in pairs if pair.ahead == leader}
        rest = [name for name in behind if name not in losers]
        told = f"{leader} {question.verb} {listed([b for b in behind if b in losers])}"
        tail = f"; not told apart from {listed(rest)}, which another is ahead of" if rest else ""
        return f"{told}{tail} (n = {n} pairs)."
    alike = all(p.verdict == "equivalent" for p in pairs if {p.one, p.other} <= set(first))
    if alike:
        said = f"Equivalent for all that matters: {listed(first)}"
    else:
        said = f"Undecided between {listed(first)}"
    tail = f"; behind one of them: {listed(behind)}" if behind else ""
    return f"{said}{tail} (n = {n} pairs)."


def by_contrast(question: Question, pairs: Sequence["Paired"], n: int) -> str:
    """Say the verdict of every contrast that was asked for, in one sentence.

    Args:
        question: what was asked.
        pairs: the contrasts.
        n: pairs of target and seed.
    """
    if not pairs:
        return _NO_TWO
    matters = [pair for pair in pairs if pair.decided and not pair.negligible]
    leaders = dict.fromkeys(pair.ahead for pair in matters)
    parts = [
        f"{leader} {question.verb} "
        f"{listed([_behind(pair) for pair in matters if pair.ahead == leader])}"
        for leader in leaders
    ]
    parts += [
        f"{pair.ahead} {question.verb} {_behind(pair)}, by less than matters"
        for pair in pairs
        if pair.decided and pair.negligible
    ]
    for verdict, joint in (("equivalent", "and"), ("undecided", "or")):
        couples = [f"{pair.one} {joint} {pair.other}" for pair in pairs if pair.verdict == verdict]
        if couples:
            parts.append(f"{verdict}: {', '.join(couples)}")
    told = "; ".join(parts)
    # A leader's name is not ours to change.
    start = told if any(pair.decided for pair in pairs) else told[0].upper() + told[1:]
    return f"{start} (n = {n} pairs)."


def _behind(pair: "Paired") -> str:
    if not pair.decided:
        return ""
    return pair.other if pair.ahead == pair.one else pair.one


def listed(names: Sequence[str]) -> str:
    """Names with commas and an *and*."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def sentence(question: Question, pair: "Paired", wide: "pd.DataFrame") -> str:
    """Say what is known of a pair."""
    turned = pair.decided and pair.ahead == pair.other
    one, other = (pair.other, pair.one) if turned else (pair.one, pair.other)
    start = {
        "ahead": f"{one} {question.verb} {other}",
        "behind": f"{one} {question.verb} {other}",
        "equivalent": f"{one} and {other} are equivalent: neither {question.verb} the other by "
        f"more than {question.rope:g}",
        "undecided": f"Undecided whether {one} {question.verb} {other}",
    }[pair.verdict]
    if pair.negligible:
        start += ", by less than matters"
    chance, low, high = pair.probability, pair.low, pair.high
    shift = pair.shift, pair.shift_low, pair.shift_high
    if turned:
        chance, low, high = 1 - chance, 1 - high, 1 - low
        shift = -shift[0], -shift[2], -shift[1]
    figures = (
        f"ahead in {chance:.0%} of pairs {_percents(low, high)}, {question.measure} "
        f"{wide[one].mean():.2f} against {wide[other].mean():.2f}, shift {shift[0]:+.2f} "
        f"{_range(shift[1], shift[2])}, n = {pair.n} pairs, p = {pair.p:.2g}"
    )
    return f"{start}: {figures}{_beyond(pair, turned)}."


def _beyond(pair: "Paired", turned: bool) -> str:
    """What may be expected for other targets, or what would have been seen."""
    if pair.decided:
        low, high = pair.other_low, pair.other_high
        if isnan(low):
            return "; one target: of others this says nothing"
        if turned:
            low, high = 1 - high, 1 - low
        open_ = "" if low > 0.5 else ": undecided there"
        return f"; for other targets like these {_percents(low, high)}{open_}"
    if pair.verdict == "undecided":
        if not isfinite(pair.smallest):
            return "; so few pairs could decide nothing"
        return f"; a difference of {pair.smallest:.2f} or more would have been seen (power 80 %)"
    return ""


def against_control(question: Question, pairs: Sequence["Paired"]) -> list[str]:
    """One sentence for the control: who is shown to be ahead of it, behind it, or neither."""
    if not pairs:
        return []
    control = pairs[0].other
    names = {
        verdict: [pair.one for pair in pairs if pair.verdict == verdict]
        for verdict in ("ahead", "behind", "equivalent", "undecided")
    }
    said = (
        ("ahead", f"{listed(names['ahead'])} {question.verb} {control}"),
        ("behind", f"{control} {question.verb} {listed(names['behind'])}"),
        ("equivalent", f"equivalent: {listed(names['equivalent'])}"),
        ("undecided", f"undecided for {listed(names['undecided'])}"),
    )
    parts = [text for verdict, text in said if names[verdict]]
    return [f"Against {control}, the control: {'; '.join(parts)} (n = {pairs[0].n} pairs)."]


def interval(summary: tuple[float, float, float]) -> str:
    """A value and its interval for people."""
    value, low, high = summary
    return f"{value:.2f} {_range(low, high)}"


def _range(low: float, high: float) -> str:
    if not (isfinite(low) and isfinite(high)):
        return "[no interval]"
    return f"[{low:.2f}, {high:.2f}]"


def _percents(low: float, high: float) -> str:
    return "[no interval]" if isnan(low) else f"[{low:.0%}, {high:.0%}]"


def renders(expected: float) -> str:
    """An expected run time for people; empty if nothing is known of it."""
    if expected == float("inf"):
        return "never"
    return f"{expected:,.0f}" if expected == expected else ""


def seconds(expected: float) -> str:
    """Expected seconds for people; empty if nothing is known of them."""
    if expected == float("inf"):
        return "never"
    if expected != expected:
        return ""
    return f"{expected:,.1f} s" if expected >= 1 else f"{1000 * expected:,.0f} ms"
