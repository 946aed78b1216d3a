"""Answers in the terminal."""

from collections.abc import Iterator
from math import isnan

from rich.console import RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.answer.measures.payoff import questions
from harness.answer.measures.starts import (
    NETWORK_COLUMNS,
    beforehand_sentence,
    known_networks,
    made_beforehand,
    network_cells,
    start_of,
)
from harness.answer.questions.evaluate import Answers
from harness.answer.wording import expected_renders, figure, interval

# A terminal has room for three measures.
_SHOWN = ("speed", "diversity", "judged")
_MATCHES = 6


def renderables(answers: Answers) -> Iterator[RenderableType]:
    """Caveats, every question with its answer, and the tables."""
    # As Text: a reason or an interval may contain brackets, which are not markup.
    for caveat in answers.caveats:
        yield Text(caveat, "yellow")
    for answer in answers.answers:
        if answer.alone:
            continue
        yield from _asked(answer.question.text, map(str, answer.lead))
    for question, sentences in questions(answers.payoffs).items():
        yield from _asked(question, sentences)
    if made := beforehand_sentence(made_beforehand(answers.results)):
        yield Text(f"\n{made}")
    yield ""
    yield _summary_table(answers)
    if networks := known_networks(answers.results.journal):
        table = Table("network", *NETWORK_COLUMNS, box=None, pad_edge=False)
        for label, about in networks.items():
            table.add_row(f"[bold]{label}", *network_cells(about))
        yield ""
        yield table
    yield ""
    yield from _closest(answers)
    yield ""


def _closest(answers: Answers) -> Iterator[RenderableType]:
    """Where the closest sound of each target is, and how close."""
    best = dict(zip(answers.measures["name"], answers.measures["best"], strict=True))
    table = Table("closest sound to", box=None, pad_edge=False)
    for column in ("by", "found by", "seed", "distance", "pitch"):
        table.add_column(column, justify="right" if column in ("seed", "distance") else "left")
    for match in answers.best_matches[:_MATCHES]:
        cents = "" if isnan(match.cents) else f"{match.cents:+z,.0f} cents"
        who = match.target, match.fitness, match.strategy, str(match.seed)
        table.add_row(*map(escape, who), figure(best[match.name]), cents)
    yield table
    folder = answers.results.journal.path / "trials"
    for match in answers.best_matches[:1]:
        heard = f"listen: {folder / match.name / 'best.flac'} (knobs beside it: genome.json)"
        yield Text(heard, no_wrap=True, overflow="ignore")
    if (more := len(answers.best_matches) - _MATCHES) > 0:
        yield Text(f"and {more:,} more: tables/best_matches.csv")


def _asked(question: str, sentences: Iterator[str] | list[str]) -> Iterator[RenderableType]:
    yield Text(f"\n{question}", "bold")
    for sentence in sentences:
        yield Padding(Text(sentence), (0, 0, 0, 2))


def _summary_table(answers: Answers) -> Table:
    by_strategy = [a for a in answers.answers if a.question.axis == "strategy"]
    shown = [answer for answer in by_strategy if answer.question.measure in _SHOWN]
    table = Table("strategy", box=None, pad_edge=False)
    starts = {name: start_of(answers.results, name) for name in answers.results.strategies}
    elsewhere = any(start != "uniform" for start in starts.values())
    if elsewhere:
        table.add_column("start")
    for answer in shown:
        table.add_column(f"{answer.question.measure} \\[95%]", justify="right")
    for goal in answers.run_times.renders.columns:
        table.add_column(f"renders {goal}", justify="right")
    for strategy, start in starts.items():
        cells = [interval(a.summary[strategy]) if strategy in a.summary else "" for a in shown]
        times = [expected_renders(c[strategy][0]) for _, c in answers.run_times.renders.items()]
        table.add_row(f"[bold]{strategy}", *([start] if elsewhere else []), *cells, *times)
    return table
