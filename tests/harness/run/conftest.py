"""A small experiment, real Ray, and trials run in this process to compare with."""

import hashlib
from pathlib import Path

import pytest
import yaml

from harness.plan.comparison import Comparison
from harness.plan.experiment import Experiment
from harness.record.journal import TIMES, Journal
from harness.run.evaluator import Evaluator
from harness.run.jobs import perform
from harness.run.problem import problem_of
from harness.run.trial import TrialRun

SMALL = {
    "name": "small",
    "seeds": 2,
    "budget": 90,
    "population": 12,
    "targets": [{"contrived": 1, "seconds": 0.1, "sample_rate": 8000}],
    "fitness": ["spectrogram"],
    "judges": ["loudness"],
    "strategies": ["end_to_end", "society", "random"],
}


@pytest.fixture
def small():
    """Makes a comparison of the small experiment with changes."""

    def make(folder: Path = Path(), **changes) -> Comparison:
        return Comparison(Experiment.model_validate({**SMALL, **changes}), folder)

    return make


@pytest.fixture
def small_file(tmp_path):
    """Writes the small experiment, with changes, to a file."""

    def write(**changes) -> Path:
        path = tmp_path / "small.yaml"
        path.write_text(yaml.safe_dump({**SMALL, **changes}))
        return path

    return write


@pytest.fixture(scope="session")
def run_here():
    """Runs a trial in this process."""
    return _run_here


@pytest.fixture(scope="session")
def digests():
    """Hashes a journal."""
    return _digests


def _run_here(comparison: Comparison, trial, after_round=lambda run: run, kind=TrialRun):
    """Gives the finished run, its rows and the bound problem."""
    bound = Evaluator(problem_of(comparison, trial.target))
    run, rows = kind(comparison, trial), []
    while not run.finished:
        jobs = run.jobs()
        row = run.advance(jobs, [perform(job, bound, comparison.registry) for job in jobs])
        if row is not None:
            rows.append(row)
        run = after_round(run)
    return run, rows, bound


def _digests(journal: Journal) -> dict[str, str]:
    """Every file of a journal but measured times, and answers made of them, to a hash."""
    return {
        str(path.relative_to(journal.path)): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in ("trials", "targets")
        for path in sorted((journal.path / folder).rglob("*"))
        if path.is_file() and path.name != TIMES
    }
