"""Hands tasks to actors and collects results: the one loop that retries what a death undid."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

MOST_DEATHS = 3
# Seconds after which an actor is taken to hang over a task.
JOB_LIMIT_S = 1800.0
# A second task waits at each actor, so that none is idle while the driver thinks.
_IN_FLIGHT = 2
_POLL_S = 1.0


@dataclass(frozen=True)
class Done:
    """What became of a call: a value, an exception, or the death of its actor.

    Attributes:
        reference: of the call.
        value: what the actor returned.
        error: what it raised, if it did.
        died: whether the actor died.
    """

    reference: Any
    value: Any = None
    error: Exception | None = None
    died: bool = False


class Pool(Protocol):
    """Interchangeable actors.

    Attributes:
        actors: of them, by number.
    """

    actors: list[Any]

    def ready(self, seconds: float) -> list[int]:
        """Return the numbers of those that live; waits so long for a first one."""

    def call(self, actor: int, payload: Any) -> Any:
        """Hand work to an actor; returns a reference to the result."""

    def wait(self, references: Sequence[Any], seconds: float) -> list[Done]:
        """Return the next call that is done; none if that takes longer."""

    def replace(self, actor: int, dead: Any) -> None:
        """Start another actor in the place of a dead one, unless that was already done."""

    def stop_hanging(self, busy_s: dict[int, float]) -> None:
        """Kill those that have been at one job for too long, given the seconds of each."""


@dataclass
class Task:
    """A piece of work, and how many actors have died over it.

    Attributes:
        owner: what the caller identifies it by.
        payload: what an actor is given.
        most_deaths: after how many it is given up.
        deaths: so far.
        actor: number of the one that has it.
        worker: that actor itself.
    """

    owner: Any
    payload: Any
    most_deaths: int = MOST_DEATHS
    deaths: int = 0
    actor: int = -1
    worker: Any = None


@dataclass(frozen=True)
class Result:
    """What became of a task: its value, the exception that it raised, or too many deaths.

    Attributes:
        task: which one.
        value: what the actor returned.
        error: what it raised, if it did.
        died: whether its actors died, as often as is allowed.
    """

    task: Task
    value: Any = None
    error: Exception | None = None
    died: bool = False


class Dispatcher:
    """Keeps actors busy with tasks, two each.

    A task over which an actor died is done again, alone on its actor, so that another death can
    only be its own fault; after its ``most_deaths`` it is returned as died.

    Args:
        pool: the actors.
        players: numbers of those that may be used; all if not given.
    """

    def __init__(self, pool: Pool, players: Sequence[int] | None = None) -> None:
        self._pool = pool
        self._players = range(len(pool.actors)) if players is None else players
        self._ready: deque[Task] = deque()
        self._flying: dict[Any, Task] = {}
        # When each actor began its present task.
        self._since: dict[int, float] = {}

    @property
    def busy(self) -> bool:
        """Whether any task is waiting or under way."""
        return bool(self._ready or self._flying)

    @property
    def waiting(self) -> int:
        """How many tasks no actor has yet."""
        return len(self._ready)

    def add(self, owner: Any, payload: Any, most_deaths: int = MOST_DEATHS) -> None:
        """Add a task."""
        self._ready.append(Task(owner, payload, most_deaths))

    def drop(self, unwanted: Callable[[Any], bool]) -> None:
        """Drop the tasks, not handed out yet, whose owner is unwanted."""
        self._ready = deque(task for task in self._ready if not unwanted(task.owner))

    def collect(self) -> list[Result]:
        """Hand out what is ready and wait for a result, a second at the most.

        Returns:
            One result, or none: when nothing was done in time, or a task will be done again.
        """
        self._hand_out()
        if not self._flying:
            return []
        results, now = [], time.monotonic()
        for done in self._pool.wait(list(self._flying), _POLL_S):
            task = self._flying.pop(done.reference)
            self._since[task.actor] = time.monotonic()
            if done.died:
                results += self._died(task)
            else:
                results.append(Result(task, done.value, done.error))
        if not results:
            busy = {task.actor for task in self._flying.values()}
            self._pool.stop_hanging({actor: now - self._since[actor] for actor in busy})
        return results

    def in_order(self, payloads: Iterable[Any], ahead: int) -> Iterator[Result]:
        """Do payloads, some ahead of the caller, and yield their results in order.

        Args:
            payloads: what actors are given, taken as they are needed.
            ahead: how many may be done or under way beyond the one that the caller waits for.
        """
        waiting, done = enumerate(payloads), dict[int, Result]()
        expected = added = 0
        more = True
        while more or expected < added:
            while more and added - expected < ahead:
                number, payload = next(waiting, (-1, None))
                more = number >= 0
                if more:
                    self.add(number, payload)
                    added += 1
            if expected == added:
                break
            done |= {result.task.owner: result for result in self.collect()}
            while expected in done:
                yield done.pop(expected)
                expected += 1

    def _hand_out(self) -> None:
        if not self._ready:
            return
        ready = self._pool.ready(0.0 if self._flying else _POLL_S)
        players = [number for number in self._players if number in ready]
        load = [0] * len(self._pool.actors)
        alone = set()
        for task in self._flying.values():
            load[task.actor] += 1
            if task.deaths:
                alone.add(task.actor)
        kept: deque[Task] = deque()
        while self._ready and players:
            task = self._ready.popleft()
            actor = min(players, key=lambda i: load[i] + _IN_FLIGHT * (i in alone))
            if actor in alone or load[actor] >= (1 if task.deaths else _IN_FLIGHT):
                kept.append(task)
                continue
            if not load[actor]:
                self._since[actor] = time.monotonic()
            load[actor] += 1
            task.actor, task.worker = actor, self._pool.actors[actor]
            if task.deaths:
                alone.add(actor)
            self._flying[self._pool.call(actor, task.payload)] = task
        self._ready = kept + self._ready

    def _died(self, task: Task) -> list[Result]:
        self._pool.replace(task.actor, task.worker)
        task.deaths += 1
        if task.deaths == task.most_deaths:
            return [Result(task, died=True)]
        self._ready.append(task)
        return []
