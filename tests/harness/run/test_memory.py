"""A worker holds a few blocks of sound, however many candidates a job has."""

import subprocess
import sys
from pathlib import Path

import pytest

MOST = 400  # MiB
WORK = """
import sys
from pathlib import Path
import numpy as np
from harness.plan.experiment import Experiment
from harness.plan.resolve import resolve
from harness.run.jobs import FirstJob
from harness.run.problem import problem_of
from harness.run.workers import Worker

given = {"name": "m", "budget": 40, "targets": [{"contrived": 2, "seconds": 4}],
         "population": 40, "fitness": ["multi_scale_spectral"], "strategies": ["random"]}
comparison = resolve(Experiment.model_validate(given), Path())
problem = problem_of(comparison, "contrived_2")
worker = Worker(0, ())
worker.learn(problem)

def most():
    # Not getrusage, which begins with what the parent process held.
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 2**10

for count in map(int, sys.argv[1:]):
    genomes = np.random.default_rng(0).random((count, len(comparison.space)))
    job = FirstJob(genomes, ("multi_scale_spectral",))
    (outcome,), _ = worker.perform([(problem.key, job)])
    assert outcome.distances["multi_scale_spectral"].shape == (count,)
    print(most())
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="measured by Linux's /proc")
def test_two_hundred_candidates_of_four_seconds_need_no_more_than_sixteen():
    command = [sys.executable, "-c", WORK]
    # Compiles, which takes memory once.
    subprocess.run([*command, "16"], check=True, capture_output=True)
    # All at once they would take 140 MiB.
    ran = subprocess.run([*command, "16", "200"], capture_output=True, text=True, check=True)
    few, many = map(float, ran.stdout.split())
    assert many < MOST
    assert many - few < 10
