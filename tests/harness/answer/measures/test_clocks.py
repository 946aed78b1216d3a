"""CPU seconds and simulated workers, against schedules that were drawn by hand."""

import numpy as np
import pytest

from harness.answer.load import load_results
from harness.answer.measures.clocks import WORKERS, TrialClock
from harness.answer.measures.expected_runtime import run_times
from harness.answer.measures.trial import measured


@pytest.fixture
def clock():
    """Ten genomes of a second each; then two agents side by side, two generations of two each."""
    return TrialClock(np.array([(0, 10, 1, 10.0, 10.0), (1, 4, 2, 5.0, 4.0), (1, 4, 2, 9.0, 8.0)]))


def test_cpu_seconds_are_summed_and_shared_out_within_a_round(clock):
    assert [clock.cpu(r) for r in (0, 5, 10, 14, 18)] == [0.0, 5.0, 10.0, 17.0, 24.0]


@pytest.mark.parametrize(
    ("workers", "first", "second"),
    [
        (1, 10.0, 14.0),  # all work, one after the other
        (2, 5.0, 9.0),  # an agent each: the longer one
        (4, 3.0, 5.0),  # three shifts of four; 1 s of breeding and two generations of 2 s
        (10, 1.0, 5.0),
        (1024, 1.0, 5.0),  # the span: no worker more makes it shorter
    ],
)
def test_workers_divide_a_generation_but_not_what_follows_on_another(clock, workers, first, second):
    assert clock.on([workers], 10) == pytest.approx([first])
    assert clock.on([workers], 18) == pytest.approx([first + second])


def test_more_workers_never_take_longer_nor_beat_work_and_span(clock):
    times = clock.on(WORKERS, 18)
    assert (np.diff(times) <= 1e-12).all()
    assert (times >= np.maximum(24.0 / np.array(WORKERS), times[-1]) - 1e-12).all()


def test_run_times_on_three_clocks_by_hand(written):
    """Two successes of four trials; half of the reference is reached once."""
    jobs = [(0, 10, 1, 1.0, 0.5, 0.5), (1, 90, 9, 9.0, 4.5, 4.5)]
    common = {"strategy": "end_to_end", "jobs": jobs}
    results = load_results(
        written(
            [
                {**common, "seed": 0, "steps": [(1, 9.0), (20, 0.5)]},
                {**common, "seed": 1, "steps": [(1, 9.0), (60, 0.9)]},
                {"strategy": "random", "seed": 0, "steps": [(1, 3.0), (80, 1.0)]},
                {"strategy": "random", "seed": 1, "steps": [(1, 3.0), (80, 1.0)]},
                {"strategy": "society", "seed": 0, "steps": [(1, 9.0)]},
            ]
        )
    )
    times = run_times(results, measured(results))
    reference, half = times.renders["to the reference"], times.renders["to half the reference"]
    assert reference["end_to_end"][0] == (20 + 60) / 2
    assert reference["random"][0] == 80
    assert reference["society"][0] == np.inf
    assert half["end_to_end"][0] == (20 + 100) / 1
    assert times.cpu["to the reference"]["end_to_end"] == pytest.approx((2.0 + 6.0) / 2)
    assert times.cpu["to half the reference"]["end_to_end"] == pytest.approx(2.0 + 10.0)
    # Of ten genomes a batch, each takes a tenth of a second: ten workers need one for each batch.
    assert times.workers[16]["end_to_end"] == pytest.approx(1.2)
    assert times.workers[1]["society"] == np.inf
