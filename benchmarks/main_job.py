"""Where the time of the main job goes: ``python -m benchmarks.main_job [FILE] [KEY=VALUE …]``.

Runs an experiment in a folder of its own, by the command that users run, and looks from outside:

- What a worker's time goes to, from the journal's ``times.jsonl``. The CPU seconds of render, score
  and search are scaled to the time that the jobs took, as if all had waited for a processor alike:
  an estimate where the machine is busy. *Between jobs* is the rest of the workers' time: Ray, the
  driver, and nothing to do.
- What the driver does in its seconds, on the clock, by ``timed_run``.
- What each process took, from the kernel's books, sampled: what it did after its last sample is
  missing.
- The start, with compiled code in the cache or without, as it is found.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness.record.cost import cost_of
from harness.record.journal import Journal

_EXPERIMENT = "experiments/first.yaml"
_DEFAULTS = ("population=100", "seeds=1")
_LOOK_EVERY_S = 0.2
_TICKS = 100.0
# Words of a command line to who it is; the first that fits.
_WHO = (
    ("ray::Worker", "workers"),
    ("sync", "MLflow"),
    ("timed_run", "driver"),
    ("ray", "Ray"),
)


def _processes(root: int) -> dict[int, tuple[str, float]]:
    """CPU seconds of a process and all below it: number to (who it is, seconds)."""
    parents, found = {}, {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "stat").read_text().rpartition(") ")[2].split()
            command = (entry / "cmdline").read_text().replace("\0", " ")
        except OSError:  # it ended meanwhile
            continue
        parents[int(entry.name)] = int(stat[1])
        if not command:  # it ended, and keeps what was seen of it
            continue
        who = next((name for word, name in _WHO if word in command), "other")
        found[int(entry.name)] = (who, (int(stat[11]) + int(stat[12])) / _TICKS)

    def below(number: int) -> bool:
        while number > 1:
            if number == root:
                return True
            number = parents.get(number, 0)
        return False

    return {number: value for number, value in found.items() if below(number)}


def _run(
    experiment: str, settings: list[str], out: Path
) -> tuple[float, dict[str, float], dict[str, float]]:
    """Run it; gives when it began, CPU seconds by who took them, and the driver's seconds."""
    options = [word for setting in settings for word in ("--set", setting)]
    watch = out / "driver.json"
    command = [sys.executable, "-m", "benchmarks.timed_run", str(watch), "run", experiment]
    command += ["--out", str(out), *options]
    began = time.time()
    seen: dict[int, tuple[str, float]] = {}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:  # noqa: S603
        while process.poll() is None:
            seen |= _processes(process.pid)
            time.sleep(_LOOK_EVERY_S)
    if process.returncode:
        sys.exit(f"the run ended with code {process.returncode}")
    taken: dict[str, float] = {}
    for who, seconds in seen.values():
        taken[who] = taken.get(who, 0.0) + seconds
    return began, taken, json.loads(watch.read_text())


def main(experiment: str = _EXPERIMENT, *settings: str) -> None:
    """Run an experiment and say where its time went."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        began, taken, driver = _run(experiment, [*_DEFAULTS, *settings], out)
        ended = time.time()
        journal = Journal(out, next(out.glob("*/experiment.json")).parent.name)
        rows = journal.times()
    cost = cost_of(rows)
    first = min(row["ended"] - row["wall_s"] for row in rows)
    first_round = min(row["ended"] for row in rows)
    print(f"{experiment}, {sum(row['renders'] for row in rows):,} renders: {cost}\n")
    print(f"start, until the first job begins           {first - began:7.1f} s")
    print(f"start, until the first population is scored {first_round - began:7.1f} s")
    print(f"search, first job to last                   {cost.wall_s:7.1f} s")
    print(f"after the last job: report, MLflow, end     {ended - first - cost.wall_s:7.1f} s\n")
    print("a worker's time between the first job and the last")
    for part, share in cost.shares.items():
        print(f"  {part:<16} {cost.busy * share:6.1%}")
    print(f"  {'between jobs':<16} {1 - cost.busy:6.1%}\n")
    print("seconds of the driver on the clock")
    for part, seconds in driver.items():
        print(f"  {part:<26} {seconds:6.2f}")
    print("\nCPU seconds of the whole run, start and end included")
    for who, seconds in sorted(taken.items(), key=lambda item: -item[1]):
        print(f"  {who:<16} {seconds:6.1f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
