"""What many trials cost: ``python -m benchmarks.scale --trials 5000``.

Trials of a few renders of a short sound: what takes time is everything else. By the commands that
users run, each in a process of its own: a plan, a run, what MLflow had not received by its end, the
same run when all is finished, and its report. Wall-clock seconds, and CPU seconds and peak memory
of the command's own process; for the run also how many jobs went through it.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from rich.console import Console
from rich.table import Table

from harness.record.cost import cost_of
from harness.record.journal import Journal

_STRATEGIES = ("end_to_end", "society", "random")
_FEWEST_TARGETS, _MOST_SEEDS = 4, 1_000


@dataclass(frozen=True)
class Spent:
    """What a command took.

    Attributes:
        wall_s: seconds on the clock.
        cpu_s: CPU seconds of its process; those of its children do not count.
        peak_mb: its largest resident memory, in megabytes.
    """

    wall_s: float
    cpu_s: float
    peak_mb: float


def experiment(trials: int) -> dict[str, object]:
    """An experiment of at least so many tiny trials."""
    sound = {"seconds": 0.1, "sample_rate": 8000}
    cells = -(-trials // len(_STRATEGIES))
    targets = max(_FEWEST_TARGETS, -(-cells // _MOST_SEEDS))
    return {
        "name": "scale", "budget": 40, "population": 20, "listens": 0, "fitness": ["waveform"],
        "judges": ["loudness"], "seeds": -(-cells // targets),
        "strategies": list(_STRATEGIES),
        "targets": [{"contrived": i + 1, **sound} for i in range(targets)],
    }  # fmt: skip


# Measured from within: what waits for a process is told its children's CPU seconds too.
_MEASURED = """
import atexit, json, resource, sys
place = sys.argv.pop(1)

def tell():
    used = resource.getrusage(resource.RUSAGE_SELF)
    with open(place, "w") as file:
        json.dump([used.ru_utime + used.ru_stime, used.ru_maxrss], file)

atexit.register(tell)
from harness.cli.main import run
run()
"""


def spent(words: Sequence[str | Path], folder: Path) -> Spent:
    """Run a command of ga-synth to its end.

    Args:
        words: the command.
        folder: for what it measures.

    Raises:
        SystemExit: if it fails.
    """
    measured = folder / "measured.json"
    began = time.perf_counter()
    command = [sys.executable, "-c", _MEASURED, str(measured), *map(str, words)]
    done = subprocess.run(  # noqa: S603 - our own command
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{words[0]} ended with {done.returncode}: {done.stderr}")
    cpu_s, peak = json.loads(measured.read_text())
    # Linux counts in kibibytes, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return Spent(time.perf_counter() - began, cpu_s, peak * unit / 1e6)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=1_000)
    parser.add_argument("--plan-only", action="store_true", help="how long planning alone takes")
    given = parser.parse_args()
    table = Table("command", "wall s", "CPU s", "peak MB", box=None, pad_edge=False)
    with tempfile.TemporaryDirectory(prefix="scale-") as folder:
        file, out = Path(folder) / "scale.yaml", Path(folder) / "runs"
        file.write_text(yaml.safe_dump(experiment(given.trials)))
        run: list[str | Path] = ["run", file, "--out", out]
        commands: dict[str, list[str | Path]] = {"plan": ["run", file, "--dry-run"]}
        if not given.plan_only:
            commands |= {
                "run": run,
                "sync": ["sync", "scale", "--out", out],
                "run, finished": run,
                "report": ["report", "scale", "--out", out],
            }
        for name, words in commands.items():
            one = spent(words, Path(folder))
            table.add_row(name, f"{one.wall_s:.1f}", f"{one.cpu_s:.1f}", f"{one.peak_mb:,.0f}")
        Console(width=100).print(table)
        if given.plan_only:
            return
        rows = Journal(out, "scale").times()
    cost = cost_of(rows)
    sys.stdout.write(
        f"{len(rows):,} jobs, {len(rows) / cost.wall_s:,.0f} a second on {cost.workers} workers; "
        f"driver {1000 * cost.driver_s / len(rows):.2f} CPU ms a job\n"
    )


if __name__ == "__main__":
    main()
