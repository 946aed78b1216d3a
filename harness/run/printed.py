"""What plug-ins print while they work: it reaches the person who ran them."""

import io
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

# Of one job; a fitness may print at every sound.
_MOST_CHARACTERS = 20_000


class _Limited(io.StringIO):
    """A text that stops growing."""

    def write(self, text: str) -> int:
        """Keep a text, as far as there is room."""
        room = _MOST_CHARACTERS - self.tell()
        super().write(text[: max(0, room)])
        return len(text)


@contextmanager
def printed_lines() -> Iterator[list[str]]:
    """Keep what is printed to standard output in this context; the list is filled at its end."""
    lines: list[str] = []
    with redirect_stdout(_Limited()) as text:
        try:
            yield lines
        finally:
            lines += text.getvalue().splitlines()
