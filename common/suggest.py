"""Suggest what was probably meant by a wrong name."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str:
    """Say what was probably meant by ``name``, or else what is allowed."""
    names = sorted(known)
    near = get_close_matches(str(name), names, 1, cutoff=0.5)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"allowed: {', '.join(names)}" if names else "there are none to choose from"
