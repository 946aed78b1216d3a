"""How counts and lists of names are written for people."""

from collections.abc import Sequence


def counted(n: int, singular: str, plural: str = "") -> str:
    """A count with its noun: ``1 trial``, ``1,200 trials``.

    Args:
        n: the count.
        singular: the noun for exactly one.
        plural: the noun for any other count; the singular with an *s* if empty.
    """
    return f"{n:,} {singular if n == 1 else plural or f'{singular}s'}"


def listed(names: Sequence[str]) -> str:
    """Names joined by commas and a final *and*."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
