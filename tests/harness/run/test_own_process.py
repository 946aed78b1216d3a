"""A worker in this process does jobs without Ray, on one thread."""

import subprocess
import sys

import numpy as np
from threadpoolctl import threadpool_info

from harness.run.jobs import JudgeJob, ProbeJob
from harness.run.own_process import OwnProcess
from harness.run.problem import problem_of


def test_jobs_are_done_in_order_and_errors_are_returned(small):
    comparison = small()
    problem = problem_of(comparison, "contrived_1")
    genomes = np.random.default_rng(0).random((3, len(comparison.space)))
    with OwnProcess() as pool:
        calls = [pool.call(0, [(problem, ProbeJob(genomes, ("spectrogram",)))]) for _ in range(2)]
        calls.append(pool.call(0, [(problem, ProbeJob(genomes[:, :1], ("spectrogram",)))]))
        found = []
        while calls:
            (done,) = pool.wait(calls, 1.0)
            calls.remove(done.reference)
            found.append(done)
    (first,), (second,) = found[0].value[0], found[1].value[0]
    assert np.array_equal(first.distances["spectrogram"], second.distances["spectrogram"])
    assert found[2].error is not None
    assert not any(done.died for done in found)


def test_linear_algebra_runs_on_one_thread_within(small):
    before = [library["num_threads"] for library in threadpool_info()]
    with OwnProcess():
        assert {library["num_threads"] for library in threadpool_info()} == {1}
    assert [library["num_threads"] for library in threadpool_info()] == before


def test_neither_it_nor_the_driver_needs_ray():
    code = (
        "import sys; import harness.run.driver, harness.run.own_process; "
        "sys.exit('ray' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_judge_is_asked_here_too(small):
    comparison = small()
    problem = problem_of(comparison, "contrived_1")
    with OwnProcess() as pool:
        call = pool.call(0, [(problem, JudgeJob(np.full(len(comparison.space), 0.5)))])
        (done,) = pool.wait([call], 1.0)
    ((outcome,), _) = done.value
    assert set(outcome.distances) == {"spectrogram", "loudness"}
