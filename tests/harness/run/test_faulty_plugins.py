"""Faulty plug-ins fail their own trials with the reason, and nothing else."""

import pytest

from harness.plan.trials import trials_of
from harness.record.journal import Journal
from harness.run.dispatch import Done
from harness.run.driver import Driver

STRATEGIES = '''
from strategies.end_to_end import EndToEnd
import numpy as np


class Late(EndToEnd):
    """Works when it is planned, and fails in a trial."""

    def phases(self, seed):
        if seed:
            raise RuntimeError("phases\\nfailed")
        return super().phases(seed)


class First(EndToEnd):
    """Fails to choose a first population."""

    def first(self, genomes, hints, random):
        raise KeyError("first")


class FirstShape(EndToEnd):
    """Chooses a first population of another shape."""

    def first(self, genomes, hints, random):
        return genomes[:, 1:]


class FirstRange(EndToEnd):
    """Chooses genes that are none."""

    def first(self, genomes, hints, random):
        return genomes + 1


class Contexts(EndToEnd):
    """Fails to exchange."""

    def contexts(self, *arguments):
        return 1 / 0


class ContextShape(EndToEnd):
    """Exchanges something else."""

    def contexts(self, *arguments):
        return [np.zeros(3)]


class Probe(EndToEnd):
    """Fails to learn what it probed."""

    def probe(self, genomes, distances, renders, seed):
        return genomes[:2]

    def learn(self, probed, distances):
        raise OSError("no memory")


class Renders(EndToEnd):
    """Wants a number of renders that is none."""

    def renders(self, budget):
        raise TypeError("how many")
'''
REASONS = {
    "late": "raised RuntimeError: phases",
    "first": "raised KeyError",
    "first_shape": "first() gave shape",
    "first_range": "outside [0, 1]",
    "contexts": "raised ZeroDivisionError",
    "context_shape": "contexts() gave shapes",
    "probe": "raised OSError: no memory",
    "renders": "raised TypeError: how many",
}


@pytest.mark.parametrize("name", REASONS)
def test_a_strategy_that_raises_fails_its_own_trials(planned, run_here, tmp_path, name):
    (tmp_path / "odd.py").write_text(STRATEGIES)
    changes = {"plugins": ["odd.py"], "fitness": ["waveform"], "judges": [], "seeds": 1}
    comparison = planned(tmp_path, strategies=[name, "random"], **changes)
    journal = run_here(comparison, tmp_path / "out")
    odd, random = (journal.folder(trial) for trial in trials_of(comparison))
    assert odd.failure.startswith(f"strategy {name!r}")
    assert REASONS[name] in odd.failure
    assert "\n" not in odd.failure
    assert (random.finished, odd.finished) == (True, False)


TALKING = """
from fitness.base import Fitness


class Talking(Fitness):
    def distance(self, sound):
        print("heard a sound")
        return float(abs(sound - self.target).mean())


class Failing(Fitness):
    def distance(self, sound):
        print("about to fail")
        return 1 / 0


class Leaving(Fitness):
    def distance(self, sound):
        raise SystemExit(3)


class Negative(Fitness):
    def distance(self, sound):
        return -1.0
"""


def test_what_plug_ins_print_is_kept_and_told_and_a_failure_says_its_line(
    planned, run_here, tmp_path, capsys
):
    (tmp_path / "talking.py").write_text(TALKING)
    fitness = ["talking", "failing", "leaving", "negative"]
    changes = {"plugins": ["talking.py"], "fitness": fitness, "judges": [], "seeds": 1}
    comparison = planned(tmp_path, strategies=["random"], **changes)
    events = []
    journal = run_here(
        comparison, tmp_path / "out", on_event=lambda event, *about: events.append((event, *about))
    )
    folders = {trial.fitness: journal.folder(trial) for trial in trials_of(comparison)}
    told = {trial.fitness: lines for event, trial, lines in events if event == "printed"}
    assert set(told["failing"]) == {"about to fail"}
    kept = (folders["talking"].path / "printed.txt").read_text().splitlines()
    assert kept.count("heard a sound") > 40
    assert capsys.readouterr().out == ""
    assert {name: folder.failure for name, folder in folders.items()} == {
        "talking": "",
        "failing": "fitness 'failing' raised ZeroDivisionError: division by zero "
        "(talking.py, line 14)",
        "leaving": "fitness 'leaving' raised SystemExit: 3 (talking.py, line 19)",
        "negative": "fitness 'negative' gave a distance of -1; allowed: 0 or above",
    }


