"""Tables in the terminal of which nothing is cut, however narrow it is."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

_GAP = 2
_INDENT = 2
# Prose that had to wrap in a narrower column would be a ladder of words.
_PROSE = 30


@dataclass(frozen=True)
class Rows:
    """A table if the terminal is wide enough for all its figures, else a few lines for each row.

    Attributes:
        columns: the headings; the first is that of the row's name.
        rows: the cells of each row.
        right: the columns whose cells are aligned to the right.
        prose: the columns whose cells may wrap.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str | Text]]
    right: frozenset[str] = frozenset()
    prose: frozenset[str] = frozenset()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Render the table, or the lines."""
        cells = [self._widest_cell(i) for i in range(len(self.columns))]
        # A heading may wrap, a figure may not.
        narrow = [_wrapped(key, cell) for key, cell in zip(self.columns, cells, strict=True)]
        for headings in (list(self.columns), narrow):
            widths = [max(_width(h), cell) for h, cell in zip(headings, cells, strict=True)]
            if sum(widths) + _GAP * (len(widths) - 1) <= options.max_width:
                yield self._table(headings)
                return
        for row in self.rows:
            yield from self._lines(row, options.max_width)

    def _widest_cell(self, i: int) -> int:
        """How wide the cells of a column must be; prose may wrap."""
        widest = max((_width(str(row[i])) for row in self.rows), default=0)
        return min(widest, _PROSE) if self.columns[i] in self.prose else widest

    def _table(self, headings: Sequence[str]) -> Table:
        table = Table(box=None, pad_edge=False)
        for column, heading in zip(self.columns, headings, strict=True):
            table.add_column(
                Text(heading),
                justify="right" if column in self.right else "left",
                no_wrap=column not in self.prose,
                overflow="fold",
            )
        for name, *cells in self.rows:
            table.add_row(_bold(name), *map(_text, cells))
        return table

    def _lines(self, row: Sequence[str | Text], width: int) -> RenderResult:
        """The row's name, then what each column says; empty cells are left out."""
        yield _folded(Text(f"{self.columns[0]} ") + _bold(row[0]))
        said = [(key, _text(cell)) for key, cell in zip(self.columns, row, strict=True)][1:]
        said = [(key, cell) for key, cell in said if cell.plain]
        longest = max((cell_len(key) for key, _ in said), default=0)
        for key, cell in said:
            start = " " * _INDENT + key
            beside = _INDENT + longest + 2
            if beside + cell.cell_len <= width:
                yield Text(start + " " * (beside - cell_len(start))) + cell
            else:
                yield _folded(Text(start))
                yield Padding(_folded(cell), (0, 0, 0, 2 * _INDENT))


def _wrapped(heading: str, width: int) -> str:
    """A heading in lines that are no wider than the cells, or than its longest word."""
    return textwrap.fill(heading, max(width, *map(len, heading.split())))


def _width(text: str) -> int:
    """How many columns the widest line takes."""
    return max(map(cell_len, text.splitlines()), default=0)


def _folded(text: Text) -> Text:
    """A text that wraps between words, and within a word that is wider than the terminal."""
    text.overflow = "fold"
    return text


def _text(cell: str | Text) -> Text:
    return cell.copy() if isinstance(cell, Text) else Text(cell)


def _bold(name: str | Text) -> Text:
    text = _text(name)
    text.stylize("bold")
    return text
