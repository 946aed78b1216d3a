"""What making a dataset and training a network have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.run.workers import Cluster


def _ignore(_: dict[str, Any]) -> None:
    """Report nothing."""


@dataclass(frozen=True)
class RunContext:
    """Where work is done, and how its progress is reported.

    Attributes:
        files: plug-in files.
        cluster: Ray, started.
        cpus: how many may be used.
        on_progress: called with a row of plain values after every epoch or shard.
    """

    files: tuple[Path, ...]
    cluster: Cluster
    cpus: int
    on_progress: Callable[[dict[str, Any]], None] = _ignore
