"""Ray workers: long-lived, interchangeable, one a CPU."""

import os
import socket
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, chdir
from pathlib import Path
from typing import Any

import ray

from common.errors import InputError
from harness.run.dispatch import Done
from harness.run.jobs import Job
from harness.run.problem import Problem
from harness.run.ray_calls import wait_for_call
from harness.run.worker import Worker

_REACH_S = 5.0
# Ray limits its workers to one thread; numba needs a limit of its own.
_ENVIRONMENT = {
    "NUMBA_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    # A user's file called fitness.py must not be taken for our package.
    "PYTHONSAFEPATH": "1",
    # Sounds of a batch are megabytes: glibc would return them and ask for them again each time.
    "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(256 * 2**20),
}


class Workers:
    """The workers of a run, local or on a cluster; a context.

    Args:
        count: how many; 0 takes one for each CPU that Ray has.
        address: of a running cluster; a local one is started if None.
        files: plug-in files.

    Raises:
        InputError: if the cluster cannot be reached or has fewer CPUs than workers.
    """

    def __init__(self, count: int, address: str | None, files: tuple[Path, ...]) -> None:
        self._files = files
        self._cluster = Cluster(count, address)
        self.actors: list[Any] = []
        self._problems: dict[str, Any] = {}
        self._sent: set[tuple[int, str]] = set()
        self._class: Any = None

    def __enter__(self) -> "Workers":
        count = self._cluster.__enter__()
        self._class = ray.remote(num_cpus=1, **self._cluster.environment)(Worker)
        self.actors = [self._class.remote(number, self._files) for number in range(count)]
        return self

    def __exit__(self, *error: object) -> None:
        self._cluster.__exit__(*error)

    def wait(self, references: Sequence[Any], seconds: float) -> list[Done]:
        """Return the next call that is done; none if that takes longer."""
        return wait_for_call(references, seconds)

    def replace(self, actor: int, dead: Any) -> None:
        """Start another worker in the place of a dead one, unless that was already done."""
        # Ray could restart it, but refuses jobs meanwhile; a new one lets them wait.
        if self.actors[actor] is dead:
            self.actors[actor] = self._class.remote(actor, self._files)
            self._sent = {(number, key) for number, key in self._sent if number != actor}

    def call(self, actor: int, payload: tuple[Problem, Job]) -> Any:
        """Hand a job on a problem to a worker; returns a reference to its outcome."""
        problem, job = payload
        key = problem.key
        if (actor, key) not in self._sent:
            # Sent to each machine and each worker once: with every job it would cost as much as
            # a render or two. A worker does its calls in order.
            if key not in self._problems:
                self._problems[key] = ray.put(problem)
            self.actors[actor].learn.remote(self._problems[key])
            self._sent.add((actor, key))
        return self.actors[actor].perform.remote(key, job)


class Cluster:
    """Ray, local or elsewhere; a context that gives how many CPUs may be used.

    Attributes:
        environment: what actors have to be started with.

    Args:
        count: of CPUs to use; 0 takes all that Ray has.
        address: of a running cluster; a local one is started if None.

    Raises:
        InputError: if the cluster cannot be reached or has fewer CPUs.
    """

    def __init__(self, count: int, address: str | None) -> None:
        self._count, self._address = count, address
        self._stack = ExitStack()
        # Ray has processes ready, but not for an environment of their own: let it inherit ours.
        elsewhere = {"runtime_env": {"env_vars": _ENVIRONMENT}}
        self.environment: dict[str, Any] = {} if address is None else elsewhere

    def __enter__(self) -> int:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        options: dict[str, Any] = {"address": self._address or "local", "log_to_driver": False}
        if self._address is None:
            os.environ.update(_ENVIRONMENT)
            # Audio does not travel through Ray: a small object store is plenty.
            options |= {"include_dashboard": False, "object_store_memory": 256 * 2**20}
            options |= {"num_cpus": self._count} if self._count else {}
        _reach(self._address)
        # Local workers live there, so it lasts as long as they do.
        empty = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="ga-synth-"))
        try:
            # Ray puts the current folder in front of its workers' path: give it an empty one.
            with chdir(empty):
                ray.init(logging_level="ERROR", configure_logging=True, **options)
        except Exception as error:
            self._stack.close()
            line = str(error).strip().split("\n")[0]
            raise InputError(f"Ray cannot start at {self._address or 'local'}: {line}") from None
        cpus = int(ray.cluster_resources().get("CPU", 1))
        if self._count > cpus:
            self.__exit__()
            raise InputError(f"--workers {self._count}: the cluster has {cpus} CPUs")
        return self._count or cpus

    def __exit__(self, *error: object) -> None:
        ray.shutdown()
        self._stack.close()


def _reach(address: str | None) -> None:
    """Refuse a cluster that does not answer: Ray itself would try for minutes."""
    host, colon, port = (address or "").removeprefix("ray://").rpartition(":")
    if not (colon and port.isdigit()):
        return
    try:
        socket.create_connection((host, int(port)), timeout=_REACH_S).close()
    except OSError as error:
        raise InputError(f"--address {address}: no cluster answers there ({error})") from None
