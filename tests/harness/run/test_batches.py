"""Batches: small tasks go together, slow ones alone, and errors and deaths stay with their own."""

import pytest

from harness.run import batches
from harness.run.batches import BatchSize, one_by_one
from harness.run.dispatch import Dispatcher, Done


class Actors:
    """A pool of one; a payload is a number, ``raises`` or ``dies``, and takes a millisecond."""

    def __init__(self):
        self.actors, self.calls, self.replaced = [object()], [], 0

    def ready(self, seconds):
        return [0]

    def call(self, actor, payloads):
        self.calls.append(list(payloads))
        return len(self.calls) - 1

    def wait(self, references, seconds):
        reference = references[0]
        payloads = self.calls[reference]
        if "dies" in payloads:
            return [Done(reference, died=True)]
        try:
            values, _ = one_by_one(_doubled, payloads)
        except ValueError as error:
            return [Done(reference, error=error)]
        return [Done(reference, (values, 0.001 * len(values)))]

    def replace(self, actor, dead):
        self.replaced += 1

    def stop_hanging(self, busy_s):
        pass


def _doubled(payload):
    if payload == "raises":
        raise ValueError("no such thing")
    return 2 * payload


def done(payloads):
    pool, results = Actors(), {}
    dispatcher = Dispatcher(pool)
    for number, payload in enumerate(payloads):
        dispatcher.add(number, payload)
    while dispatcher.busy:
        results |= {result.task.owner: result for result in dispatcher.collect()}
    return pool, results


def test_small_tasks_share_a_message():
    pool, results = done(range(200))
    assert [results[i].value for i in range(200)] == [2 * i for i in range(200)]
    assert len(pool.calls) < 60
    assert len(pool.calls[0]) == 1


def test_an_error_is_that_of_its_own_task():
    payloads = [*range(100), "raises", *range(100)]
    _, results = done(payloads)
    assert [number for number, result in results.items() if result.error] == [100]
    assert all(results[i].value == 2 * i for i in range(100))
    assert len(results) == len(payloads)


def test_a_death_is_that_of_its_own_task():
    payloads = [*range(100), "dies", *range(100)]
    pool, results = done(payloads)
    assert [number for number, result in results.items() if result.died] == [100]
    assert len(results) == len(payloads)
    assert sum("dies" in call for call in pool.calls) == 3


@pytest.mark.parametrize(("seconds", "tasks"), [(0.5, 1), (0.002, 10), (0.0, 32)])
def test_a_batch_is_short(seconds, tasks):
    size = BatchSize()
    assert size.tasks == 1
    for _ in range(8):
        size.note(1, seconds)
    assert size.tasks == tasks


def test_an_actor_returns_early_when_tasks_are_slow(monkeypatch):
    clock = iter(range(100))
    monkeypatch.setattr(batches.time, "perf_counter", lambda: next(clock) * 0.06)
    values, seconds = one_by_one(str, range(30))
    assert values == ["0", "1"]
    assert seconds == pytest.approx(0.18)
