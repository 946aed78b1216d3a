"""Waiting for calls of Ray actors."""

from collections.abc import Sequence
from typing import Any

import ray

from harness.run.dispatch import Done


def wait_for_call(references: Sequence[Any], seconds: float) -> list[Done]:
    """Return the next call that is done; none if that takes longer.

    Args:
        references: of calls.
        seconds: how long to wait at the most.
    """
    references, _ = ray.wait(list(references), num_returns=1, timeout=seconds)
    return [_done(reference) for reference in references]


def _done(reference: Any) -> Done:
    try:
        return Done(reference, value=ray.get(reference))
    except ray.exceptions.RayActorError:
        return Done(reference, died=True)
    except ray.exceptions.RayTaskError as error:
        return Done(reference, error=error.cause)
