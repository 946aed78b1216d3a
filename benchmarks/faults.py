"""Faults: real processes, real kills, damage on disk; then resumed, and compared byte for byte.

python -m benchmarks.faults --times 36        # a few minutes; `make faults TIMES=300` takes an hour

A run is hit several times by faults of one kind, at moments drawn from a seed; where one ends it,
the same command is given again. Afterwards it is given until it ends well. The table says, for each
kind: how often, how many files differ from an undisturbed run's (lost), how many points MLflow
lacks (missing) and holds twice (doubled).
"""

import argparse
import hashlib
import itertools
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
_FULL = "no room on the disk"
_DOWN, _HANGS = "an MLflow server that is down", "an MLflow server that never answers"
_TIMES, _TRIES, _SLOWEST_S, _SMALL = "times.jsonl", 3, 600, 24_000


@dataclass
class Run:
    """A run in a process of its own, to be disturbed."""

    file: Path
    out: Path
    random: np.random.Generator
    process: "subprocess.Popen[str]" = field(init=False)

    def start(self, limit: int | None = None, server: str = "") -> None:
        """Start it.

        Args:
            limit: the size of the largest file that it may write, in bytes.
            server: address of the MLflow server that it is to use, if any.
        """
        environment = os.environ | ({"MLFLOW_TRACKING_URI": server} if server else {})

        def small_files() -> None:
            if limit:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        self.process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "harness.cli", "run", self.file, "--out", self.out,
             "--workers", "2"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment,
            preexec_fn=small_files,  # noqa: PLW1509 - no thread of ours runs yet
        )  # fmt: skip

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def sync(self) -> int:
        """Bring MLflow what it has not received; returns the exit code."""
        words = [sys.executable, "-m", "harness.cli", "sync", "faults", "--out", str(self.out)]
        done = subprocess.run(words, stdout=subprocess.DEVNULL, check=False)  # noqa: S603 - our own
        return done.returncode

    def under_way(self) -> None:
        """Wait until a trial has been written, and then for a moment more."""
        deadline = time.monotonic() + _SLOWEST_S
        while not any(self.out.glob("*/trials/*/checkpoint.zip")):
            if not self.alive or time.monotonic() > deadline:
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
    if code == 0 and not run.alive:
        # The first one ended before.
        return
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
    _FULL: lambda _: None,
    _DOWN: lambda _: None,
    _HANGS: lambda _: None,
}


# After these a run goes on.
_SURVIVED = {
    "SIGKILL of a worker", "SIGKILL of all workers", "SIGKILL of the mirror", "a second driver",
}  # fmt: skip
# These last as long as the run.
_LASTING = {_FULL, _DOWN, _HANGS}


@dataclass
class Row:
    """What became of one kind of fault."""

    times: int = 0
    lost: int = 0
    missing: int = 0
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


def points(out: Path) -> Counter[tuple[str, str, int]]:
    """Return how often MLflow holds each point: of which run, which metric, at which step."""
    with sqlite3.connect(out / "mlflow.db") as store:
        return Counter(
            store.execute(
                "select runs.name, key, step from metrics join runs using (run_uuid)"
                " where runs.lifecycle_stage = 'active'"
            ).fetchall()
        )


@contextmanager
def silent_server() -> Iterator[str]:
    """Give the address of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def disturbed(fault: str, runs: tuple[Run, Run], row: Row, hits: int) -> None:
    """Run with faults, resume until it ends well, and note what became of it.

    Args:
        fault: of which kind.
        runs: the one to be disturbed, and one that was not.
        row: of the table.
        hits: how many faults; fewer if the run ends before.
    """
    run, calm = runs
    with silent_server() as silent:
        server = {_DOWN: "http://127.0.0.1:9", _HANGS: silent}.get(fault, "")
        run.start(_SMALL if fault == _FULL else None, server)
        for _ in range(1 if fault in _LASTING else hits):
            if not run.alive:
                if fault in _SURVIVED:
                    break
                run.start()
            run.under_way()
            if run.alive or fault in _LASTING:
                FAULTS[fault](run)
                row.times += 1
            if fault not in _SURVIVED:
                row.codes.add(run.ended()[0])
        if fault in _SURVIVED:
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
    # A run waits for MLflow for half a minute only, and then names this command.
    if (code := run.sync()) != 0:
        raise SystemExit(f"{fault}: ga-synth sync ended with {code}")
    found, held = digests(run.out), points(run.out)
    row.lost += sum(found.get(name) != digest for name, digest in digests(calm.out).items())
    row.missing += len(points(calm.out).keys() - held.keys())
    row.doubled += sum(count > 1 for count in held.values())


def main() -> None:
    """Print the table; exit code 1 if anything was lost, missing or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=36)
    parser.add_argument("--hits", type=int, default=1, help="faults of one run")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    rows = {fault: Row() for fault in FAULTS}
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        file = Path(folder) / "faults.yaml"
        file.write_text(yaml.safe_dump(_EXPERIMENT))
        undisturbed = Run(file, Path(folder) / "calm", generator("faults", given.seed))
        undisturbed.start()
        if undisturbed.ended()[0] or undisturbed.sync():
            raise SystemExit("the undisturbed run failed")
        try:
            for number in itertools.count():
                if (done := sum(row.times for row in rows.values())) >= given.times:
                    break
                fault = list(FAULTS)[number % len(FAULTS)]
                moment = generator("faults", given.seed, number)
                run = Run(file, Path(folder) / str(number), moment)
                disturbed(fault, (run, undisturbed), rows[fault], given.hits)
                sys.stderr.write(f"{done} of {given.times} before: {fault}\n")
        finally:
            _print(rows)
    if any(row.lost or row.missing or row.doubled for row in rows.values()):
        raise SystemExit(1)


def _print(rows: dict[str, Row]) -> None:
    table = Table(box=None, pad_edge=False)
    for column in ("fault", "times", "lost", "missing", "doubled", "exit codes"):
        table.add_column(column, justify="left" if column == "fault" else "right")
    for fault, row in rows.items():
        codes = " ".join(map(str, sorted(row.codes)))
        counts = (row.times, row.lost, row.missing, row.doubled)
        table.add_row(fault, *map(str, counts), codes)
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
