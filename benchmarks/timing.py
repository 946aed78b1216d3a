"""Interleaved timing: A B A B …, medians of CPU and wall seconds: fair on a busy machine."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """Something to time.

    Attributes:
        name: what it is.
        work: how many units one call does, such as seconds of sound.
        call: does them.
        wanted: units a CPU second that it should reach; 0 for a baseline.
        headline: whether it is what the others of its table are held against.
    """

    name: str
    work: float
    call: Callable[[], object]
    wanted: float = 0.0
    headline: bool = False


@dataclass(frozen=True)
class Timed:
    """A case's medians.

    Attributes:
        case: what was timed.
        cpu: units a CPU second.
        wall: units a second on the clock.
    """

    case: Case
    cpu: float
    wall: float


def interleaved(cases: list[Case], repeats: int = 7) -> list[Timed]:
    """Time cases in turn, after one call each to compile and warm up."""
    for case in cases:
        case.call()
    cpu: dict[str, list[float]] = {case.name: [] for case in cases}
    wall: dict[str, list[float]] = {case.name: [] for case in cases}
    for _ in range(repeats):
        for case in cases:
            began, began_cpu = time.perf_counter(), time.process_time()
            case.call()
            cpu[case.name].append(time.process_time() - began_cpu)
            wall[case.name].append(time.perf_counter() - began)
    return [
        Timed(
            case,
            case.work / max(statistics.median(cpu[case.name]), 1e-9),
            case.work / max(statistics.median(wall[case.name]), 1e-9),
        )
        for case in cases
    ]
