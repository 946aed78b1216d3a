"""A small experiment, real Ray, and trials run in this process to compare with."""

import hashlib
from pathlib import Path

import pytest
import yaml

from harness.plan.comparison import Comparison
from harness.plan.experiment import Experiment
from harness.plan.resolve import resolve
from harness.record.journal import Journal
from harness.record.packing import pack, unpack
from harness.record.trial_folder import TIMES
from harness.run.evaluator import Evaluator
from harness.run.jobs import perform
from harness.run.problem import problem_of
from harness.run.trial.advance import advance, begin
from harness.run.trial.next_jobs import finished, next_jobs, phase_of
from harness.run.trial.plan import TrialPlan
from harness.run.trial.state import restored

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


@pytest.fixture(scope="session")
def small():
    """Makes a comparison of the small experiment with changes."""

    def make(folder: Path = Path(), **changes) -> Comparison:
        return resolve(Experiment.model_validate({**SMALL, **changes}), folder)

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
def run_trial():
    """Runs a trial in this process."""
    return _run_trial


@pytest.fixture(scope="session")
def digests():
    """Hashes a journal."""
    return _digests


class Steps:
    """A trial and its present state, for tests that look at it round by round."""

    def __init__(self, comparison, trial, state=None):
        self.trial, self.plan = trial, TrialPlan(comparison, trial)
        self.now = begin(self.plan) if state is None else restored(state)

    def __getattr__(self, name):
        return getattr(self.now, name)

    @property
    def finished(self):
        return finished(self.plan, self.now)

    @property
    def current_phase(self):
        return phase_of(self.plan, self.now)

    def jobs(self):
        return next_jobs(self.plan, self.now)

    def advance(self, jobs, outcomes):
        self.now, row = advance(self.plan, self.now, jobs, outcomes)
        return row


@pytest.fixture(scope="session")
def steps():
    """A trial round by round."""
    return Steps


@pytest.fixture(scope="session")
def reloaded():
    """Saves the state of a trial and restores it into another object."""

    def reload(comparison, run, kind=Steps):
        return kind(comparison, run.trial, unpack(pack(run.now.plain())))

    return reload


def _run_trial(comparison: Comparison, trial, after_round=lambda run: run, kind=Steps):
    """Gives the finished trial, its rows and the evaluator."""
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
