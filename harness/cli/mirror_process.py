"""A process beside a run that mirrors finished trials to MLflow; the run never waits for it."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import typer

from harness.record.journal import Journal

_LAST_WORD_S = 120.0


class Follower:
    """A ``ga-synth sync --follow`` process that reads the journal while it grows; a context.

    It starts when there is something to mirror: beside the workers' start, MLflow's would keep them
    waiting. If MLflow cannot be reached, the run goes on, and says at its end how to mirror it
    later.

    Args:
        journal: what is mirrored.
        out: the folder of all comparisons.
        quiet: whether to say nothing.
    """

    def __init__(self, journal: Journal, out: Path, *, quiet: bool) -> None:
        self._name, self._out, self._quiet = journal.path.name, out, quiet
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Follower":
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
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
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
            _, said = process.communicate(timeout=_LAST_WORD_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            said = f"still busy after {_LAST_WORD_S:.0f} s"
        if process.returncode and not self._quiet:
            last = said.strip().split("\n")[-1].removeprefix("ga-synth: ") or "its process ended"
            typer.echo(
                f"MLflow was not reached ({last}); nothing is lost: "
                f"ga-synth sync {self._name} --out {self._out}",
                err=True,
            )
