"""Ray actors whose construction can fail with a reason.

Ray reports an exception in an actor's constructor as the death of the actor, as if it had crashed.
``Host`` therefore has an empty constructor and makes its object in a method.
"""

from typing import Any

import ray

from common.errors import InputError
from harness.run.code import Code, take_code
from harness.run.workers import Cluster


class Host:
    """The actor: makes an object, and calls its methods."""

    def __init__(self) -> None:
        self._made: Any = None

    def start(self, code: Code, cls: type, arguments: tuple[Any, ...]) -> None:
        """Make the object, of the driver's code."""
        take_code(code)
        self._made = cls(*arguments)

    def call(self, method: str, *arguments: Any) -> Any:
        """Call a method of the object."""
        return getattr(self._made, method)(*arguments)


def tensorflow_options(cluster: Cluster, cpus: int) -> dict[str, Any]:
    """Ray's options for an actor with TensorFlow: all CPUs, and a GPU if there is one."""
    gpus = 1 if ray.cluster_resources().get("GPU", 0) >= 1 else 0
    largest = max(int(node["Resources"].get("CPU", 0)) for node in ray.nodes() if node["Alive"])
    return {"num_cpus": min(cpus, largest), "num_gpus": gpus, **cluster.environment}


def start_actor(options: dict[str, Any], code: Code, cls: type, *arguments: Any) -> tuple[Any, Any]:
    """Start an actor; gives it, and a reference that ``result_of`` reports its construction by."""
    actor = ray.remote(**options)(Host).remote()
    return actor, actor.start.remote(code, cls, arguments)


def result_of(reference: Any, where: str) -> Any:
    """Wait for what an actor returns.

    Args:
        reference: to the result.
        where: the beginning of the message if the actor raised.

    Raises:
        InputError: if the actor raised; in one line.
        RayActorError: if the actor died.
    """
    try:
        return ray.get(reference)
    except ray.exceptions.RayTaskError as error:
        cause = getattr(error, "cause", None) or error
        raise InputError(f"{where}: {reason_of(cause)}") from None


def reason_of(cause: Exception) -> str:
    """Say in one line what an actor raised; of a user's mistake its text is enough."""
    line = str(cause).strip().split("\n")[0]
    if isinstance(cause, InputError):
        return line
    return f"{type(cause).__name__}: {line}" if line else type(cause).__name__
