"""Three clocks: renders, CPU seconds, and the time that a trial would take on p workers.

The last is simulated from the measured seconds of every job (Brent, 1974: work and span). Rounds
come one after the other. The agents of a round work side by side, each with an equal share of the
workers; a generation's genomes are divided among an agent's workers, one generation after the
other; breeding is not divided. What sending costs is left out: it is the least that p workers need.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.answer.results import Results

WORKERS = 2 ** np.arange(11)
Floats = NDArray[np.float64]


class Clock:
    """A trial's renders on other clocks.

    Args:
        jobs: what its search cost, as in ``Results.jobs``.
    """

    def __init__(self, jobs: pd.DataFrame) -> None:
        self._jobs = jobs
        rounds = jobs.groupby("round", sort=True)
        self._renders = np.append(0.0, rounds["renders"].sum().cumsum().to_numpy(dtype=np.float64))
        self._cpu = np.append(0.0, rounds["cpu_s"].sum().cumsum().to_numpy(dtype=np.float64))

    def cpu(self, renders: float) -> float:
        """CPU seconds of so many renders; within a round in proportion."""
        return float(np.interp(renders, self._renders, self._cpu))

    def on(self, workers: int, renders: float) -> float:
        """Floats that so many renders would take on so many workers."""
        return float(np.interp(renders, self._renders, np.append(0.0, self._rounds(workers))))

    def _rounds(self, workers: int) -> Floats:
        """Floats on the simulated clock at the end of each round."""
        jobs = self._jobs
        # Agents that find no worker of their own wait: no schedule is shorter than this.
        beside = jobs.groupby("round")["round"].transform("size").to_numpy(dtype=np.float64)
        each = np.maximum(1, workers // beside)
        batch = jobs["renders"] / jobs["batches"]
        unit = jobs["evaluate_s"] / jobs["renders"]
        divided = jobs["batches"] * unit * np.ceil(batch / each)
        length = (jobs["cpu_s"] - jobs["evaluate_s"]).clip(lower=0.0) + divided
        by_round = length.groupby(jobs["round"], sort=True)
        return np.asarray(np.maximum(by_round.max(), by_round.sum() / workers).cumsum())


def clocks_of(results: Results) -> dict[str, Clock]:
    """Trial name to its clock."""
    return {name: Clock(results.jobs[name]) for name in results.trials["name"]}


def expected_seconds(
    table: pd.DataFrame, lengths: Floats, clocks: dict[str, Clock], workers: int
) -> pd.Series:
    """Floats on so many workers for each time that a distance was reached, by strategy.

    Args:
        table: of the trials, with ``name``, ``strategy`` and ``renders``.
        lengths: renders until each of them reached the distance, shape (n,); infinite if never.
        clocks: of the trials.
        workers: how many.
    """
    spent = [
        clocks[name].on(workers, min(length, renders))
        for name, renders, length in zip(table["name"], table["renders"], lengths, strict=True)
    ]
    hit = np.isfinite(lengths)
    grouped = pd.DataFrame({"strategy": table["strategy"], "spent": spent, "hit": hit}).groupby(
        "strategy"
    )
    with np.errstate(divide="ignore"):
        return grouped["spent"].sum() / grouped["hit"].sum()
