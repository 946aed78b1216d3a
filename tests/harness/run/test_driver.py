"""The driver on real Ray: same bytes whatever the workers, and what happens when things break."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from contextlib import nullcontext, suppress
from pathlib import Path

import numpy as np
import pytest

from harness.plan.experiment import read_experiment
from harness.plan.resolve import resolve
from harness.plan.trials import trials_of
from harness.record.journal import Journal
from harness.run.driver import Driver
from harness.run.evaluator import Evaluator
from harness.run.probe import points_of, probed
from harness.run.problem import problem_of
from harness.run.workers import Workers
from strategies.interactions import probes

pytestmark = pytest.mark.slow

# So many trials that the first is judged long before the last begins.
LONG = {"budget": 240, "seeds": 5}


@pytest.fixture(scope="module")
def pool():
    """Two workers on a real local Ray, for all tests that do not need their own."""
    with Workers(2, None, ()) as workers:
        yield workers


@pytest.fixture
def run_command(pool, ga_synth, unmirrored, undrawn, monkeypatch):
    """Run the command line in this process, on the two workers."""
    monkeypatch.setattr("harness.run.workers.Workers", lambda *_: nullcontext(pool))
    return ga_synth


@pytest.fixture(scope="module")
def calm(small, run_here, digests, tmp_path_factory):
    """The bytes of the long comparison, made in this process alone."""
    return digests(run_here(small(**LONG), tmp_path_factory.mktemp("calm")))


class Alone:
    """The first worker of a pool, as a pool of one."""

    def __init__(self, pool):
        self.actors, self.call = pool.actors[:1], pool.call
        self.wait, self.replace, self.stop_hanging = pool.wait, pool.replace, pool.stop_hanging
        self._pool = pool

    def ready(self, seconds):
        return [number for number in self._pool.ready(seconds) if number == 0]


def run_with(workers, comparison, out: Path, trials=None):
    events = []
    journal = Journal(out, comparison.experiment.name)
    journal.begin(comparison)
    driver = Driver(comparison, journal, workers, lambda *event: events.append(event))
    driver.run(trials_of(comparison) if trials is None else trials)
    return journal, events


def test_two_workers_write_what_one_process_computes(pool, small, run_trial, tmp_path):
    comparison = small()
    journal, _ = run_with(pool, comparison, tmp_path)
    for trial in trials_of(comparison):
        run, rows, _ = run_trial(comparison, trial)
        folder = journal.folder(trial)
        assert folder.rows() == rows
        assert folder.judgement()["best"] == run.best
        assert folder.judgement()["ledger"] == run.ledger


def test_a_finished_comparison_is_not_run_again(pool, small, digests, tmp_path):
    comparison = small(seeds=1)
    journal, first = run_with(pool, comparison, tmp_path)
    before = digests(journal)
    _, second = run_with(pool, comparison, tmp_path)
    assert len(first) > 0
    assert second == []
    assert digests(journal) == before


def test_another_judge_is_heard_without_searching_again(pool, small, tmp_path):
    journal, _ = run_with(pool, small(seeds=1), tmp_path)
    comparison = small(seeds=1, judges=["loudness", "mfcc"])
    rows = [journal.folder(trial).rows() for trial in trials_of(comparison)]
    _, events = run_with(pool, comparison, tmp_path)
    assert {event for event, *_ in events} == {"begun", "finished"}
    for trial, before in zip(trials_of(comparison), rows, strict=True):
        judged = journal.folder(trial).judgement()
        assert set(judged["distances"]) == {"spectrogram", "loudness", "mfcc"}
        assert journal.folder(trial).rows() == before
    assert run_with(pool, comparison, tmp_path)[1] == []


def test_the_order_of_trials_does_not_matter(pool, small, digests, tmp_path):
    comparison = small()
    one, _ = run_with(pool, comparison, tmp_path / "one")
    other, _ = run_with(pool, comparison, tmp_path / "other", trials_of(comparison)[::-1])
    assert digests(one) == digests(other)


def test_killed_workers_lose_nothing(pool, small, digests, tmp_path):
    comparison = small(budget=400)
    calm, _ = run_with(pool, comparison, tmp_path / "calm")
    journal = Journal(tmp_path / "stormy", "small")
    journal.begin(comparison)
    kills = []

    def kill_now_and_then(event, trial, data):
        if event == "round" and data["round"] == 3 and len(kills) < 2:
            import ray

            kills.append(trial.name)
            ray.kill(pool.actors[len(kills) - 1], no_restart=False)

    Driver(comparison, journal, pool, kill_now_and_then).run(trials_of(comparison))
    assert len(kills) == 2
    assert digests(journal) == digests(calm)


def test_a_probe_on_two_workers_gives_what_one_process_does(pool, small):
    targets = [{"contrived": n, "seconds": 0.1, "sample_rate": 8000} for n in (1, 2)]
    comparison = small(targets=targets)
    groups = dict(comparison.space.sections)
    found = probed(comparison, pool, groups, 10)
    for target, distances in found["spectrogram"].items():
        bound = Evaluator(problem_of(comparison, target))
        for (base, other), row in zip(points_of(comparison, target, 10), distances, strict=True):
            genomes = probes(base, other, list(groups.values()))
            assert np.array_equal(row, bound.evaluate(genomes, ["spectrogram"])["spectrogram"])


DESK = '''
import numpy as np
from synth.base import Synth
from synth.space import Parameter, ParameterSpace

class Desk(Synth):
    """There is only one of it."""
    space = ParameterSpace([Parameter("one", "amp", "", 0, 1), Parameter("two", "pitch", "", 0, 1)])
    exclusive = True

    def render_block(self, genomes):
        return np.repeat(genomes[:, :1] * genomes[:, 1:], self.samples, axis=1).astype("float32")
'''


def test_a_synth_of_which_there_is_one_is_played_by_one_worker(pool, small, tmp_path):
    plugin = tmp_path / "desk.py"
    plugin.write_text(DESK)
    comparison = small(synth="desk", plugins=[str(plugin)])
    journal, _ = run_with(pool, comparison, tmp_path)
    trials = trials_of(comparison)
    assert len(trials) > 2
    assert {row["worker"] for trial in trials for row in journal.folder(trial).times()} == {0}


BAD = '''
import os
import numpy as np
from fitness.base import Fitness

class Raises(Fitness):
    """Raises."""
    def distance(self, sound):
        raise RuntimeError("no such thing")

class GivesNan(Fitness):
    """Gives NaN."""
    def distance(self, sound):
        return float("nan")

class WrongShape(Fitness):
    """Gives one distance too few."""
    def __call__(self, sounds):
        return np.zeros(len(sounds) - 1)
    def distance(self, sound):
        return 0.0

class WrongType(Fitness):
    """Gives text."""
    def __call__(self, sounds):
        return "near"
    def distance(self, sound):
        return 0.0

class KillsTheWorker(Fitness):
    """Takes its process along."""
    def distance(self, sound):
        os._exit(1)
'''


def test_bad_plugins_fail_their_trials_with_the_reason_and_the_others_finish(
    run_command, small_file, tmp_path
):
    (tmp_path / "bad.py").write_text(textwrap.dedent(BAD))
    bad = ["raises", "gives_nan", "wrong_shape", "wrong_type", "kills_the_worker"]
    axes = {"fitness": [*bad, "spectrogram"], "strategies": ["end_to_end"], "seeds": 1}
    path = small_file(plugins=["bad.py"], **axes)
    done = run_command("run", path, "--out", tmp_path / "out", "--workers", 2)
    assert done.code == 1, done.err
    reasons = json.loads(run_command("status", "small", "--out", tmp_path / "out", "--json").out)
    failures = {name.split(".")[1]: why for name, why in reasons["small"]["failures"].items()}
    assert reasons["small"]["finished"] == 1
    assert set(failures) == set(bad)
    assert (
        failures["raises"] == "fitness 'raises' raised RuntimeError: no such thing (bad.py, line 9)"
    )
    assert "NaN" in failures["gives_nan"]
    assert "shape (11,); wanted (12,)" in failures["wrong_shape"]
    assert "gave str" in failures["wrong_type"]
    assert "worker died" in failures["kills_the_worker"]


def test_any_number_of_workers_writes_the_same_bytes(pool, small, calm, digests, tmp_path):
    for workers in (pool, Alone(pool)):
        journal, _ = run_with(workers, small(**LONG), tmp_path / str(len(workers.actors)))
        assert digests(journal) == calm


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGKILL, -9), (signal.SIGTERM, 143), (signal.SIGINT, 130)]
)
def test_a_run_that_was_ended_resumes_to_the_same_bytes(
    run_command, small_file, calm, digests, tmp_path, number, code
):
    path, errors = small_file(**LONG), tmp_path / "errors"
    journal = Journal(tmp_path / "ended", "small")
    with errors.open("wb") as file:
        process = begun(path, journal, file)
    # Ray's own processes have to be killed too.
    (os.killpg if number == signal.SIGKILL else os.kill)(process.pid, number)
    assert process.wait(timeout=120) == code
    if number != signal.SIGKILL:
        said = errors.read_text()
        assert said.count("\n") == 1
        assert "Traceback" not in said
    judged = len(list(journal.path.glob("trials/*/judgement.json")))
    assert 0 < judged < len(trials_of(resolve(read_experiment(path), tmp_path)))
    done = run_command("run", path, "--out", journal.path.parent)
    assert done.code == 0, done.err
    assert digests(journal) == calm


def begun(path, journal, errors):
    """Run an experiment in a process of its own; gives the process once a trial is judged."""
    command = [sys.executable, "-m", "harness.cli", "run", path, "--out", journal.path.parent]
    process = subprocess.Popen(
        [str(part) for part in command],
        stderr=errors,
        start_new_session=True,
        # What mirrors it would outlive it.
        env={**os.environ, "MLFLOW_TRACKING_URI": "nonsense://nowhere"},
    )
    while not list(journal.path.glob("trials/*/judgement.json")):
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
        assert process.poll() is None, "ended before it could be ended"
    return process


def test_more_workers_than_processors_of_a_cluster_is_said(pool, small):
    import ray

    address = ray.get_runtime_context().gcs_address
    done = subprocess.run(
        [sys.executable, "-c", _TOO_MANY.format(address=address)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "--workers 64: the cluster has 2 CPUs" in done.stdout, done.stderr


_TOO_MANY = """
from common.errors import InputError
from harness.run.workers import Workers
try:
    with Workers(64, "{address}", ()):
        pass
except InputError as error:
    print(error)
"""
