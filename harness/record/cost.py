"""What a run cost: how busy its workers were, and with what.

A *session* is one start of the driver; a run that was interrupted and resumed has several. A
session lasts from the start of its first job to the end of its last. The time between two sessions
does not count as idle, nor does starting the workers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from common.wording import counted

# The kinds of jobs that belong to a search; jobs that only measure are not part of its cost.
SEARCHING = ("first", "probe", "step")
PARTS = ("render", "score", "search")


@dataclass(frozen=True)
class Cost:
    """The total cost of jobs.

    Attributes:
        workers: number of workers, the largest of any session.
        wall_s: wall-clock seconds, sum over sessions.
        busy: share of that time in which a worker had a job, mean over workers; 0 to 1.
        cpu_s: CPU seconds of the workers' jobs.
        shares: part to its share of ``cpu_s``: ``render``, ``score``, and ``search``, which is
            everything else: breeding and bookkeeping.
        driver_s: CPU seconds of the driver.
    """

    workers: int
    wall_s: float
    busy: float
    cpu_s: float
    shares: dict[str, float]
    driver_s: float

    def __str__(self) -> str:
        """The cost in one line."""
        parts = ", ".join(f"{part} {share:.1%}" for part, share in self.shares.items())
        return (
            f"{counted(self.workers, 'worker')}, {self.wall_s:,.0f} s, "
            f"{self.busy:.0%} busy ({parts}); driver {self.driver_s:,.1f} CPU s"
        )


def cost_of(rows: Iterable[Mapping[str, Any]]) -> Cost:
    """Add up the cost of jobs.

    Args:
        rows: rows of ``times.jsonl`` from any trials, in any order.
    """
    sessions: dict[float, list[Mapping[str, Any]]] = {}
    for row in rows:
        # Older journals do not record sessions and count as one.
        sessions.setdefault(row.get("session", 0.0), []).append(row)
    wall = offered = busy = driver = 0.0
    most = 0
    for jobs in sessions.values():
        workers = len({row["worker"] for row in jobs})
        span = max(row["ended"] for row in jobs) - min(row["ended"] - row["wall_s"] for row in jobs)
        most = max(most, workers)
        wall += span
        offered += span * workers
        busy += sum(row["wall_s"] for row in jobs)
        driver += max(row.get("driver_s", 0.0) for row in jobs)
    every = [row for jobs in sessions.values() for row in jobs]
    cpu = sum(row["cpu_s"] for row in every)
    return Cost(most, wall, min(1.0, busy / (offered or 1.0)), cpu, shares_of(every), driver)


def shares_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Each part's share of the CPU seconds of jobs; the shares add up to 1."""
    total = {"cpu_s": 0.0, "render_s": 0.0, "score_s": 0.0}
    for row in rows:
        for key in total:
            total[key] += row[key]
    cpu = total["cpu_s"] or 1.0
    render, score = total["render_s"] / cpu, total["score_s"] / cpu
    return dict(zip(PARTS, (render, score, 1.0 - render - score), strict=True))
