"""How far each version is from the target, as a table and in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from harness.match.wording import figure, listed


@dataclass(frozen=True)
class Row:
    """The distances by one fitness or judge.

    Attributes:
        label: of the fitness or judge, with its unit.
        cells: of each version, the number.
        best: of each version, whether none is closer.
        closest: which is, in words.
    """

    label: str
    cells: list[str]
    best: list[bool]
    closest: str


def table(
    names: Sequence[str], distances: Sequence[Mapping[str, float]], units: Mapping[str, str]
) -> list[Row]:
    """A row for the fitness and for each judge.

    Args:
        names: of the versions, the match first.
        distances: of each version, by label; the fitness first.
        units: by label; empty for a plain ratio.
    """
    rows = []
    for label in distances[0]:
        values = [of.get(label, inf) for of in distances]
        # Compared as shown, so that nothing is closest by what cannot be read.
        cells = [figure(value) for value in values]
        low = cells[values.index(min(values))]
        best = [cell == low for cell in cells]
        winners = [name for name, is_best in zip(names, best, strict=True) if is_best]
        closest = "all alike" if len(winners) == len(names) > 1 else listed(winners)
        unit = f", {units[label]}" if units.get(label) else ""
        rows.append(Row(f"{label}{unit}", cells, best, closest))
    return rows


def sentence(
    names: Sequence[str], distances: Sequence[Mapping[str, float]], units: Mapping[str, str]
) -> str:
    """How close the match is, by the fitness; empty if there is no distance."""
    if not distances[0]:
        return ""
    label, value = next(iter(distances[0].items()))
    return (
        f"The {names[0]} is {figure(value)} {units.get(label, '')}".rstrip()
        + f" from the target by {label}."
    )
