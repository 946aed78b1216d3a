"""Hands tasks to actors and collects results: the one loop that retries what a death undid."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from harness.run.batches import BatchSize

MOST_DEATHS = 3
# Seconds after which an actor is taken to hang over a task.
JOB_LIMIT_S = 1800.0
# A second batch waits at each actor, so that none is idle while the driver thinks.
_IN_FLIGHT = 2
_POLL_S = 1.0


@dataclass(frozen=True)
class Done:
    """What became of a call: a value, an exception, or the death of its actor.

    Attributes:
        reference: of the call.
        value: what the actor returned: what it made of the first payloads, and the seconds.
        error: what it raised, if it did.
        died: whether the actor died.
    """

    reference: Any
    value: tuple[list[Any], float] = ([], 0.0)
    error: Exception | None = None
    died: bool = False


class Pool(Protocol):
    """Interchangeable actors.

    Attributes:
        actors: of them, by number; there may come to be more.
    """

    actors: list[Any]

    def ready(self, seconds: float) -> list[int]:
        """Return the numbers of those that live; waits so long for a first one."""

    def call(self, actor: int, payloads: Sequence[Any]) -> Any:
        """Hand a batch to an actor, which does it as ``one_by_one`` does; returns a reference."""

    def wait(self, references: Sequence[Any], seconds: float) -> list[Done]:
        """Return the calls that are done, as soon as there is one; none if that takes longer."""

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
        alone: whether it makes a batch of its own.
    """

    owner: Any
    payload: Any
    most_deaths: int = MOST_DEATHS
    deaths: int = 0
    alone: bool = False


@dataclass(frozen=True)
class _Batch:
    """Tasks that an actor was given together.

    Attributes:
        tasks: in order.
        actor: number of the one that has them.
        worker: that actor itself.
    """

    tasks: list[Task]
    actor: int
    worker: Any


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
    """Keeps actors busy with tasks: two batches each, of one task unless tasks are small.

    A task over which an actor died is done again, alone on its actor, so that another death can
    only be its own fault; after its ``most_deaths`` it is returned as died. An error is a task's
    own only if it was alone in its batch.

    Args:
        pool: the actors.
        players: numbers of those that may be used; all if not given.
    """

    def __init__(self, pool: Pool, players: Sequence[int] | None = None) -> None:
        self._pool = pool
        self._some = players
        self._ready: deque[Task] = deque()
        self._flying: dict[Any, _Batch] = {}
        self._size = BatchSize()
        # When each actor began its present batch.
        self._since: dict[int, float] = {}

    @property
    def _players(self) -> Sequence[int]:
        return range(len(self._pool.actors)) if self._some is None else self._some

    @property
    def busy(self) -> bool:
        """Whether any task is waiting or under way."""
        return bool(self._ready or self._flying)

    @property
    def wants_more(self) -> bool:
        """Whether another batch for each actor would take more tasks than wait for one."""
        return len(self._ready) < len(self._players) * self._size.tasks

    def add(self, owner: Any, payload: Any, most_deaths: int = MOST_DEATHS) -> None:
        """Add a task."""
        self._ready.append(Task(owner, payload, most_deaths))

    def drop(self, unwanted: Callable[[Any], bool]) -> None:
        """Drop the tasks, not handed out yet, whose owner is unwanted."""
        self._ready = deque(task for task in self._ready if not unwanted(task.owner))

    def collect(self) -> list[Result]:
        """Hand out what is ready and wait for results, a second at the most.

        Returns:
            What was done meanwhile; none if nothing was, or what was will be done again.
        """
        self._hand_out()
        if not self._flying:
            return []
        results: list[Result] = []
        now = time.monotonic()
        for done in self._pool.wait(list(self._flying), _POLL_S):
            batch = self._flying.pop(done.reference)
            self._since[batch.actor] = time.monotonic()
            results += self._results(batch, done)
        if not results:
            busy = {batch.actor for batch in self._flying.values()}
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
        idle, half = self._free()
        kept: deque[Task] = deque()
        while self._ready and (idle or half):
            task = self._ready.popleft()
            if idle:
                self._since[idle[0]] = time.monotonic()
            if task.deaths:
                if idle:
                    self._call(idle.popleft(), [task])
                else:
                    kept.append(task)
                continue
            share = -(-(len(self._ready) + 1) // (_IN_FLIGHT * len(idle) + len(half)))
            batch = [task, *self._more(task, min(share, self._size.tasks) - 1)]
            if idle:
                half.append(idle[0])
            self._call((idle or half).popleft(), batch)
        self._ready = kept + self._ready

    def _free(self) -> tuple[deque[int], deque[int]]:
        """The actors that have no batch, and those that have one and may have another."""
        load = dict.fromkeys(self._pool.ready(0.0 if self._flying else _POLL_S), 0)
        for batch in self._flying.values():
            if batch.actor in load:
                # Beside a task over which an actor died there is no other.
                load[batch.actor] += _IN_FLIGHT if batch.tasks[0].deaths else 1
        free = [actor for actor in self._players if load.get(actor, _IN_FLIGHT) < _IN_FLIGHT]
        return deque(a for a in free if not load[a]), deque(a for a in free if load[a])

    def _more(self, task: Task, most: int) -> list[Task]:
        """Take what follows a task into its batch, from what is ready."""
        more: list[Task] = []
        while not task.alone and len(more) < most and self._ready:
            if self._ready[0].deaths or self._ready[0].alone:
                break
            more.append(self._ready.popleft())
        return more

    def _call(self, actor: int, tasks: list[Task]) -> None:
        reference = self._pool.call(actor, [task.payload for task in tasks])
        self._flying[reference] = _Batch(tasks, actor, self._pool.actors[actor])

    def _results(self, batch: _Batch, done: Done) -> list[Result]:
        """What became of a batch; what is to be done again is ready once more."""
        first, *others = batch.tasks
        if done.died:
            return self._died(batch)
        if done.error is not None and not others:
            return [Result(first, error=done.error)]
        if done.error is not None:
            first.alone = True
            self._ready.extendleft(reversed(batch.tasks))
            return []
        values, seconds = done.value
        self._size.note(len(values), seconds)
        self._ready.extendleft(reversed(batch.tasks[len(values) :]))
        return [Result(task, value) for task, value in zip(batch.tasks, values, strict=False)]

    def _died(self, batch: _Batch) -> list[Result]:
        self._pool.replace(batch.actor, batch.worker)
        for task in batch.tasks:
            task.deaths += 1
        over = [task for task in batch.tasks if task.deaths == task.most_deaths]
        self._ready.extend(task for task in batch.tasks if task.deaths < task.most_deaths)
        return [Result(task, died=True) for task in over]
