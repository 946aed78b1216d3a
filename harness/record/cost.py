"""What a run cost: how busy its workers were, and with what.

A *session* is one start of the driver; a run that was stopped and taken up again has several. The
time of a session lasts from the begin of its first job to the end of its last: what lies between
two sessions is nobody's idle time, nor is the start of the workers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# Kinds of jobs that a search costs; what is only measured beside it is no part of it.
SEARCHING = ("first", "probe", "step")
PARTS = ("render", "score", "search")


@dataclass(frozen=True)
class Cost:
    """What jobs cost together.

    Attributes:
        workers: how many worked, the most of any session.
        wall_s: seconds on the clock, all sessions together.
        busy: the share of that time in which a worker did a job, mean over workers; 0 to 1.
        cpu_s: CPU seconds of the workers' jobs.
        shares: part to its share of ``cpu_s``: ``render``, ``score``, and ``search``, which is all
            the rest: breeding and bookkeeping of a job.
        driver_s: CPU seconds of the driver meanwhile.
    """

    workers: int
    wall_s: float
    busy: float
    cpu_s: float
    shares: dict[str, float]
    driver_s: float

    def __str__(self) -> str:
        """Say it in a line for people."""
        parts = ", ".join(f"{part} {share:.1%}" for part, share in self.shares.items())
        return (
            f"{self.workers} workers, {self.wall_s:,.0f} s, {self.busy:.0%} of it busy: {parts}; "
            f"driver {self.driver_s:,.1f} CPU s"
        )


def cost_of(rows: Iterable[Mapping[str, Any]]) -> Cost:
    """Add up what jobs cost.

    Args:
        rows: of ``times.jsonl``, of any trials, in any order.
    """
    sessions: dict[float, list[Mapping[str, Any]]] = {}
    for row in rows:
        # Journals from before sessions were written down count as one.
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
    """Each part's share of the CPU seconds of jobs; together 1."""
    total = {"cpu_s": 0.0, "render_s": 0.0, "score_s": 0.0}
    for row in rows:
        for key in total:
            total[key] += row[key]
    cpu = total["cpu_s"] or 1.0
    render, score = total["render_s"] / cpu, total["score_s"] / cpu
    return dict(zip(PARTS, (render, score, 1.0 - render - score), strict=True))
