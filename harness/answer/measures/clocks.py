"""Three clocks: renders, CPU seconds, and the time that a trial would take on p workers.

The third is simulated from the measured seconds of every job (Brent, 1974: work and span). Rounds
run one after the other. The agents of a round run in parallel, each with an equal share of the
workers; the genomes of a generation are divided among an agent's workers, generations follow one
another, and breeding is not divided. Communication is not counted, so the time is a lower bound.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from harness.answer.load import Results

WORKERS = tuple(2**doublings for doublings in range(11))
Floats = NDArray[np.float64]


class TrialClock:
    """Converts a trial's renders to the other clocks.

    Args:
        jobs: the jobs of its search, as in ``Results.jobs``, in the order of their rounds.
    """

    def __init__(self, jobs: Floats) -> None:
        of_round, self._rendered, self._batches, cpu, self._evaluate = jobs.T
        self._breed = np.maximum(cpu - self._evaluate, 0.0)
        self._starts = np.flatnonzero(np.diff(of_round, prepend=-1.0))
        # How many agents run in parallel in the round of each job.
        counts = np.diff(self._starts, append=len(of_round))
        self._beside = np.repeat(counts, counts)
        self._renders = self._ends(np.add.reduceat(self._rendered, self._starts))
        self._cpu = self._ends(np.add.reduceat(cpu, self._starts))

    def cpu(self, renders: float) -> float:
        """CPU seconds of so many renders, interpolated within a round."""
        return float(np.interp(renders, self._renders, self._cpu))

    def on(self, workers: ArrayLike, renders: float) -> Floats:
        """Seconds that so many renders would take.

        Args:
            workers: numbers of workers, shape (p,).
            renders: how many.

        Returns:
            For each number of workers, shape (p,).
        """
        p = np.asarray(workers)[:, None]
        each = np.maximum(1, p // self._beside)
        shifts = np.ceil(self._rendered / self._batches / each)
        lengths = self._breed + self._batches * shifts * self._evaluate / self._rendered
        longest = np.maximum.reduceat(lengths, self._starts, axis=1)
        # Agents without a worker of their own wait: no schedule is shorter than this.
        shared = np.add.reduceat(lengths, self._starts, axis=1) / p
        ends = self._ends(np.maximum(longest, shared))
        return np.array([np.interp(renders, self._renders, row) for row in ends])

    @staticmethod
    def _ends(of_rounds: Floats) -> Floats:
        """Cumulative sum at the end of each round, beginning with 0 before the first."""
        return np.insert(of_rounds.cumsum(axis=-1), 0, 0.0, axis=-1)


def clocks_of(results: Results) -> dict[str, TrialClock]:
    """Trial name to its clock."""
    return {name: TrialClock(results.jobs[name]) for name in results.trials["name"]}


def expected_run_seconds(
    table: pd.DataFrame, lengths: Floats, clocks: dict[str, TrialClock], workers: Sequence[int]
) -> pd.DataFrame:
    """Seconds spent per success; infinite without success.

    Args:
        table: the trials, with ``name``, ``strategy`` and ``renders``.
        lengths: renders until each trial reached the distance, shape (n,); infinite if never.
        clocks: trial name to its clock.
        workers: numbers of workers.

    Returns:
        A row a strategy, a column for each number of workers.
    """
    cells = zip(table["name"], table["renders"], lengths, strict=True)
    spent = [clocks[name].on(workers, min(length, most)) for name, most, length in cells]
    by_strategy = table["strategy"].to_numpy()
    seconds = pd.DataFrame(spent, columns=list(workers)).groupby(by_strategy).sum()
    hits = pd.Series(np.isfinite(lengths)).groupby(by_strategy).sum()
    with np.errstate(divide="ignore"):
        return seconds.div(hits, axis=0)
