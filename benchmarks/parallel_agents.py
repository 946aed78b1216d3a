"""What agents that search side by side buy in time.

python -m benchmarks.parallel_agents --out runs

One trial at a time, on one worker and on two: seconds of its search on the clock, in repeats
that take turns. Then on more workers, simulated from the seconds that every job took on one.
"""

import argparse
import statistics
import sys
from pathlib import Path

import ga_synth
from harness.answer.load import load_results
from harness.answer.measures.clocks import clocks_of
from harness.record.cost import SEARCHING, cost_of
from harness.record.journal import Journal

_STRATEGIES = (
    "end_to_end",
    {"name": "society", "label": "society"},
    {"name": "society", "label": "society_parallel", "turns": "parallel"},
)
_LABELS = ("end_to_end", "society", "society_parallel")
_WORKERS = (1, 2, 4, 8, 16, 32)
_BUDGET = 4_000


def main() -> None:
    """Run, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("runs"))
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args()
    measured: dict[tuple[str, int], list[float]] = {}
    for repeat in range(given.repeats):
        for label in _LABELS:
            for workers in (1, 2):
                seconds = _searched(label, workers, given.out / f"parallel_{repeat}_{workers}")
                measured.setdefault((label, workers), []).append(seconds)
    for label in _LABELS:
        on_one, on_two = (measured[label, workers] for workers in (1, 2))
        ratios = [two / one for one, two in zip(on_one, on_two, strict=True)]
        sys.stdout.write(
            f"{label}: {statistics.median(on_one):.2f} s on one worker; on two, of that "
            f"{statistics.median(ratios):.2f} [{min(ratios):.2f}, {max(ratios):.2f}], "
            f"n = {len(ratios)}\n"
        )
    for label in _LABELS:
        journal = Journal(given.out / "parallel_0_1", _name(label))
        (clock,) = clocks_of(load_results(journal)).values()
        alone, *shared = clock.on([1, *_WORKERS], _BUDGET)
        shares = (f"{p} workers {one / alone:.2f}" for p, one in zip(_WORKERS, shared, strict=True))
        sys.stdout.write(f"{label}, simulated, share of the time on: {', '.join(shares)}\n")


def _name(label: str) -> str:
    return f"parallel_{label}"


def _searched(label: str, workers: int, out: Path) -> float:
    """Seconds from the first to the last job of one trial's search."""
    strategy = _STRATEGIES[_LABELS.index(label)]
    ga_synth.run(
        {
            "name": _name(label), "seeds": 1, "budget": _BUDGET, "population": 100,
            "targets": [{"contrived": 4}], "fitness": ["spectrogram"], "judges": ["mfcc"],
            "listens": 0, "strategies": [strategy],
        },
        workers=workers, out=str(out), mirror=False, progress=False,
    )  # fmt: skip
    rows = Journal(out, _name(label)).times()
    return cost_of(row for row in rows if row["kind"] in SEARCHING).wall_s


if __name__ == "__main__":
    main()
