"""How numbers and intervals are written for people."""

from math import isfinite, isnan

NO_INTERVAL = "[no interval]"


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
    return quantity(expected, "s") if expected < 0.9995 else f"{expected:,.1f} s"


def figure(value: float) -> str:
    """A number with three significant digits, or without decimals from 100 on."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def plain_figure(value: float) -> str:
    """A number with four significant digits and without a power of ten, if it is a small one."""
    tiny = 0 < abs(value) < 1e-4
    return f"{value:.9f}".rstrip("0").rstrip(".") if tiny else f"{value:.4g}"


def quantity(value: float, unit: str) -> str:
    """A number with its unit; less than a second in milliseconds, to a thousandth of one."""
    if unit == "s" and abs(value) < 0.9995:
        value, unit = round(1000 * value, 3) + 0.0, "ms"
    return f"{figure(value)} {unit}".strip()
