"""Answers in the terminal."""

from collections.abc import Iterator
from math import isnan

from rich.console import RenderableType
from rich.text import Text

from harness.answer.listening_test.ears import ListeningTest
from harness.answer.measures.payoff import questions
from harness.answer.measures.starts import (
    NETWORK_COLUMNS,
    beforehand_sentence,
    known_networks,
    made_beforehand,
    network_cells,
    start_of,
)
from harness.answer.output.listening_tables import listening_tables
from harness.answer.output.prose import Prose
from harness.answer.output.rows import Rows
from harness.answer.questions.evaluate import Answer, Answers
from harness.answer.wording import expected_renders, figure, interval

# A terminal has room for three measures.
_SHOWN = ("speed", "diversity", "judged")
_MATCHES = 6
_OPEN = "Undecided for every pair (the report has each of them):"
_AVERAGED = (
    "Measures: interquartile means over targets and seeds, with 95% intervals; the sentences above "
    "give plain means."
)


def renderables(answers: Answers) -> Iterator[RenderableType]:
    """Caveats, every question with its answer, and the tables."""
    for caveat in answers.caveats:
        yield Prose(caveat, "yellow")
    asked = [answer for answer in answers.answers if not answer.alone]
    for answer in asked:
        if not _open(answer):
            yield from _asked(answer.question.text, map(str, answer.lead))
    if still_open := [answer.question.text for answer in asked if _open(answer)]:
        yield from _asked(_OPEN, still_open)
    for question, sentences in questions(answers.payoffs).items():
        yield from _asked(question, sentences)
    if made := beforehand_sentence(made_beforehand(answers.results)):
        yield ""
        yield Prose(made)
    yield ""
    yield _summary_table(answers)
    yield Prose(_AVERAGED)
    if networks := known_networks(answers.results.journal):
        yield ""
        rows = [(label, *network_cells(about)) for label, about in networks.items()]
        yield Rows(("network", *NETWORK_COLUMNS), rows)
    yield ""
    yield from _closest(answers)
    yield ""


def _open(answer: Answer) -> bool:
    """Whether there is nothing to say but that no pair is decided; one pair alone says why."""
    return len(answer.pairs) > 1 and all(sentence.undecided for sentence in answer.lead)


def _closest(answers: Answers) -> Iterator[RenderableType]:
    """Where the closest sound of each target is, and how close."""
    best = dict(zip(answers.measures["name"], answers.measures["best"], strict=True))
    rows = []
    for match in answers.best_matches[:_MATCHES]:
        cents = "" if isnan(match.cents) else f"{match.cents:+z,.0f} cents"
        who = match.target, match.fitness, match.strategy, str(match.seed)
        rows.append((*who, figure(best[match.name]), cents))
    columns = ("closest sound to", "by", "found by", "seed", "distance", "pitch")
    yield Rows(columns, rows, frozenset({"seed", "distance"}))
    folder = answers.results.journal.path / "trials"
    for match in answers.best_matches[:1]:
        heard = f"listen: {folder / match.name / 'best.flac'} (knobs beside it: genome.json)"
        yield Text(heard, no_wrap=True, overflow="ignore")
    if (more := len(answers.best_matches) - _MATCHES) > 0:
        yield Text(f"and {more:,} more: tables/best_matches.csv")


def _asked(question: str, sentences: Iterator[str] | list[str]) -> Iterator[RenderableType]:
    yield ""
    yield Prose(question, "bold")
    for sentence in sentences:
        yield Prose(sentence, indent=2)


def _summary_table(answers: Answers) -> Rows:
    by_strategy = [a for a in answers.answers if a.question.axis == "strategy"]
    shown = [answer for answer in by_strategy if answer.question.measure in _SHOWN]
    starts = {name: start_of(answers.results, name) for name in answers.results.strategies}
    elsewhere = any(start != "uniform" for start in starts.values())
    figures = [
        *(f"{answer.question.measure} [95%]" for answer in shown),
        *(f"renders {goal}" for goal in answers.run_times.renders.columns),
    ]
    rows = []
    for strategy, start in starts.items():
        cells = [interval(a.summary[strategy]) if strategy in a.summary else "" for a in shown]
        times = [expected_renders(c[strategy][0]) for _, c in answers.run_times.renders.items()]
        rows.append((strategy, *([start] if elsewhere else []), *cells, *times))
    return Rows(("strategy", *(["start"] if elsewhere else []), *figures), rows, frozenset(figures))


def heard(test: ListeningTest) -> Iterator[RenderableType]:
    """What people heard: who listened, which strategies win by ear, which judges agree."""
    yield Text("listening test", "bold")
    for sentence in test.sentences:
        yield Prose(sentence, indent=2)
    for table in listening_tables(test):
        if table.rows:
            yield ""
            rows = [(name, *cells) for name, cells in table.rows]
            yield Rows(table.columns, rows, frozenset(table.columns[1:]))
    yield ""
