"""Ray workers: long-lived, interchangeable, one a CPU."""

import os
import secrets
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, chdir, contextmanager
from pathlib import Path
from typing import Any

import ray

from common.errors import InputError
from harness.record.files import reason_of
from harness.run.code import Code, code_here
from harness.run.dispatch import JOB_LIMIT_S
from harness.run.jobs import Job
from harness.run.last_words import last_words
from harness.run.problem import Problem
from harness.run.ray_pool import RayPool
from harness.run.worker import Worker

_REACH_S = 5.0
# A socket's path has 107 bytes at most, and Ray adds about 75.
_LONGEST_BASE = 30
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
    """The workers of a run, local or on a cluster; a context that gives their pool.

    Args:
        count: how many; 0 takes one for each CPU that Ray has, and of a cluster those of nodes that
            join later.
        address: of a running cluster; a local one is started if None.
        files: plug-in files.
        job_limit_s: seconds after which a worker is taken to hang.
        resource: as of ``Cluster``.

    Raises:
        InputError: if the cluster cannot be reached or has fewer CPUs than workers.
    """

    def __init__(
        self,
        count: int,
        address: str | None,
        files: tuple[Path, ...],
        job_limit_s: float = JOB_LIMIT_S,
        resource: str = "",
    ) -> None:
        self._files, self._limit_s = files, job_limit_s
        self._cluster = Cluster(count, address, resource)

    def __enter__(self) -> "WorkerPool":
        code = code_here(self._files)
        count = self._cluster.__enter__()
        made = ray.remote(num_cpus=1, **self._cluster.rendering)(Worker)
        return WorkerPool(
            lambda number: made.remote(number, self._files),
            count,
            code,
            self._limit_s,
            self._cluster.most,
        )

    def __exit__(self, *error: object) -> None:
        self._cluster.__exit__(*error)


class WorkerPool(RayPool):
    """Workers that are sent a problem once, however many jobs on it they do."""

    def __init__(
        self,
        start: Callable[[int], Any],
        count: int,
        code: Code,
        job_limit_s: float,
        most: Callable[[], int] | None,
    ) -> None:
        self._problems: dict[str, Any] = {}
        self._sent: set[tuple[Any, str]] = set()
        super().__init__(start, count, code, job_limit_s, most)

    def call(self, actor: int, payloads: Sequence[tuple[Problem, Job]]) -> Any:
        """Hand jobs on problems to a worker; returns a reference to their outcomes."""
        worker = self.actors[actor]
        for problem, _ in payloads:
            self._teach(worker, problem)
        return worker.perform.remote([(problem.key, job) for problem, job in payloads])

    def _teach(self, worker: Any, problem: Problem) -> None:
        """Send a problem to each machine and each worker once.

        With every job it would cost as much as a render or two. A worker does its calls in order.
        """
        key = problem.key
        if (worker, key) in self._sent:
            return
        if key not in self._problems:
            self._problems[key] = ray.put(problem)
        worker.learn.remote(self._problems[key])
        self._sent.add((worker, key))


