"""Actors on Ray, as the dispatcher wants them: work goes to those that live."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import ray

from common.errors import InputError
from harness.run.code import Code
from harness.run.dispatch import JOB_LIMIT_S, MOST_DEATHS, Done

# What an outcome is lost by: its actor, its node, or memory.
_DEATHS = (
    ray.exceptions.RayActorError,
    ray.exceptions.ObjectLostError,
    ray.exceptions.OutOfMemoryError,
    ray.exceptions.WorkerCrashedError,
    ray.exceptions.NodeDiedError,
)
# How often to ask whether there could be more.
_MORE_EVERY_S = 10.0
# How long nobody may live. A first start compiles.
_NOBODY_S = 300.0


class RayPool:
    """Interchangeable actors with a method ``begin``, which takes the driver's code.

    An actor that Ray has no CPU for, as after the loss of a node, is given nothing until it lives:
    the run goes on with the others, and takes it in when it comes. If ``most`` rises, as when a
    node joins, there come to be more.

    Attributes:
        actors: by number.

    Args:
        start: starts the actor of a number.
        count: how many.
        code: the driver's.
        job_limit_s: seconds after which an actor is taken to hang, and is killed.
        most: how many there could be by now; ``count`` if not given.
    """

    def __init__(
        self,
        start: Callable[[int], Any],
        count: int,
        code: Code,
        job_limit_s: float = JOB_LIMIT_S,
        most: Callable[[], int] | None = None,
    ) -> None:
        self._start, self._code, self._limit_s = start, ray.put(code), job_limit_s
        self._most, self._asked = most, time.monotonic()
        self._starting: dict[Any, int] = {}
        self._deaths = 0
        self._lived = time.monotonic()
        self.actors = [self._begin(number) for number in range(count)]

    def ready(self, seconds: float) -> list[int]:
        """Return the numbers of those that live; waits for a first one.

        Args:
            seconds: how long to wait if none does.

        Raises:
            InputError: if one has other code, or none has lived for minutes.
        """
        self._grow()
        if self._starting:
            self._take_started(0.0 if len(self._starting) < len(self.actors) else seconds)
        starting = set(self._starting.values())
        living = [number for number in range(len(self.actors)) if number not in starting]
        if living:
            self._lived = time.monotonic()
        elif time.monotonic() - self._lived > _NOBODY_S:
            raise InputError(
                f"Ray has given no worker a CPU for {_NOBODY_S:.0f} s; what is written is safe: "
                "the same command resumes"
            )
        return living

    def wait(self, references: Sequence[Any], seconds: float) -> list[Done]:
        """Return the calls that are done, as soon as there is one; none if that takes longer.

        Raises:
            InputError: if Ray itself was lost.
        """
        every = list(references)
        try:
            done, _ = ray.wait(every, num_returns=len(every), timeout=0)
            if not done:
                done, _ = ray.wait(every, num_returns=1, timeout=seconds)
            return [_done(reference) for reference in done]
        except (ray.exceptions.RayError, ConnectionError) as error:
            raise _lost(error) from None

    def replace(self, actor: int, dead: Any) -> None:
        """Start another actor in the place of a dead one, unless that was already done."""
        # Ray could restart it, but refuses jobs meanwhile; a new one lets them wait.
        if self.actors[actor] is dead:
            # Only an outcome may have been lost: then it lives, and has the other's CPU.
            ray.kill(dead)
            self.actors[actor] = self._begin(actor)

    def stop_hanging(self, busy_s: dict[int, float]) -> None:
        """Kill the actors that have been at one job for too long; their jobs are done again.

        Args:
            busy_s: number to seconds.
        """
        for number, seconds in busy_s.items():
            if seconds > self._limit_s:
                ray.kill(self.actors[number])

    def _grow(self) -> None:
        """Start actors on nodes that have joined."""
        if self._most is None or time.monotonic() - self._asked < _MORE_EVERY_S:
            return
        self._asked = time.monotonic()
        for number in range(len(self.actors), self._most()):
            self.actors.append(self._begin(number))

    def _begin(self, number: int) -> Any:
        actor = self._start(number)
        self._starting[actor.begin.remote(self._code)] = number
        return actor

    def _take_started(self, seconds: float) -> None:
        done, _ = ray.wait(list(self._starting), num_returns=1, timeout=seconds)
        for reference in done:
            number = self._starting.pop(reference)
            try:
                ray.get(reference)
                self._deaths = 0
            except ray.exceptions.RayTaskError as error:
                raise InputError(str(error.cause)) from None
            except _DEATHS:
                self._deaths += 1
                if self._deaths == MOST_DEATHS:
                    raise InputError(f"workers died {MOST_DEATHS} times as they started") from None
                self.actors[number] = self._begin(number)


def _done(reference: Any) -> Done:
    try:
        return Done(reference, value=ray.get(reference))
    except ray.exceptions.RayTaskError as error:
        return Done(reference, error=error.cause)
    except _DEATHS:
        return Done(reference, died=True)


def _lost(error: Exception) -> InputError:
    line = str(error).strip().split("\n")[0]
    return InputError(f"Ray was lost ({line}); what is written is safe: the same command resumes")
