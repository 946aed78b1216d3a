"""``compare``: two finished comparisons side by side."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from common.errors import InputError
from common.paths import present
from harness.api.console import console
from harness.cli.options import DEFAULT_OUT, Json, Out, comparison_name

if TYPE_CHECKING:
    from harness.answer.compare_runs import RunComparison
    from harness.answer.output.rows import Rows

_NAME = "Name of a comparison, or its folder."


def compare(
    one: Annotated[str, typer.Argument(metavar="A", help=_NAME)],
    other: Annotated[str, typer.Argument(metavar="B", help=_NAME)],
    out: Out = DEFAULT_OUT,
    as_json: Json = False,
) -> None:
    """Compare two finished comparisons: what differs, and how the results changed."""
    from harness.answer.compare_runs import compare_runs
    from harness.answer.load import load_results
    from harness.answer.questions.evaluate import answer

    journals = [_journal(given, out) for given in (one, other)]
    if journals[0].path.resolve() == journals[1].path.resolve():
        raise InputError(f"{one} and {other} are the same comparison; choose two different ones")
    names = journals[0].path.name, journals[1].path.name
    if names[0] == names[1]:
        names = str(journals[0].path), str(journals[1].path)
    mine, theirs = (answer(load_results(journal)) for journal in journals)
    found = compare_runs(names, mine, theirs)
    if as_json:
        typer.echo(json.dumps(found.plain()))
        return
    _print(found)


def _journal(given: str, out: Path) -> Any:
    """The journal of a comparison under ``out``, or of any folder, since versions share a name."""
    from harness.record.journal import Journal

    path = Path(given)
    if present(path / "experiment.json"):
        return Journal(path.parent, path.name)
    return Journal(out, comparison_name(given))


def _print(found: "RunComparison") -> None:
    from common.wording import counted
    from harness.answer.output.prose import Prose
    from harness.answer.output.rows import Rows

    terminal, (one, other) = console(), found.names
    if found.differences:
        columns = ("difference", one, other)
        terminal.print(Rows(columns, found.differences, prose=frozenset((one, other))))
    else:
        terminal.print("The experiments are identical.")
    why = found.unpaired_because
    paired = f"They are not paired: {why}" if why else "They are paired"
    line = (
        f"Shared by both: {counted(found.shared, 'trial')}; only in {one}: {found.only_in[0]}; "
        f"only in {other}: {found.only_in[1]}. {paired}."
    )
    terminal.print("")
    terminal.print(Prose(line))
    terminal.print(_changes(found))
    for question, mine, theirs in found.answers:
        terminal.print("")
        terminal.print(Prose(question, "bold"))
        for name, headline in zip(found.names, (mine, theirs), strict=True):
            terminal.print(Prose(f"{name}: {headline or 'not asked'}", indent=2))


def _changes(found: "RunComparison") -> "Rows":
    from harness.answer.output.rows import Rows
    from harness.answer.wording import shift

    rows = []
    for change in found.changes:
        pair = change.pair
        verdict = f"larger in {pair.ahead}" if pair.decided else pair.verdict
        moved = shift((pair.shift, pair.shift_low, pair.shift_high))
        means = f"{change.one:z.2f}", f"{change.other:z.2f}"
        figures = (*means, moved, str(pair.n), f"{pair.p:.2g}")
        rows.append((change.strategy, change.measure, *figures, verdict))
    right = (*(f"mean in {name}" for name in found.names), "shift [95%]", "n", "p")
    return Rows(("strategy", "measure", *right, "verdict"), rows, frozenset(right))
