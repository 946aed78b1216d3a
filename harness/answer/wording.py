"""How numbers, intervals and lists of names are written for people."""

from collections.abc import Sequence
from math import isfinite, isnan

NO_INTERVAL = "[no interval]"


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


def interval(summary: tuple[float, float, float]) -> str:
    """A value followed by its interval, two decimals each."""
    value, low, high = summary
    return f"{value:z.2f} {bounds(low, high)}"


def shift(summary: tuple[float, float, float]) -> str:
    """A difference with its sign, followed by its interval."""
    value, low, high = summary
    return f"{value:+z.2f} {bounds(low, high)}"


def bounds(low: float, high: float) -> str:
    """An interval with two decimals."""
    if not (isfinite(low) and isfinite(high)):
        return NO_INTERVAL
    return f"[{low:z.2f}, {high:z.2f}]"


def percent_bounds(low: float, high: float) -> str:
    """An interval of shares, in percent."""
    return NO_INTERVAL if isnan(low) else f"[{low:.0%}, {high:.0%}]"


def count_bounds(low: float, high: float) -> str:
    """An interval of large numbers, without decimals."""
    if not (isfinite(low) and isfinite(high)):
        return NO_INTERVAL
    return f"[{low:,.0f}, {high:,.0f}]"


def expected_renders(expected: float) -> str:
    """An expected run time in renders; empty if unknown."""
    if expected == float("inf"):
        return "never"
    return "" if isnan(expected) else f"{expected:,.0f}"


def expected_seconds(expected: float) -> str:
    """An expected run time in seconds or milliseconds; empty if unknown."""
    if expected == float("inf"):
        return "never"
    if isnan(expected):
        return ""
    return f"{expected:,.1f} s" if expected >= 1 else f"{1000 * expected:,.0f} ms"


def figure(value: float) -> str:
    """A number with three significant digits, or without decimals from 100 on."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