class Cluster:
    """Ray, local or elsewhere; a context that gives how many CPUs may be used.

    Attributes:
        environment: what actors have to be started with.
        rendering: what actors that render have to be started with.

    Args:
        count: of CPUs to use; 0 takes all that Ray has.
        address: of a running cluster; a local one is started if None.
        resource: of which every actor that renders takes one, such as a synthesizer on the desk of
            some node, or a licence; none if empty.

    Raises:
        InputError: if the cluster cannot be reached, has fewer CPUs, or nothing of the resource.
    """

    def __init__(self, count: int, address: str | None, resource: str = "") -> None:
        self._count, self._address, self._resource = count, address, resource
        if resource and address is None:
            raise InputError(
                f"--resource {resource}: only nodes of a cluster have some; add --address"
            )
        self._stack = ExitStack()
        # Ray has processes ready, but not for an environment of their own: let it inherit ours.
        elsewhere = {"runtime_env": {"env_vars": _ENVIRONMENT}}
        self.environment: dict[str, Any] = {} if address is None else elsewhere
        self.rendering = self.environment | ({"resources": {resource: 1}} if resource else {})

    def __enter__(self) -> int:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        # Its store of what is where answers at once, or never again: a minute's wait helps nobody.
        os.environ.setdefault("RAY_gcs_rpc_server_reconnect_timeout_s", "10")
        options: dict[str, Any] = {"address": self._address or "local", "log_to_driver": False}
        if self._address is None:
            os.environ.update(_ENVIRONMENT)
            if not {"RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"} & {*os.environ}:
                # Ray would keep its token in the home folder, where others may read it.
                os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
            # Audio does not travel through Ray: a small object store is plenty.
            options |= {"include_dashboard": False, "object_store_memory": 256 * 2**20}
            options |= {"num_cpus": self._count} if self._count else {}
        _reach(self._address)
        # Local workers live there, so it lasts as long as they do.
        private = self._stack.enter_context(_private_folder())
        empty = private / "empty"
        empty.mkdir()
        if self._address is None:
            # Not in a folder that everybody can read and write, or that another user owns.
            options |= {"_temp_dir": str(private / "ray")}
        self._stack.enter_context(last_words())
        try:
            # Ray puts the current folder in front of its workers' path: give it an empty one.
            with chdir(empty), _own_handler():
                ray.init(logging_level="ERROR", configure_logging=True, **options)
        except Exception as error:
            self._stack.close()
            line = str(error).strip().split("\n")[0]
            raise InputError(f"Ray cannot start at {self._address or 'local'}: {line}") from None
        try:
            return self._usable(ray.cluster_resources())
        except InputError:
            self.__exit__()
            raise

    @property
    def most(self) -> Callable[[], int] | None:
        """How many workers there could be by now, for ``RayPool``; None if that does not change."""
        if self._count or self._address is None:
            return None
        return lambda: self._room(ray.cluster_resources())

    def _room(self, has: dict[str, float]) -> int:
        """How many workers there could be."""
        cpus = int(has.get("CPU", 1))
        return min(cpus, int(has.get(self._resource, 0))) if self._resource else cpus

    def _usable(self, has: dict[str, float]) -> int:
        if self._count > (cpus := int(has.get("CPU", 1))):
            raise InputError(f"--workers {self._count}: the cluster has {cpus} CPUs")
        room = self._room(has)
        if self._resource and not room:
            raise InputError(
                f"--resource {self._resource}: no node of the cluster has any; on one that has, "
                f"ray start --resources='{{\"{self._resource}\": 1}}'"
            )
        return min(self._count or room, room)

    def __exit__(self, *error: object) -> None:
        ray.shutdown()
        self._stack.close()


@contextmanager
def _private_folder() -> Iterator[Path]:
    """A temporary folder that nobody else can enter; Ray's sockets need a short name.

    Raises:
        InputError: if there is no room for it.
    """
    base = tempfile.gettempdir()
    if len(base) > _LONGEST_BASE:
        base = "/tmp"  # noqa: S108 - the folder in it is private
    try:
        folder = tempfile.TemporaryDirectory(
            prefix="ga-synth-", dir=base, ignore_cleanup_errors=True
        )
    except OSError as error:
        raise InputError(
            f"cannot write {base}: {reason_of(error)}; set TMPDIR to a folder with room"
        ) from None
    with folder as path:
        yield Path(path)


@contextmanager
def _own_handler() -> Iterator[None]:
    """Keep the handler of SIGTERM: Ray's own would end this process with another exit code."""
    ours = signal.getsignal(signal.SIGTERM)
    yield
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, ours)


def _reach(address: str | None) -> None:
    """Refuse a cluster that does not answer: Ray itself would try for minutes."""
    host, colon, port = (address or "").removeprefix("ray://").rpartition(":")
    if not (colon and port.isdigit()):
        return
    try:
        socket.create_connection((host, int(port)), timeout=_REACH_S).close()
    except OSError as error:
        raise InputError(f"--address {address}: no cluster answers there ({error})") from None
