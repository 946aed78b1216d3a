"""The fronts and archives that a report shows: one for each strategy that has any."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.paths import present
from harness.answer.load import Results
from harness.record.collections import COLLECTIONS


@dataclass(frozen=True)
class ShownCollection:
    """What a search has found besides its best sound, in one trial.

    Attributes:
        strategy: label.
        target: label.
        kind: ``front`` or ``archive``.
        names: of the values: parts of the distance, or measures.
        distances: shape (n,).
        values: shape (n, names).
        sounds: the files of those that can be heard, by position.
    """

    strategy: str
    target: str
    kind: str
    names: Sequence[str]
    distances: NDArray[np.float64]
    values: NDArray[np.float64]
    sounds: dict[int, Path]

    def point(self, position: int) -> str:
        """The name of a point, for the page."""
        return f"{self.strategy} {position}"

    def describe(self, position: int) -> str:
        """Say where a genome lies, and how far from the target."""
        sign = "+" if self.kind == "archive" else ""
        values = zip(self.names, self.values[position], strict=True)
        where = [f"{name} {value:{sign}z.2f}" for name, value in values]
        return ", ".join([*where, f"distance {self.distances[position]:.3g}"])


def shown_collections(results: Results, targets: Sequence[str]) -> list[ShownCollection]:
    """Return a collection of each strategy that has any, of the first target that has one.

    Args:
        results: with the journal.
        targets: labels, the one to be shown first.
    """
    found = []
    for strategy in results.strategies:
        trials = results.trials[results.trials["strategy"] == strategy]
        for target in targets:
            names = trials[trials["target"] == target].sort_values("seed", kind="stable")["name"]
            read = [one for name in names for one in _collections(results, name)]
            if read:
                # Of islands, that of the one that came closest.
                path, record = min(read, key=lambda one: one[1]["distances"][0])
                found.append(_shown(strategy, target, path, record))
                break
    return found


def _collections(results: Results, name: str) -> list[tuple[Path, dict[str, Any]]]:
    folder = results.journal.folder(name)
    if not present(folder.path / COLLECTIONS):
        return []
    return [(folder.path, record) for record in folder.read(COLLECTIONS)["collections"]]


def _shown(strategy: str, target: str, path: Path, record: dict[str, Any]) -> ShownCollection:
    return ShownCollection(
        strategy,
        target,
        record["kind"],
        record["names"],
        np.array(record["distances"]),
        np.array(record["values"]),
        {heard["at"]: path / heard["sound"] for heard in record["heard"]},
    )
