"""How far several processes get beside each other."""

import multiprocessing
import time
from typing import Any

_SECONDS = 3.0


def together(processes: int) -> float:
    """Candidates a second of several processes that render and score at the same time."""
    spawn = multiprocessing.get_context("spawn")
    ready, done = spawn.Barrier(processes), spawn.SimpleQueue()
    running = [spawn.Process(target=_work, args=(ready, done)) for _ in range(processes)]
    for process in running:
        process.start()
    rates = [done.get() for _ in running]
    for process in running:
        process.join()
    return sum(rates)


def _work(ready: Any, done: Any) -> None:
    from benchmarks.workloads import bound_to, held

    bound, genomes = bound_to("fft_series"), held(64)
    bound.evaluate(genomes, ["fft_series"])
    ready.wait()
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < _SECONDS:
        bound.evaluate(genomes, ["fft_series"])
        count += len(genomes)
    done.put(count / (time.perf_counter() - began))
