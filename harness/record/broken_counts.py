"""How many candidates were broken, by reason, as trials record it."""

from collections.abc import Iterable, Mapping

from common.wording import counted


def added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Return the sum of counts by reason, sorted by reason."""
    found: dict[str, int] = {}
    for one in counts:
        for reason, count in one.items():
            found[reason] = found.get(reason, 0) + count
    return dict(sorted(found.items()))


def said(counts: Mapping[str, int]) -> str:
    """Say how many candidates were broken and why, such as ``synth 'x' gave NaN (3 times)``."""
    times = ((reason, counted(n, "time")) for reason, n in counts.items())
    return "; ".join(f"{reason} ({count})" for reason, count in times)
