"""The error for a user's mistake: one line with the value, the place and what is allowed."""

import os
import re

_BREAKS = re.compile(r"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*")


class InputError(Exception):
    """A mistake in what the user gave; its text is the one line that they read.

    What it quotes may have several lines, such as a key or the name of a file.
    """

    def __init__(self, text: str) -> None:
        super().__init__(_BREAKS.sub(" ", text))

    def _render_traceback_(self) -> list[str]:
        """Return what a notebook shows of it: no traceback (IPython asks for this name)."""
        return [f"InputError: {self}"]


def file_trouble(error: OSError) -> str:
    """Say which file a system call could not use, and why; empty if the error names none."""
    reason = system_reason(error)
    return f"{error.filename}: {reason}" if reason and error.filename is not None else ""


def system_reason(error: OSError) -> str:
    """Say why a system call failed; empty if the error does not tell."""
    return "" if error.errno is None else os.strerror(error.errno).lower()
