"""What proposals are worth in their own domain: sounds of the built-in synth, unseen in training.

    python -m benchmarks.in_domain --sounds 256 --out runs

Runs a comparison and prints who is ahead, and after which share of its renders a seeded search is
as close as the same search without a network ends. Intervals: bootstrap over the sounds.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

import ga_synth
from benchmarks.proposals import AUDIO, figure

_BUDGET, _FIRST = 2_000, 5_001
_PLAIN, _SEEDED = "end_to_end", "seeded_end_to_end"
_NET = {"pretrained": "subtractive", "label": "net"}


def compared(sounds: int, out: Path, workers: int) -> ga_synth.ComparisonResults:
    """Run the comparison, or what is left of it."""
    targets = [
        {"contrived": _FIRST + i, "sample_rate": AUDIO.sample_rate, "label": f"sound_{i}"}
        for i in range(sounds)
    ]
    strategies = [
        _PLAIN,
        {"name": _SEEDED, "network": "net"},
        {"name": "network", "label": "best_of_60", "network": "net", "draws": 60},
        {"name": "network", "label": "best_of_16", "network": "net", "draws": 16},
        {"name": "network", "label": "point", "network": "net"},
    ]
    loaded = ga_synth.load(
        {
            "name": f"in_domain_{sounds}", "seeds": 1, "budget": _BUDGET, "population": 60,
            "targets": targets, "fitness": ["spectrogram"], "judges": ["mfcc"], "listens": 0,
            "networks": [_NET], "strategies": strategies,
        }
    )  # fmt: skip
    return loaded.run(workers=workers, out=str(out), mirror=False)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sounds", type=int, default=256)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("runs"))
    given = parser.parse_args()
    found = compared(given.sounds, given.out, given.workers)
    best = found.trials.pivot(index="target", columns="strategy", values="best")
    for label in ("best_of_60", "best_of_16", "point", _SEEDED):
        ahead = figure(best[label] < best[_PLAIN], np.mean)
        share = figure(best[label] / best[_PLAIN])
        print(f"{label}: ahead of {_PLAIN} at {_BUDGET:,} renders on {ahead}; distance {share}")
    reached = share_of_renders(found.curves)
    print(f"{_SEEDED} is as close as {_PLAIN} ends after {figure(reached)} of the renders")


def share_of_renders(curves: pd.DataFrame) -> list[float]:
    """Return, by target, after which share of the budget the seeded search is close enough."""
    found = []
    for _, own in curves.groupby("target"):
        end = own[own.strategy == _PLAIN].sort_values("renders").best.iloc[-1]
        seeded = own[own.strategy == _SEEDED].sort_values("renders")
        there = seeded[seeded.best <= end]
        found.append(float(there.renders.iloc[0]) / _BUDGET if len(there) else np.inf)
    return found


if __name__ == "__main__":
    main()
