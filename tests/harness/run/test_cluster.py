"""A real cluster: the same bytes when a node is lost or a worker hangs; other code is refused."""

import pytest
import ray
from ray.cluster_utils import Cluster

from harness.plan.trials import trials_of
from harness.record.journal import Journal
from harness.run import code, ray_pool, workers
from harness.run.driver import Driver
from harness.run.workers import Workers

pytestmark = pytest.mark.slow

PLUGIN = '''
import os
import time
from pathlib import Path
from ga_synth import Fitness


class Own(Fitness):
    """The mean level; waits for ever when it is first asked, if that is wished."""

    unit = "1"

    def distance(self, sound):
        marker = Path(os.environ.get("HANGS_ONCE", ""))
        if marker.name and not marker.exists():
            marker.touch()
            time.sleep(10_000)
        return abs(float(abs(sound).mean()) - float(abs(self.target).mean()))
'''


@pytest.fixture
def cluster():
    """A head and another node, with one CPU each; gives the cluster and the other node."""
    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    other = made.add_node(num_cpus=1)
    yield made, other
    ray.shutdown()
    made.shutdown()


@pytest.fixture
def desk():
    """A head, and a node with two CPUs and one ``desk``."""
    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 2})
    made.add_node(num_cpus=2, resources={"desk": 1})
    yield made
    ray.shutdown()
    made.shutdown()


@pytest.fixture
def comparison(small, tmp_path):
    (tmp_path / "own.py").write_text(PLUGIN)
    return small(tmp_path, plugins=["own.py"], fitness=["own"], strategies=["end_to_end"], seeds=4)


def run(comparison, pool, out, on_event=lambda *_: None):
    journal = Journal(out, comparison.experiment.name)
    journal.begin(comparison)
    Driver(comparison, journal, pool, on_event).run(trials_of(comparison))
    return journal


def test_a_node_may_be_lost_and_needs_no_copy_of_a_plugin(
    cluster, comparison, run_here, digests, tmp_path
):
    made, other = cluster
    calm = digests(run_here(comparison, tmp_path / "calm"))
    lost = []

    def lose(event, *_):
        if event == "round" and not lost:
            lost.append(made.remove_node(other, allow_graceful=False))

    with Workers(2, made.address, comparison.registry.files) as pool:
        # What other nodes never had.
        (tmp_path / "own.py").unlink()
        journal = run(comparison, pool, tmp_path / "lost", lose)
    assert lost
    assert digests(journal) == calm


def test_a_node_may_join(cluster, comparison, run_here, digests, tmp_path, monkeypatch):
    made, other = cluster
    made.remove_node(other, allow_graceful=True)
    monkeypatch.setattr(ray_pool, "_MORE_EVERY_S", 0.0)
    joined = []

    def join(event, *_):
        if event == "round" and not joined:
            joined.append(made.add_node(num_cpus=1))
            made.wait_for_nodes()

    with Workers(0, made.address, comparison.registry.files) as pool:
        began_with = len(pool.actors)
        journal = run(comparison, pool, tmp_path / "joined", join)
    assert (began_with, len(pool.actors)) == (1, 2)
    assert digests(journal) == digests(run_here(comparison, tmp_path / "calm"))


def test_a_worker_that_hangs_is_ended_and_its_job_done_again(
    comparison, run_here, digests, tmp_path, monkeypatch
):
    calm = digests(run_here(comparison, tmp_path / "calm"))
    monkeypatch.setenv("HANGS_ONCE", str(tmp_path / "hung"))
    with Workers(1, None, comparison.registry.files, job_limit_s=2.0) as pool:
        journal = run(comparison, pool, tmp_path / "hanging")
    assert (tmp_path / "hung").exists()
    assert digests(journal) == calm


def test_a_resource_places_and_limits_the_workers(desk, comparison, run_here, digests, tmp_path):
    with Workers(0, desk.address, comparison.registry.files, resource="desk") as pool:
        journal = run(comparison, pool, tmp_path / "desk")
        # Of four CPUs one has the desk, and holds it.
        assert len(pool.actors) == 1
        assert ray.cluster_resources()["desk"] == 1
        assert not ray.available_resources().get("desk")
    assert digests(journal) == digests(run_here(comparison, tmp_path / "calm"))


@pytest.mark.parametrize(
    ("has", "most"), [({"CPU": 2.0, "desk": 5.0}, 2), ({"CPU": 4.0, "desk": 1.0}, 1), ({}, 0)]
)
def test_a_run_grows_by_what_has_both_a_cpu_and_the_resource(monkeypatch, has, most):
    monkeypatch.setattr(ray, "cluster_resources", lambda: has)
    assert workers.Cluster(0, "head:1", "desk").most() == most
    assert workers.Cluster(2, "head:1", "desk").most is None


def test_a_resource_that_nobody_has(desk, refused):
    with (
        refused("--resource piano", "ray start --resources"),
        Workers(0, desk.address, (), resource="piano"),
    ):
        pass
    assert not ray.is_initialized()
    with refused("--address"):
        Workers(0, None, (), resource="piano")


def test_other_code_on_a_node_is_refused(comparison, monkeypatch, refused, tmp_path):
    here = code.code_here(())
    other = code.Code({**here.parts, "ga-synth": "0.0.1 (other)"}, here.sources)
    monkeypatch.setattr("harness.run.workers.code_here", lambda _: other)
    with (
        refused("a worker on", "has ga-synth", "0.0.1 (other)", "install the same"),
        Workers(1, None, ()) as pool,
    ):
        run(comparison, pool, tmp_path)
