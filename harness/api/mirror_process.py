"""A process beside a run that mirrors finished trials to MLflow; the run never waits for it."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from harness.record.journal import Journal

_LAST_WAIT_S = 120.0


class MirrorProcess:
    """A ``ga-synth sync --follow`` process that reads the journal while it grows; a context.

    It starts when there is something to mirror: MLflow's start beside the workers' would delay
    them.

    Attributes:
        failure: why MLflow has not received everything; empty if it has.

    Args:
        journal: what is mirrored.
        out: the folder of all comparisons.
    """

    def __init__(self, journal: Journal, out: Path) -> None:
        self._name, self._out = journal.path.name, out
        self._process: subprocess.Popen[str] | None = None
        self.failure = ""

    def __enter__(self) -> "MirrorProcess":
        return self

    def start(self) -> subprocess.Popen[str]:
        """Start the process, unless it was started."""
        if self._process is not None:
            return self._process
        command = [sys.executable, "-m", "harness.cli", "sync", self._name, "--follow"]
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            [*command, "--out", str(self._out)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            # A user's own file called harness.py must not be taken for our package.
            env={**os.environ, "PYTHONWARNINGS": "ignore", "PYTHONSAFEPATH": "1"},
            # Ctrl-C in a terminal goes to every process of its group.
            start_new_session=True,
        )
        return self._process

    def finish(self) -> None:
        """Ask it to mirror the rest and end, without waiting: close its standard input."""
        process = self.start()
        if process.stdin is not None:
            with suppress(BrokenPipeError):
                process.stdin.close()
            process.stdin = None

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        """Wait until it has ended."""
        if kind is not None:
            if self._process is not None:
                self._process.kill()
                self._process.communicate()
            return
        self.finish()
        process = self.start()
        try:
            _, errors = process.communicate(timeout=_LAST_WAIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            self.failure = f"still busy after {_LAST_WAIT_S:.0f} s"
            return
        if process.returncode:
            last = errors.strip().split("\n")[-1].removeprefix("ga-synth: ")
            self.failure = last or "its process ended"
