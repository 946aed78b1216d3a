"""``ga-synth run`` under a watch: seconds of what the driver does, for ``main_job``.

Wraps a few functions from outside; the product knows nothing of it.
"""

import atexit
import json
import sys
import time
from collections import Counter
from functools import wraps
from pathlib import Path
from typing import Any

import ray

from harness.cli.commands import run_comparison
from harness.cli.main import run
from harness.record.trial_folder import TrialFolder
from harness.run import driver
from harness.run.workers import WorkerPool, Workers

_WATCHED: tuple[tuple[Any, str, str], ...] = (
    (Workers, "__enter__", "Ray's start"),
    (Workers, "__exit__", "Ray's end"),
    (WorkerPool, "call", "Ray, jobs out"),
    (ray, "get", "Ray, outcomes in"),
    (driver, "advance", "bookkeeping and diversity"),
    (driver, "next_jobs", "bookkeeping and diversity"),
    (TrialFolder, "save", "journal"),
    (TrialFolder, "finish", "journal"),
    (run_comparison, "report_changed", "answers and report"),
)


def _watch(where: Any, name: str, part: str, seconds: "Counter[str]") -> None:
    watched = getattr(where, name)

    @wraps(watched)
    def timed(*args: Any, **kwargs: Any) -> Any:
        began = time.perf_counter()
        try:
            return watched(*args, **kwargs)
        finally:
            seconds[part] += time.perf_counter() - began  # type: ignore[assignment]

    setattr(where, name, timed)


def main() -> None:
    """Run with the arguments after the first, which names the file for the seconds."""
    seconds: Counter[str] = Counter()
    for watched in _WATCHED:
        _watch(*watched, seconds)
    path = Path(sys.argv.pop(1))
    atexit.register(lambda: path.write_text(json.dumps(dict(seconds))))
    run()


if __name__ == "__main__":
    main()
