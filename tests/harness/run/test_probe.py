"""Probing: points that follow from seed and target, and mistakes; on real Ray in test_driver."""

import numpy as np
import pytest

from common.blame import PluginError
from common.errors import InputError
from harness.plan.trials import shared_genomes, trials_of
from harness.run.dispatch import Done
from harness.run.evaluator import Evaluator
from harness.run.probe import points_of, probed
from harness.run.problem import problem_of
from strategies.interactions import probes

TWO = [
    {"contrived": 1, "seconds": 0.1, "sample_rate": 8000},
    {"contrived": 2, "seconds": 0.1, "sample_rate": 8000},
]


def test_points_follow_from_the_seed_and_the_target(small):
    one, other = small(targets=TWO), small(targets=TWO, seed=1)
    points = points_of(one, "contrived_1", 5)
    assert points.shape == (5, 2, len(one.space))
    assert np.array_equal(points, points_of(small(budget=70), "contrived_1", 5))
    assert np.array_equal(points[:3], points_of(one, "contrived_1", 3))
    for differs in (points_of(one, "contrived_2", 5), points_of(other, "contrived_1", 5)):
        assert not np.array_equal(points, differs)
    # No strategy begins there.
    assert not np.isin(points, shared_genomes(one, trials_of(one)[0])).any()


def test_every_sound_is_rendered_once_and_heard_by_every_fitness(small, workers_here):
    comparison = small(targets=TWO, fitness=["spectrogram", "waveform"])
    groups = dict(comparison.space.sections)
    found = probed(comparison, workers_here, groups, 5)
    bounds = workers_here.actors[0]._evaluators.values()
    assert [bound.renders for bound in bounds] == [5 * 16] * 2
    assert list(found) == ["spectrogram", "waveform"]
    for label, by_target in found.items():
        for target, distances in by_target.items():
            assert distances.shape == (5, 16)
            base, other = points_of(comparison, target, 5)[3]
            genomes = probes(base, other, list(groups.values()))
            alone = Evaluator(problem_of(comparison, target)).evaluate(genomes, [label])[label]
            assert np.array_equal(distances[3], alone)


def test_a_plug_in_that_fails_is_one_line(small, workers_here, monkeypatch):
    def fails(*_):
        raise PluginError("fitness 'spectrogram' gave NaN")

    monkeypatch.setattr(Evaluator, "evaluate", fails)
    with pytest.raises(InputError, match=r"^probe: fitness 'spectrogram' gave NaN$"):
        probed(small(), workers_here, {"a": (0,)}, 1)


class _Dying:
    """Workers of which each job kills one so many times."""

    def __init__(self, workers, deaths):
        self._workers, self._deaths, self.actors = workers, deaths, workers.actors
        self.call, self.ready = workers.call, workers.ready
        self.stop_hanging = workers.stop_hanging
        self.replaced = 0

    def wait(self, references, seconds):
        if self._deaths:
            self._deaths -= 1
            return [Done(references[0], died=True)]
        return self._workers.wait(references, seconds)

    def replace(self, actor, worker):
        self.replaced += 1


def test_a_worker_that_dies_is_replaced_and_nothing_is_lost(small, workers_here):
    comparison, groups = small(), {"a": (0, 1), "b": (2,)}
    workers = _Dying(workers_here, 2)
    again = probed(comparison, workers, groups, 2)
    assert workers.replaced == 2
    straight = probed(comparison, workers_here, groups, 2)
    assert np.array_equal(
        again["spectrogram"]["contrived_1"], straight["spectrogram"]["contrived_1"]
    )


def test_genomes_over_which_every_worker_dies_are_said(small, workers_here):
    with pytest.raises(InputError, match=r"^probe: the worker died 3 times over the same genomes$"):
        probed(small(), _Dying(workers_here, 3), {"a": (0, 1)}, 2)
