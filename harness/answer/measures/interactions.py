"""Interactions between groups of genes, measured by ``ga-synth probe``, with intervals.

<out>/<experiment>/
probe.json, probe.csv, probe.svg                    between sections
probe-genes.json, probe-genes.csv, probe-genes.svg  between genes
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.paths import present
from harness.plan.comparison import Comparison
from harness.record.files import write_bytes
from harness.record.sealed import read_record, write_record
from harness.statistics.resampling import bootstrap
from strategies.interactions import all_pairs, interactions
from strategies.searches.base import Distances

SECTIONS, GENES = "sections", "genes"
_STEMS = {SECTIONS: "probe", GENES: "probe-genes"}
_COLUMNS = ("fitness", "target", "first", "second", "share", "low", "high", "magnitude")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Interaction:
    """How much two groups interact, according to one fitness.

    Attributes:
        first: name of one group.
        second: name of the other group.
        share: mean over points and targets, 0 to 1.
        low: lower end of its 95% interval for these targets with other points; None with a single
            point.
        high: upper end.
    """

    first: str
    second: str
    share: float
    low: float | None
    high: float | None

    @property
    def figure(self) -> str:
        """The share with its interval, for people."""
        if self.low is None or self.high is None:
            return f"{self.share:.2f}"
        return f"{self.share:.2f} [{self.low:.2f}, {self.high:.2f}]"


def record_of(
    comparison: Comparison,
    between: str,
    groups: Mapping[str, tuple[int, ...]],
    measured: Mapping[str, Mapping[str, Distances]],
) -> dict[str, Any]:
    """Summarise the distances of probes as plain values.

    Args:
        comparison: what was probed.
        between: ``sections`` or ``genes``.
        groups: name to gene indices of each group.
        measured: fitness to target to distances, each of shape (points, probes).
    """
    shape = next(iter(next(iter(measured.values())).values())).shape
    return {
        "experiment": comparison.experiment.name,
        "seed": comparison.experiment.seed,
        "between": between,
        "names": list(groups),
        "points": shape[0],
        "charged": shape[0] * shape[1] * len(comparison.targets),
        "fitness": {
            label: _of_fitness(by_target, len(groups)) for label, by_target in measured.items()
        },
    }


def _of_fitness(by_target: Mapping[str, Distances], k: int) -> dict[str, Any]:
    """Shares of each pair over all targets, then for each target."""
    pairs = tuple(np.array(all_pairs(k), dtype=np.intp).reshape(-1, 2).T)
    found = {
        target: [interactions(distances, k) for distances in points]
        for target, points in by_target.items()
    }
    shares = {target: np.array([one.shares[pairs] for one in own]) for target, own in found.items()}
    strata = np.repeat(list(shares), [len(own) for own in shares.values()])
    return {
        **_means(np.concatenate(list(shares.values())), strata),
        "targets": {
            target: {
                **_means(shares[target], np.zeros(len(own))),
                "magnitude": np.mean([one.magnitudes[pairs] for one in own], axis=0).tolist(),
                "effect": np.mean([one.effects for one in own], axis=0).tolist(),
            }
            for target, own in found.items()
        },
    }


def _means(shares: Floats, strata: NDArray[Any]) -> dict[str, Any]:
    """Mean and interval of each pair, from shares of shape (points, pairs)."""
    ends = [bootstrap(values, strata, lambda drawn: drawn.mean(axis=-1)) for values in shares.T]
    known = [[None if np.isnan(end) else end for end in pair] for pair in ends]
    return {
        "share": shares.mean(axis=0).tolist(),
        "low": [low for low, _ in known],
        "high": [high for _, high in known],
    }


def interactions_of(record: Mapping[str, Any], fitness: str) -> list[Interaction]:
    """Every pair of groups according to one fitness, in the order of the names."""
    found, names = record["fitness"][fitness], record["names"]
    columns = zip(all_pairs(len(names)), found["share"], found["low"], found["high"], strict=True)
    return [Interaction(names[a], names[b], *figures) for (a, b), *figures in columns]


def matrix_of(record: Mapping[str, Any], fitness: str) -> Floats:
    """Shares as a symmetric matrix, NaN on the diagonal."""
    k = len(record["names"])
    matrix = np.full((k, k), np.nan)
    for (a, b), share in zip(all_pairs(k), record["fitness"][fitness]["share"], strict=True):
        matrix[a, b] = matrix[b, a] = share
    return matrix


def write_probe(folder: Path, record: Mapping[str, Any], plot: str) -> list[Path]:
    """Write a record as JSON and CSV, and its plot as SVG; gives the files.

    The same record gives the same bytes.
    """
    stem = folder / _STEMS[record["between"]]
    files = [stem.with_suffix(suffix) for suffix in (".json", ".csv", ".svg")]
    write_record(files[0], record)
    write_bytes(files[1], _csv(record).encode())
    write_bytes(files[2], (plot + "\n").encode())
    return files


def read_probe(folder: Path) -> Any:
    """The record of interactions between sections; None if there is none."""
    path = (folder / _STEMS[SECTIONS]).with_suffix(".json")
    return read_record(path) if present(path) else None


def _csv(record: Mapping[str, Any]) -> str:
    """One row per fitness, target and pair; intervals are over the target's own points."""
    buffer = io.StringIO()
    rows = csv.writer(buffer, lineterminator="\n")
    rows.writerow(_COLUMNS)
    names = record["names"]
    for fitness, found in record["fitness"].items():
        for target, own in found["targets"].items():
            figures = (own[key] for key in _COLUMNS[4:])
            for (a, b), *values in zip(all_pairs(len(names)), *figures, strict=True):
                rows.writerow([fitness, target, names[a], names[b], *values])
    return buffer.getvalue()
