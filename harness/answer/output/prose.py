"""Sentences in the terminal, of which no interval is torn apart."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len, chop_cells
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

# What is in brackets is one word: an interval, or that there is none.
_WORD = re.compile(r"\[[^\]]*\]\S*|\S+")


@dataclass(frozen=True)
class Prose:
    """A text that wraps between words.

    Attributes:
        text: in one paragraph.
        style: of rich, such as ``bold``.
        indent: spaces in front of every line.
    """

    text: str
    style: str = ""
    indent: int = 0

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        """Render the lines."""
        for line in _lines(self.text, max(options.max_width - self.indent, 2)):
            yield Text(" " * self.indent + line, self.style)


def _lines(text: str, width: int) -> Iterator[str]:
    line = ""
    for whole in _WORD.findall(text):
        # Longer than a line: a path, or a name.
        for word in chop_cells(whole, width) if cell_len(whole) > width else [whole]:
            longer = f"{line} {word}" if line else word
            if cell_len(longer) > width:
                yield line
                longer = word
            line = longer
    yield line
