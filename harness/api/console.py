"""The console for answers: the terminal, or as wide as one."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

# How wide answers are where there is no terminal to ask.
_LINE = 120


def console() -> "Console":
    """A console that colours no figures, as wide as the terminal if there is one."""
    from rich.console import Console

    terminal = Console(highlight=False)
    return terminal if terminal.is_terminal else Console(highlight=False, width=_LINE)
