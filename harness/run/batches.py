"""Batches: several small tasks go to an actor in one message, whose price they share."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

# So long a batch should take: much more than a message costs, and too short to wait for.
_BATCH_S = 0.02
# After so long an actor returns what is done; another may be idle.
_LONGEST_S = 0.1
_MOST = 32
_REMEMBERED = 8


class BatchSize:
    """How many tasks a batch should have, by how long the last ones took."""

    def __init__(self) -> None:
        # Nothing is known of the first task: it goes alone.
        self._last = deque([(1, _LONGEST_S)], maxlen=_REMEMBERED)

    def note(self, tasks: int, seconds: float) -> None:
        """Take in how long an actor took for a batch."""
        self._last.append((tasks, seconds))

    @property
    def tasks(self) -> int:
        """How many tasks, at least one."""
        tasks, seconds = (sum(each) for each in zip(*self._last, strict=True))
        return max(1, int(min(_MOST, _BATCH_S * tasks / max(seconds, 1e-6))))


def one_by_one(work: Callable[[Any], Any], payloads: Sequence[Any]) -> tuple[list[Any], float]:
    """Do a batch, in an actor: as many as fit into a tenth of a second, and at least one.

    Args:
        work: what is done with each.
        payloads: of the batch, at least one.

    Returns:
        What was made of the first ones, and how many seconds that took. It ends before one that
        raises, which then is the first of another batch.

    Raises:
        Exception: what the first one raises.
    """
    began = time.perf_counter()
    done: list[Any] = []
    for payload in payloads:
        try:
            done.append(work(payload))
        except Exception:
            if not done:
                raise
            break
        if time.perf_counter() - began > _LONGEST_S:
            break
    return done, time.perf_counter() - began
