"""Faults: real processes, real kills, damage on disk; then resumed, and compared byte for byte.

python -m benchmarks.faults --times 36        # a few minutes; `make faults TIMES=300` takes an hour

Every fault hits a run of its own at a moment drawn from a seed. Afterwards the same command is
given until it ends well. The table says, for each kind: how often, how many files differ from an
undisturbed run's (lost), and how many points MLflow holds twice (doubled).
"""

import argparse
import hashlib
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import yaml
from rich.console import Console
from rich.table import Table

from common.random import generator

_EXPERIMENT = {
    "name": "faults", "seeds": 6, "budget": 3_000, "population": 12,
    "targets": [{"contrived": 1, "seconds": 0.1, "sample_rate": 8000}],
    "fitness": ["spectrogram"], "judges": ["loudness"], "strategies": ["end_to_end", "society"],
}  # fmt: skip
_TIMES, _TRIES, _SLOWEST_S, _SMALL = "times.jsonl", 3, 180, 24_000


@dataclass
class Run:
    """A run in a process of its own, to be disturbed."""

    file: Path
    out: Path
    random: np.random.Generator
    process: "subprocess.Popen[str]" = field(init=False)

    def start(self, limit: int | None = None) -> None:
        """Start it; ``limit`` is the size of the largest file that it may write, in bytes."""

        def small_files() -> None:
            if limit:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        self.process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "harness.cli", "run", self.file, "--out", self.out,
             "--workers", "2"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            preexec_fn=small_files,  # noqa: PLW1509 - no thread of ours runs yet
        )  # fmt: skip

    def under_way(self) -> None:
        """Wait until a trial has been written, and then for a moment more."""
        deadline = time.monotonic() + _SLOWEST_S
        while not any(self.out.glob("*/trials/*/checkpoint.zip")):
            if self.process.poll() is not None or time.monotonic() > deadline:
                return
            time.sleep(0.02)
        time.sleep(self.random.uniform(0, 1.5))

    def ended(self) -> tuple[int, str]:
        """Wait for its end; returns its exit code and what it said of errors."""
        _, said = self.process.communicate(timeout=_SLOWEST_S)
        return self.process.returncode, said

    def descendants(self, word: str) -> list[int]:
        """Return the processes below it whose command line has a word."""
        parents, words = {}, {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                stat = (folder / "stat").read_text()
                words[int(folder.name)] = (folder / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            parents[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
        found, new = {self.process.pid}, {self.process.pid}
        while new := {p for p, above in parents.items() if above in new} - found:
            found |= new
        return sorted(p for p in found if word in words.get(p, "") and p != self.process.pid)


def _signal(number: signal.Signals) -> Callable[[Run], None]:
    return lambda run: os.kill(run.process.pid, number)


def _kill(word: str, count: int = 1) -> Callable[[Run], None]:
    def kill(run: Run) -> None:
        for pid in run.descendants(word)[:count]:
            os.kill(pid, signal.SIGKILL)

    return kill


def _second(run: Run) -> None:
    other = Run(run.file, run.out, run.random)
    other.start()
    code, said = other.ended()
    if code != 2 or "another run is writing there" not in said:
        raise SystemExit(f"a second driver on one folder ended with {code}: {said}")


def _damage(cut: bool) -> Callable[[Run], None]:
    def damage(run: Run) -> None:
        os.kill(run.process.pid, signal.SIGTERM)
        run.process.wait(timeout=_SLOWEST_S)
        files = [
            path
            for path in sorted(run.out.glob("faults/**/*"))
            if path.suffix in {".json", ".jsonl", ".zip", ".flac"} and path.stat().st_size
        ]
        path = files[run.random.integers(len(files))]
        content = bytearray(path.read_bytes())
        at = int(run.random.integers(len(content)))
        content[at] ^= 1 << int(run.random.integers(8))
        path.write_bytes(content[:at] if cut else content)

    return damage


FAULTS: dict[str, Callable[[Run], None]] = {
    "SIGKILL of the driver": _signal(signal.SIGKILL),
    "SIGKILL of a worker": _kill("ray::Worker"),
    "SIGKILL of all workers": _kill("ray::Worker", 99),
    "SIGKILL of Ray's raylet": _kill("/raylet/raylet"),
    "SIGKILL of Ray's GCS": _kill("gcs_server"),
    "SIGKILL of the mirror": _kill("--follow"),
    "SIGINT": _signal(signal.SIGINT),
    "SIGTERM": _signal(signal.SIGTERM),
    "a file cut short": _damage(cut=True),
    "a bit flipped": _damage(cut=False),
    "a second driver": _second,
    "no room on the disk": lambda _: None,
}


@dataclass
class Row:
    """What became of one kind of fault."""

    times: int = 0
    lost: int = 0
    doubled: int = 0
    codes: set[int] = field(default_factory=set)


def digests(out: Path) -> dict[str, str]:
    """Return the hash of every file of the trials but measured times, by trial and name."""
    folder = out / "faults" / "trials"
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != _TIMES
    }


def doubled(out: Path) -> int:
    """Return how many points MLflow holds more than once."""
    with sqlite3.connect(out / "mlflow.db") as store:
        (found,) = store.execute(
            "select count(*) from (select 1 from metrics group by run_uuid, key, step"
            " having count(*) > 1)"
        ).fetchone()
    return int(found)


def disturbed(fault: str, run: Run, calm: dict[str, str], row: Row) -> None:
    """Run with a fault, resume until it ends well, and note what became of it."""
    run.start(_SMALL if fault == "no room on the disk" else None)
    run.under_way()
    FAULTS[fault](run)
    row.times += 1
    row.codes.add(run.ended()[0])
    for _ in range(_TRIES):
        run.start()
        code, said = run.ended()
        if code == 0:
            break
    else:
        raise SystemExit(
            f"{fault}: {_TRIES} attempts to resume; the last ended with {code}: {said}"
        )
    found = digests(run.out)
    row.lost += sum(found.get(name) != digest for name, digest in calm.items())
    row.doubled += doubled(run.out)


def main() -> None:
    """Print the table; exit code 1 if anything was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=36)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    rows = {fault: Row() for fault in FAULTS}
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        file = Path(folder) / "faults.yaml"
        file.write_text(yaml.safe_dump(_EXPERIMENT))
        undisturbed = Run(file, Path(folder) / "calm", generator("faults", given.seed))
        undisturbed.start()
        if undisturbed.ended()[0]:
            raise SystemExit("the undisturbed run failed")
        calm = digests(undisturbed.out)
        for number in range(given.times):
            fault = list(FAULTS)[number % len(FAULTS)]
            moment = generator("faults", given.seed, number)
            disturbed(fault, Run(file, Path(folder) / str(number), moment), calm, rows[fault])
            sys.stderr.write(f"{number + 1} of {given.times}: {fault}\n")
    table = Table(box=None, pad_edge=False)
    for column in ("fault", "times", "lost", "doubled", "exit codes"):
        table.add_column(column, justify="left" if column == "fault" else "right")
    for fault, row in rows.items():
        codes = " ".join(map(str, sorted(row.codes)))
        table.add_row(fault, str(row.times), str(row.lost), str(row.doubled), codes)
    Console(width=100).print(table)
    if any(row.lost or row.doubled for row in rows.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
