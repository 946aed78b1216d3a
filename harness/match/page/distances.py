"""How far each version is from the target, as a table and in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from harness.match.page.wording import figure


@dataclass(frozen=True)
class Row:
    """The distances by one fitness or judge.

    Attributes:
        label: of the fitness or judge, with its unit.
        cells: of each version, the number.
        closest: of each version, whether it is the closest; none is if all are alike.
    """

    label: str
    cells: list[str]
    closest: list[bool]


def table(distances: Sequence[Mapping[str, float]], units: Mapping[str, str]) -> list[Row]:
    """A row for the fitness and for each judge.

    Args:
        distances: of each version, the match first, by label; the fitness first.
        units: by label; empty for a plain ratio.
    """
    rows = []
    for label in distances[0]:
        values = [of.get(label, inf) for of in distances]
        # Compared as shown, so that nothing is closest by what cannot be read.
        cells = [figure(value) for value in values]
        low = cells[values.index(min(values))]
        closest = [cell == low for cell in cells]
        if all(closest):
            closest = [False] * len(cells)
        unit = f", {units[label]}" if units.get(label) else ""
        rows.append(Row(f"{label}{unit}", cells, closest))
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
