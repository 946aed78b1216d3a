"""Match every recorded sound that ships, and print a table: ``python -m benchmarks.matches``.

Each row: distance by the fitness, the first judge, pitch, level and onset against the target, and
seconds on the clock until the first sound could be heard and until the end.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from common.heard import Heard
from harness.api.match_summary import as_plain
from harness.match.match import run_match
from harness.match.options import MatchOptions
from harness.match.plan import MatchPlan, planned

SOUNDS = Path(__file__).parents[1] / "experiments" / "targets"
_IN_TUNE, _LEVEL_DB, _ONSET_S = 50.0, 2.0, 0.01


class _Timed:
    """Notes when the first sound of a match could be heard."""

    def __init__(self) -> None:
        self.heard_at: float | None = None

    def begun(self, plan: MatchPlan, heard: Heard, notes: Sequence[str]) -> None:
        pass

    def bank(self, ready: int, of: int) -> None:
        pass

    def bank_waits(self, maker: str) -> None:
        pass

    def first(self, renders: int, of: int) -> None:
        pass

    def round(self, renders: int, best: float) -> None:
        pass

    def heard_again(self, heard: Heard) -> None:
        del heard
        self.heard_at = self.heard_at or time.monotonic()

    def alternative(self, number: int, tried: int) -> None:
        pass


def matched(sound: Path, options: MatchOptions) -> dict[str, Any]:
    """Match a sound; returns its row."""
    timed, began = _Timed(), time.monotonic()
    found = run_match(planned(sound, options), timed)
    (version,) = as_plain(found)["versions"]
    distances = version["distances"]
    first = timed.heard_at or time.monotonic()
    return {
        "sound": sound.stem,
        "seconds": found.target_sound.size / found.plan.target.sample_rate,
        "f0": found.target.f0 if found.target.clear else 0.0,
        **{label: distances[label] for label in ("closeness", "spectrogram", "timbre")},
        "cents": version["cents"],
        "level_db": version["level_db"],
        "onset_ms": 1000 * version["onset_s"],
        "first_s": first - began,
        "end_s": time.monotonic() - began,
    }


def summary(table: pd.DataFrame) -> str:
    """Return how many rows keep what a match should keep."""
    pitched = table[table.f0 > 0]
    tuned = int((pitched.cents.abs() <= _IN_TUNE).sum())
    loud = int((table.level_db.abs() <= _LEVEL_DB).sum())
    early = int((table.onset_ms.abs() <= 1000 * _ONSET_S).sum())
    return (
        f"in tune {tuned} of {len(pitched)} pitched, level within {_LEVEL_DB:g} dB {loud} of "
        f"{len(table)}, onset within {1000 * _ONSET_S:g} ms {early} of {len(table)}; medians: "
        f"first sound after {table.first_s.median():.1f} s, end after {table.end_s.median():.1f} s"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("matches"))
    parser.add_argument("--budget", type=int)
    parser.add_argument("sounds", nargs="*", type=Path)
    given = parser.parse_args()
    options = MatchOptions(budget=given.budget, out=given.out)
    rows = []
    for sound in given.sounds or sorted(SOUNDS.glob("*.flac")):
        rows.append(matched(sound, options))
        print(rows[-1], flush=True)
    table = pd.DataFrame(rows)
    print(table.to_string(index=False, float_format=lambda value: f"{value:.3g}"))
    print(summary(table))


if __name__ == "__main__":
    main()