class _Mortal:
    """Workers that die over jobs that judge with a certain label."""

    def __init__(self, workers, label, deaths=99):
        self._workers, self.actors, self.label, self.deaths = workers, workers.actors, label, deaths
        self.call, self.ready = workers.call, workers.ready
        self.stop_hanging = workers.stop_hanging

    def wait(self, references, seconds):
        judged = [job.labels for _, job in references[0].payloads if job.kind == "judge"]
        if self.deaths and any(labels is None or self.label in labels for labels in judged):
            self.deaths -= 1
            return [Done(references[0], died=True)]
        return self._workers.wait(references, seconds)

    def replace(self, actor, dead):
        pass


@pytest.fixture
def mortal(workers_here):
    return lambda label, deaths=99: _Mortal(workers_here, label, deaths)


def judged(comparison, workers, out):
    journal, events = Journal(out, "tiny"), []
    journal.begin(comparison)
    Driver(comparison, journal, workers, lambda *event: events.append(event[0])).run(
        trials_of(comparison)
    )
    (trial,) = trials_of(comparison)
    return journal.folder(trial), events


@pytest.fixture
def one_trial(planned):
    return lambda **changes: planned(
        **{"seeds": 1, "fitness": ["waveform"], "strategies": ["random"], **changes}
    )


def test_a_judge_that_kills_its_worker_costs_neither_the_result_nor_the_others(
    one_trial, mortal, tmp_path
):
    folder, events = judged(one_trial(), mortal("loudness"), tmp_path)
    judgement = folder.judgement()
    assert folder.finished
    assert events[-1] == "finished"
    assert set(judgement["distances"]) == {"waveform", "log_spectral"}
    assert "died" in judgement["refused"]["loudness"]
    assert judgement["again"] == ["loudness"]


def test_such_a_judge_is_asked_again_by_the_next_run(
    one_trial, mortal, run_here, digests, tmp_path
):
    comparison = one_trial()
    folder, _ = judged(comparison, mortal("loudness"), tmp_path / "mortal")
    rows = folder.rows()
    judged(comparison, mortal("nobody"), tmp_path / "mortal")
    assert "again" not in folder.judgement()
    assert folder.rows() == rows
    calm = run_here(comparison, tmp_path / "calm")
    assert digests(Journal(tmp_path / "mortal", "tiny")) == digests(calm)


def test_a_worker_that_dies_once_by_chance_leaves_no_trace(
    one_trial, mortal, run_here, digests, tmp_path
):
    comparison = one_trial()
    judged(comparison, mortal("loudness", deaths=2), tmp_path / "chance")
    calm = run_here(comparison, tmp_path / "calm")
    assert digests(Journal(tmp_path / "chance", "tiny")) == digests(calm)


def test_judging_again_in_vain_keeps_the_earlier_judgement(one_trial, mortal, tmp_path):
    first = one_trial(judges=["loudness"])
    folder, _ = judged(first, mortal("nobody"), tmp_path)
    before = folder.judgement()
    # Every job of judging dies, the one of the trial's own fitness too.
    again, events = judged(one_trial(judges=["mfcc"]), _all_dying(mortal), tmp_path)
    assert again.path == folder.path
    assert events[-1] == "failed"
    assert folder.judgement() == before
    assert (folder.finished, folder.failure) == (True, "")
    assert not (folder.path / "failure.json").exists()


def _all_dying(mortal):
    dying = mortal("")
    dying.label = type("Any", (), {"__eq__": lambda *_: True, "__hash__": lambda _: 0})()
    return dying


def test_a_judge_never_takes_the_place_of_an_atomic_fitness(planned, run_here, tmp_path):
    """A judge of the same name with other options changes no search."""
    (tmp_path / "flat.py").write_text(
        "from fitness.mfcc import Mfcc\n\n\nclass Bent(Mfcc):\n    '''Bent by its option.'''\n\n"
        "    def __init__(self, target, sample_rate, *, power: float = 1.0):\n"
        "        super().__init__(target, sample_rate)\n        self.power = power\n\n"
        "    def distances(self, sums):\n        return super().distances(sums) ** self.power\n"
    )
    society = {"name": "society", "agent_population": 4, "fitness": {"filter": "bent"}}
    changes = {"plugins": ["flat.py"], "strategies": [society], "fitness": ["waveform"]}
    rows = []
    for judge in ("bent", {"name": "bent", "power": 0.01}):
        comparison = planned(tmp_path, judges=[judge], seeds=1, **changes)
        (trial,) = trials_of(comparison)
        out = tmp_path / str(len(rows))
        rows.append(run_here(comparison, out).folder(trial).rows())
    assert rows[0] == rows[1]
