"""``make rivals``: runs ``benchmarks/rivals.yaml`` and prints how close each search came.

A rival whose library is missing is left out and named. Two rivals are stopped early, since their
models cost minutes a trial from there on.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

import ga_synth
from benchmarks.rivals.bridge import want_library
from harness.answer.load import best_at, load_results
from harness.record.journal import Journal
from harness.statistics.resampling import bootstrap

_FILE = Path(__file__).parents[1] / "rivals.yaml"
_RENDERS = 2_000
# Renders of those that are stopped early.
_STOPPED = {"lq_cma_es": 1_000, "turbo": 500}
_LIBRARIES = {
    "arrde": "minionpy", "jso": "minionpy", "lsrtde": "minionpy", "lq_cma_es": "cma",
    "ngopt": "nevergrad", "turbo": "botorch",
}  # fmt: skip
_READ_AT = (500, 1_000, 2_000)
_CHAMPION, _REFERENCE = "descent", "random"


class Row(NamedTuple):
    """How close a strategy came.

    Attributes:
        label: of the strategy.
        shares: at each number of renders the geometric mean, over targets, of its best distance as
            a share of random search's, and its 95 % interval; none beyond what it was run for.
        behind: targets at which descent is closer, at the last of these numbers of renders.
        targets: how many there are.
        cpu_s: CPU seconds a trial, median.
    """

    label: str
    shares: list[tuple[float, float, float]]
    behind: int
    targets: int
    cpu_s: float


def main() -> None:
    """Run what is not finished and print the table."""
    parser = argparse.ArgumentParser(description="Search with the rivals of descent.")
    parser.add_argument("--out", default="runs", help="folder of all comparisons")
    parser.add_argument("--workers", type=int, default=0, help="processes; 0: one for each CPU")
    given = parser.parse_args()
    console = Console(width=120)
    installed, left_out = _installed(yaml.safe_load(_FILE.read_text(encoding="utf-8")))
    known: dict[str, Curve] = {}
    for renders in (_RENDERS, *_STOPPED.values()):
        here = [s for s in installed if _STOPPED.get(_search(s), _RENDERS) == renders]
        if here:
            name = f"rivals-{renders}"
            ga_synth.run(
                _FILE, strategies=here, budget=renders, name=name, workers=given.workers,
                out=given.out,
            )  # fmt: skip
            known |= curves(Path(given.out), name)
    console.print(_table(rows(known)))
    for line in left_out:
        console.print(f"left out: {line}")


class Curve(NamedTuple):
    """One strategy on all targets.

    Attributes:
        best: target to its best distance at each number of renders that it was run for.
        cpu_s: target to the CPU seconds of its trial.
    """

    best: Mapping[str, NDArray[np.float64]]
    cpu_s: Mapping[str, float]


def curves(out: Path, name: str) -> dict[str, Curve]:
    """Read a comparison: each strategy's label and its curve."""
    results = load_results(Journal(out, name))
    at = np.array([renders for renders in _READ_AT if renders <= results.budget])
    found = {}
    for label, trials in results.trials.groupby("strategy"):
        names, targets = trials["name"], trials["target"]
        best = [best_at(results.improvements[trial], at) for trial in names]
        found[str(label)] = Curve(
            dict(zip(targets, best, strict=True)), dict(zip(targets, trials["cpu_s"], strict=True))
        )
    return found


def rows(known: Mapping[str, Curve]) -> list[Row]:
    """Compare each strategy with random search and with descent, on the targets of its own."""
    made = []
    for label, curve in known.items():
        if label == _REFERENCE:
            continue
        targets = list(curve.best)
        best, reference, champion = (
            np.array([one.best[target][: len(curve.best[target])] for target in targets])
            for one in (curve, known[_REFERENCE], known[_CHAMPION])
        )
        shares = [_mean(column) for column in np.log(best / reference).T]
        behind = int((champion[:, -1] < best[:, -1]).sum())
        cpu_s = float(np.median(list(curve.cpu_s.values())))
        made.append(Row(label, shares, behind, len(targets), cpu_s))
    return sorted(made, key=lambda row: row.shares[-1][0])


def _mean(logarithms: NDArray[np.float64]) -> tuple[float, float, float]:
    """Geometric mean and its 95 % interval over targets, of logarithms of shape (targets,)."""
    ends = bootstrap(logarithms, np.zeros(len(logarithms)), lambda drawn: drawn.mean(axis=-1))
    mean, low, high = np.exp([logarithms.mean(), *ends])
    return float(mean), float(low), float(high)


def _installed(experiment: Mapping[str, Any]) -> tuple[list[Any], list[str]]:
    """Strategies whose library is here, and a line for each other one."""
    here, left_out = [], []
    for strategy in experiment["strategies"]:
        library = _LIBRARIES.get(_search(strategy), "")
        try:
            if library:
                want_library(library)
            here.append(strategy)
        except ValueError as error:
            left_out.append(f"{strategy['label']}: {error}")
    return here, left_out


def _search(strategy: Any) -> str:
    search = strategy["search"] if isinstance(strategy, dict) else strategy
    return search["name"] if isinstance(search, dict) else search


def _table(compared: list[Row]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("strategy", *(f"{at:,} renders" for at in _READ_AT), "descent ahead", "CPU s"):
        table.add_column(column)
    for row in compared:
        shares = [f"{mean:.2f} [{low:.2f}, {high:.2f}]" for mean, low, high in row.shares]
        shares += ["not run"] * (len(_READ_AT) - len(shares))
        ahead = "" if row.label == _CHAMPION else f"{row.behind} of {row.targets}"
        table.add_row(row.label, *shares, ahead, f"{row.cpu_s:.1f}")
    return table


if __name__ == "__main__":
    main()
