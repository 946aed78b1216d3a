"""Ticks of the axes of the page's pictures."""

from dataclasses import dataclass
from math import ceil, floor, log, log10

_FREQUENCIES = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000)


@dataclass(frozen=True)
class Tick:
    """A mark on an axis.

    Attributes:
        at: from 0, the beginning of the axis, to 1.
        text: the value with its unit.
        inside: what is written within the picture, such as the name of a note.
    """

    at: float
    text: str
    inside: str = ""


def spaced(low: float, high: float, most: int) -> list[float]:
    """Round numbers, evenly spaced, within a range.

    Args:
        low: the lower end.
        high: the upper end, above ``low``.
        most: how many there may be, 2 or more.
    """
    rough = (high - low) / (most - 1)
    power = 10.0 ** floor(log10(rough))
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= rough * (1 - 1e-9))
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [i * step for i in range(first, last + 1)]


def time_ticks(seconds: float) -> list[Tick]:
    """Ticks of time from 0 to ``seconds``, which is above 0."""
    scale, unit = (1000, "ms") if seconds < 0.2 else (1, "s")
    found = [Tick(at / seconds, f"{at * scale:g} {unit}") for at in spaced(0.0, seconds, 6)]
    # Rounding errors of the steps are not shown.
    return [Tick(t.at, f"{float(t.text.split()[0]):.4g} {unit}") for t in found if t.at <= 1]


def frequency_ticks(low: float, high: float) -> list[Tick]:
    """Ticks of a logarithmic axis of frequency, in hertz."""
    return [
        Tick(
            log(hertz / low) / log(high / low),
            f"{hertz // 1000} kHz" if hertz >= 1000 else f"{hertz} Hz",
        )
        for hertz in _FREQUENCIES
        if low <= hertz <= high
    ]
