"""A worker in this process, for a single trial: without Ray, it starts at once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from harness.run.dispatch import Done
from harness.run.jobs import Job
from harness.run.problem import Problem
from harness.run.worker import Worker


class OwnProcess:
    """A pool of one worker, which does a job when its result is waited for; a context.

    Within the context linear algebra runs on one thread, as in Ray's workers: the bytes are theirs.

    Attributes:
        actors: the worker.

    Args:
        files: plug-in files.
    """

    def __init__(self, files: tuple[Path, ...] = ()) -> None:
        self.actors: list[Any] = [Worker(0, files)]
        self._limits: Any = None

    def __enter__(self) -> "OwnProcess":
        self._limits = threadpool_limits(limits=1)
        return self

    def __exit__(self, *error: object) -> None:
        self._limits.restore_original_limits()

    def ready(self, seconds: float) -> list[int]:
        """Return the number of the worker, which always lives."""
        del seconds
        return [0]

    def call(self, actor: int, payloads: Sequence[tuple[Problem, Job]]) -> Any:
        """Take jobs on problems; returns a reference to their outcomes."""
        del actor
        return _Call(payloads)

    def wait(self, references: Sequence[Any], seconds: float) -> list[Done]:
        """Do the first of these calls, however long it takes."""
        del seconds
        call = references[0]
        (worker,) = self.actors
        for problem, _ in call.payloads:
            worker.learn(problem)
        try:
            jobs = [(problem.key, job) for problem, job in call.payloads]
            return [Done(call, value=worker.perform(jobs))]
        except Exception as error:  # a plug-in may raise anything
            return [Done(call, error=error)]

    def replace(self, actor: int, dead: Any) -> None:
        """Do nothing: a worker that dies takes this process along."""

    def stop_hanging(self, busy_s: dict[int, float]) -> None:
        """Do nothing: while a job hangs, so does this process."""


class _Call:
    """Jobs that were handed in, and are not done yet; equal to itself alone."""

    def __init__(self, payloads: Sequence[tuple[Problem, Job]]) -> None:
        self.payloads = payloads
