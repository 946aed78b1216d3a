"""A user's mistake, and how it is said: one line with the value, the place and what is allowed."""

from collections.abc import Iterable
from difflib import get_close_matches


class InputError(Exception):
    """A mistake in what the user gave; its text is the one line that the user reads."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Say what was probably meant by ``name``, or else what is allowed."""
    names = sorted(known)
    near = get_close_matches(str(name), names, 1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"allowed: {', '.join(names) or 'none'}"
