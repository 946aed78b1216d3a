"""Expected run times to distances set by random search, on three clocks."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from harness.answer.load import Results
from harness.answer.measures.clocks import WORKERS, clocks_of, expected_run_seconds
from harness.answer.measures.trial import run_length
from harness.statistics.profiles import expected_run_time

# Name of a goal to the share of the reference that it is.
GOALS = {"to the reference": 1.0, "to half the reference": 0.5}


@dataclass(frozen=True)
class RunTimes:
    """What is spent, over all trials, for each time that a distance is reached.

    Attributes:
        renders: one row per strategy, one column per goal; each cell is an estimate and the two
            ends of its 95% interval.
        cpu: the same in CPU seconds, estimates only.
        workers: one row per strategy, one column per number of workers: seconds to half the
            reference on a simulated clock.
    """

    renders: pd.DataFrame
    cpu: pd.DataFrame
    workers: pd.DataFrame


def run_times(results: Results, table: pd.DataFrame) -> RunTimes:
    """Estimate expected run times; trials without a reference are left out.

    Args:
        results: with the improvements and jobs of every trial.
        table: with ``reference`` of each trial.
    """
    known = table.dropna(subset="reference")
    lengths = {
        goal: np.array(
            [
                run_length(results, name, share * reference)
                for name, reference in zip(known["name"], known["reference"], strict=True)
            ]
        )
        for goal, share in GOALS.items()
    }
    clocks = clocks_of(results)
    by_strategy = {s: (known["strategy"] == s).to_numpy() for s in results.strategies}
    in_renders = {
        goal: [
            expected_run_time(reached[mine], results.budget, known["target"][mine])
            for mine in by_strategy.values()
        ]
        for goal, reached in lengths.items()
    }
    half = list(lengths.values())[-1]
    cpu = {
        goal: expected_run_seconds(known, reached, clocks, [1])[1]
        for goal, reached in lengths.items()
    }
    workers = expected_run_seconds(known, half, clocks, WORKERS)
    return RunTimes(
        pd.DataFrame(in_renders, index=results.strategies),
        pd.DataFrame(cpu).reindex(results.strategies),
        workers.reindex(results.strategies),
    )
