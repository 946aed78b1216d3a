"""What searches have found besides their best sound: which of it is rendered, and what is kept."""

import json

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from harness.plan.trials import trials_of
from harness.record.collections import COLLECTIONS
from harness.record.damage import clear_damaged, damage_of
from harness.record.packing import unpack
from harness.run.collecting import spread_out
from harness.run.evaluator import Evaluator
from harness.run.jobs import JudgeJob, Outcome
from harness.run.judging import Judging
from harness.run.problem import problem_of
from simd import LANES

PARTS = {"spectrogram": 1.0, "loudness": 0.5}


def searching(strategy, search):
    return {"name": strategy, "label": f"{strategy}_{search}", "search": search}


@pytest.fixture(scope="module")
def collecting(small):
    """Fronts and archives, end-to-end, on islands and in a society, and a search without any."""
    strategies = [
        searching("end_to_end", "nsga2"),
        searching("end_to_end", "map_elites"),
        {**searching("islands", "map_elites"), "islands": 2, "migrants": 0},
        searching("society", "map_elites"),
        "end_to_end",
    ]
    fitness = [{"name": "weighted", "parts": PARTS}]
    return small(strategies=strategies, fitness=fitness, budget=150, seeds=2, listens=0)


@pytest.fixture(scope="module")
def journal(collecting, run_here, tmp_path_factory):
    return run_here(collecting, tmp_path_factory.mktemp("collecting"))


@pytest.fixture
def folder_of(collecting, journal):
    def find(strategy, seed=0):
        (name,) = [
            trial.name
            for trial in trials_of(collecting)
            if (trial.strategy, trial.seed) == (strategy, seed)
        ]
        return journal.folder(name)

    return find


def read(folder):
    return folder.read(COLLECTIONS)["collections"]


def test_a_front_has_the_parts_of_the_distance_and_is_beaten_by_nothing(folder_of):
    (front,) = read(folder_of("end_to_end_nsga2"))
    assert (front["agent"], front["kind"], front["names"]) == ("all", "front", list(PARTS))
    values, distances = np.array(front["values"]), np.array(front["distances"])
    assert values.sum(axis=1) == pytest.approx(distances)
    assert (np.diff(distances) >= 0).all()
    for row in values:
        assert not ((values <= row).all(axis=1) & (values < row).any(axis=1)).any()


def test_an_archive_is_that_of_the_checkpoint_with_measures(folder_of):
    folder = folder_of("end_to_end_map_elites")
    (archive,) = read(folder)
    assert (archive["kind"], archive["names"]) == ("archive", ["brightness", "lateness"])
    state = unpack((folder.path / "checkpoint.zip").read_bytes())["state"]
    search = state["agents"][0]["search"]
    assert archive["values"] == search["measures"].tolist()
    assert archive["distances"] == search["distances"].tolist()
    assert archive["distances"][0] == folder.judgement()["best"]


def test_what_is_heard_is_the_sound_of_its_genes(collecting, folder_of):
    folder = folder_of("end_to_end_map_elites")
    (archive,) = read(folder)
    evaluator = Evaluator(problem_of(collecting, next(iter(collecting.targets))))
    assert 1 < len(archive["heard"]) <= LANES
    assert archive["heard"][0]["at"] == 0
    for one in archive["heard"]:
        sound, rate = soundfile.read(folder.path / one["sound"], dtype="float32")
        (wanted,) = evaluator.render(np.array([one["genes"]]))
        peak = max(1.0, np.abs(wanted).max())
        assert rate == 8000
        assert sound == pytest.approx(wanted / peak, abs=1e-6)
        found = evaluator.evaluate(np.array([one["genes"]]), ["weighted"])["weighted"]
        assert found[0] == archive["distances"][one["at"]]


def test_every_island_has_its_own_and_sounds_are_numbered_on(folder_of):
    records = read(folder_of("islands_map_elites"))
    assert [record["agent"] for record in records] == ["island_1", "island_2"]
    names = [one["sound"] for record in records for one in record["heard"]]
    assert names == [f"collections.{number:02}.flac" for number in range(1, len(names) + 1)]


@pytest.mark.parametrize(
    ("strategy", "seed"), [("society_map_elites", 0), ("end_to_end", 0), ("end_to_end_nsga2", 1)]
)
def test_societies_other_searches_and_further_seeds_have_none(folder_of, strategy, seed):
    assert not list(folder_of(strategy, seed).path.glob("collections*"))


def test_a_damaged_sound_is_found_and_done_again_with_the_same_bytes(
    collecting, journal, folder_of, run_here, digests
):
    before, folder = digests(journal), folder_of("end_to_end_nsga2")
    (folder.path / read(folder)[0]["heard"][0]["sound"]).write_bytes(b"fLaC")
    assert "collections.01.flac" in damage_of(folder)
    clear_damaged(journal, [folder.path.name])
    assert digests(run_here(collecting, journal.path.parent)) == before


def test_records_are_plain(folder_of):
    text = (folder_of("end_to_end_nsga2").path / COLLECTIONS).read_text(encoding="utf-8")
    assert "NaN" not in text
    assert json.loads(json.dumps(read(folder_of("end_to_end_nsga2"))))


@settings(max_examples=60, deadline=None)
@given(
    values=arrays.arrays(np.float64, st.tuples(st.integers(1, 30), st.integers(1, 3)),
                         elements=st.floats(-1, 1, width=16)),
    count=st.integers(1, 20),
)  # fmt: skip
def test_rows_are_chosen_from_the_closest_outwards(values, count):
    chosen = spread_out(values, count)
    assert chosen[0] == 0
    assert (np.diff(chosen) > 0).all()
    assert len(chosen) <= min(count, len(values))
    if len(np.unique(values, axis=0)) >= count:
        assert len(chosen) == count
        assert len(np.unique(values[chosen], axis=0)) == count


def test_two_ends_are_chosen_before_the_middle_and_every_column_counts_by_its_range():
    values = np.array([[0.0, 0.0], [0.5, 500.0], [0.1, 0.0], [1.0, 1000.0]])
    assert spread_out(values, 2).tolist() == [0, 3]
    assert spread_out(values, 3).tolist() == [0, 1, 3]


def test_after_a_death_collections_are_asked_for_alone_and_then_given_up():
    job = JudgeJob(np.zeros(3), collectors=(object(),))
    judging = Judging(["a", "b"], job)
    one, other, shown = judging.after_death(job)
    assert [one.labels, other.labels, shown.labels] == [("a",), ("b",), ()]
    assert shown.collectors == job.collectors
    for asked in (one, other):
        (label,) = asked.labels
        judging.take(asked, Outcome({label: np.ones(1)}, sound=np.zeros(4, np.float32)))
    assert not judging.complete
    assert judging.after_death(shown) == []
    assert judging.complete
    assert judging.collections == []
    assert judging.plain()["distances"] == {"a": 1.0, "b": 1.0}
    assert "again" not in judging.plain()


def test_collections_alone_judge_nothing():
    job = JudgeJob(np.zeros(3), collectors=(object(),))
    judging = Judging(["a"], job)
    alone, shown = judging.after_death(job)
    judging.take(shown, Outcome(sound=np.zeros(4, np.float32)))
    assert judging.after_death(alone) == []
    assert judging.complete
    assert judging.sound is None


def test_without_collectors_nothing_is_waited_for():
    job = JudgeJob(np.zeros(3))
    judging = Judging(["a"], job)
    assert len(judging.after_death(job)) == 1
    judging.take(job, Outcome({"a": np.ones(1)}))
    assert judging.complete
