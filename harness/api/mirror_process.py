"""A process beside a run that mirrors finished trials to MLflow; the run never waits for it."""

import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from harness.record.files import log_lines
from harness.record.journal import Journal
from harness.record.trial_folder import RECORD

# After the answers are written, a run waits this long; `sync` goes on at any time.
_LAST_WAIT_S = 30.0
_NOTE = "note: "


class MirrorProcess:
    """A ``ga-synth sync --follow`` process that reads the journal while it grows; a context.

    It starts when there is something to mirror: MLflow's start beside the workers' would delay
    them.

    Attributes:
        failure: why MLflow has not received everything; empty if it has.
        left: how many finished trials it has not received; None if nothing is known.
        notes: what was mended in its database, a line each.

    Args:
        journal: what is mirrored.
        out: the folder of all comparisons.
    """

    def __init__(self, journal: Journal, out: Path) -> None:
        self._journal, self._name, self._out = journal, journal.path.name, out
        self._process: subprocess.Popen[str] | None = None
        self.failure = ""
        self.left: int | None = 0
        self.notes: list[str] = []
        # Files, not pipes: a full pipe would stop the process.
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed on leaving
        self._erred = tempfile.TemporaryFile()  # noqa: SIM115

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
            stdout=self._said,
            stderr=self._erred,
            text=True,
            # A user's own file called harness.py must not be taken for our package.
            env={**os.environ, "PYTHONWARNINGS": "ignore", "PYTHONSAFEPATH": "1"},
            # Ctrl-C in a terminal goes to every process of its group.
            start_new_session=True,
        )
        return self._process

    @property
    def started(self) -> bool:
        """Whether there was anything to mirror."""
        return self._process is not None

    def finish(self) -> None:
        """Ask it to mirror the rest and end, without waiting: close its standard input."""
        process = self.start()
        if process.stdin is not None:
            with suppress(BrokenPipeError):
                process.stdin.close()
            process.stdin = None

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        """Wait until it has ended, half a minute at most."""
        with self._said, self._erred:
            if self._process is None:
                return
            if kind is None:
                self._wait()
            else:
                self._process.kill()
                self._process.wait()

    def _wait(self) -> None:
        self.finish()
        process = self.start()
        try:
            code = process.wait(_LAST_WAIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            self.failure = f"not done {_LAST_WAIT_S:.0f} s after the last trial"
        lines = log_lines(self._erred)
        self.notes = [line.removeprefix(_NOTE) for line in lines if line.startswith(_NOTE)]
        if not self.failure and code:
            self.failure = lines[-1].removeprefix("ga-synth: ") if lines else "its process ended"
        if self.failure:
            self.left = self._left()

    def _left(self) -> int | None:
        """How many trials are finished beyond those that it said it had mirrored."""
        said = [line for line in log_lines(self._said) if line.isdecimal()]
        if not said:
            return None
        finished = sum(1 for _ in (self._journal.path / "trials").glob(f"*/{RECORD}"))
        return max(0, finished - int(said[-1]))
