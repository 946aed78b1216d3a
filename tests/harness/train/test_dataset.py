from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.record.sealed import read_record, write_record
from harness.train.dataset import (
    EQUAL_GENOMES,
    EQUAL_SOUND,
    SILENT,
    Dataset,
    DatasetPlan,
    draw_genomes,
    split_of,
)
from harness.train.dataset_batches import DatasetBatches
from harness.train.duplicate_filter import DuplicateFilter
from networks.base import AudioFormat
from networks.batches import BatchFormat
from networks.inputs import FEATURES, NOTHING
from synth.space import ParameterSpace
from synth.subtractive.voice import Subtractive

PLAN = DatasetPlan(size=40, seed=3, sample_rate=8000, samples=2000, shard=16)


@pytest.fixture
def made(tmp_path, synth, space):
    """A complete dataset of noise, not filtered."""
    dataset = Dataset(tmp_path / "set")
    manifest = dataset.begin(PLAN, synth)
    random = np.random.default_rng(0)
    for shard in range(PLAN.shards):
        numbers = PLAN.numbers(shard)
        genomes = draw_genomes(PLAN, len(space), numbers, [0] * len(numbers))
        sounds = random.normal(size=(len(numbers), PLAN.samples)).astype(np.float32)
        dataset.add(manifest, genomes, sounds, {"silent": 1})
    return dataset


def test_what_is_written_is_read(made, space):
    manifest = made.complete()
    assert [len(shard["items"]) for shard in manifest["shards"]] == [16, 16, 8]
    assert manifest["replaced"] == {SILENT: 3, EQUAL_GENOMES: 0, EQUAL_SOUND: 0}
    genomes, sounds = made.shard(manifest, 2)
    assert (genomes == draw_genomes(PLAN, len(space), range(32, 40), [0] * 8)).all()
    assert sounds.shape == (8, 2000)
    assert sounds.dtype == np.float32


def test_splits_share_nothing_and_are_all(made):
    parts = [made.split(name)[0] for name in ("train", "validation", "test")]
    assert sum(map(len, parts)) == 40
    assert len(np.unique(np.concatenate(parts), axis=0)) == 40
    assert len(parts[0]) > 20


@given(st.integers(0, 2**64 - 1))
def test_a_split_follows_from_the_hash(number):
    assert split_of(f"{number:016x}") == (["train"] * 8 + ["validation", "test"])[number % 10]


def test_a_flipped_byte_is_noticed(made, refused):
    path = made.path / "shard-00001.zip"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with refused("shard-00001.zip", "damaged"):
        made.split("train")


def test_a_shard_that_is_missing_is_named(made, refused):
    (made.path / "shard-00000.zip").unlink()
    with refused("shard-00000.zip", "no such file"):
        made.split("train")


def test_an_incomplete_one_is_refused_with_its_size(tmp_path, made, synth, refused):
    cut = Dataset(tmp_path / "cut")
    manifest = cut.begin(PLAN, synth)
    cut.add(manifest, *made.shard(made.manifest(), 0), {})
    with refused("16 of 40 items", "resume"):
        cut.complete()


def test_a_folder_without_a_dataset_is_refused(tmp_path, refused):
    with refused("no manifest.json", "ga-synth dataset"):
        Dataset(tmp_path).manifest()


def test_one_of_an_earlier_version_is_refused(tmp_path, refused):
    write_record(tmp_path / "manifest.json", {"plan": {}, "synth": {"name": "x"}, "shards": []})
    with refused("earlier version", "make it again"):
        Dataset(tmp_path).manifest()


def test_another_one_is_not_overwritten(made, synth, space, refused):
    before = read_record(made.path / "manifest.json")
    with refused("another dataset", "size", "40", "41"):
        made.begin(replace(PLAN, size=41), synth)
    with refused("another dataset", "version", "'2'"):
        made.begin(PLAN, replace(synth, version="2"))
    moved = ParameterSpace([replace(space[0], high=space[0].high + 1), *list(space)[1:]])
    with refused("another dataset", "high", repr(space[0].name)):
        made.begin(PLAN, replace(synth, space=moved))
    assert read_record(made.path / "manifest.json") == before


def test_an_empty_split_is_refused(tmp_path, synth, space, refused):
    plan = replace(PLAN, size=1)
    dataset = Dataset(tmp_path / "one")
    genomes = draw_genomes(plan, len(space), [0], [0])
    sounds = np.ones((1, PLAN.samples), np.float32)
    dataset.add(dataset.begin(plan, synth), genomes, sounds, {})
    wanted = BatchFormat(AudioFormat(8000, 2000), 8, NOTHING)
    empty = next(name for name in ("train", "test") if not len(dataset.split(name)[0]))
    with refused(str(dataset.path), empty, "larger"):
        DatasetBatches(dataset, empty, wanted, 1)


def test_draws_follow_from_seed_number_and_attempt():
    one = draw_genomes(PLAN, 4, [5, 6], [0, 0])
    assert (draw_genomes(PLAN, 4, [6], [0]) == one[1]).all()
    assert not (draw_genomes(PLAN, 4, [5, 6], [1, 0])[0] == one[0]).any()
    # NumPy takes [3, 0] and [3, 0, 0] for the same seed.
    shared = np.random.default_rng([PLAN.seed, 0]).random(4)
    assert not (draw_genomes(PLAN, 4, [0], [0])[0] == shared).any()


def test_each_example_is_used_once_per_epoch(made):
    wanted = BatchFormat(AudioFormat(8000, 2000), 8, FEATURES)
    source = DatasetBatches(made, "train", wanted, 1)
    count = len(made.split("train")[0]) // 8
    first, second = (
        np.concatenate([source(e * count + i).genes for i in range(count)]) for e in (0, 1)
    )
    assert len(np.unique(first, axis=0)) == 8 * count
    assert not (first == second).all()
    assert (source(1).genes == source(1).genes).all()
    assert source(0).computed.shape[0] == 8


def test_duplicates_are_found_whatever_their_genes():
    synth = Subtractive(8000, 2000)
    random = np.random.default_rng(1)
    genomes = random.random((30, len(synth.space)))
    genomes[:, synth.space.index("onset")] = 0
    sounds = synth.render(genomes)
    loud = np.sqrt((sounds**2).mean(axis=1)) > 0.01
    genomes, sounds = genomes[loud][:12], sounds[loud][:12]
    known = DuplicateFilter(8000, 2000)
    new, why = known.add_new(genomes, sounds)
    assert new.all()
    assert why == {SILENT: 0, EQUAL_GENOMES: 0, EQUAL_SOUND: 0}
    # The same again; the same sound from other genes, a little louder; silence; and a new one.
    other = random.random((4, len(synth.space)))
    other[0] = genomes[3]
    louder = np.stack([sounds[3], sounds[5] * 1.02, 0 * sounds[5], sounds[6][::-1]])
    new, why = known.add_new(other, louder.astype(np.float32))
    assert new.tolist() == [False, False, False, True]
    assert why == {SILENT: 1, EQUAL_GENOMES: 1, EQUAL_SOUND: 1}


def test_of_two_alike_in_one_shard_the_first_stays():
    random = np.random.default_rng(2)
    sound = random.normal(size=2000).astype(np.float32) * 0.1
    new, why = DuplicateFilter(8000, 2000).add_new(
        random.random((3, 4)), np.stack([sound, sound, -sound])
    )
    assert new.tolist() == [True, False, False]
    assert why[EQUAL_SOUND] == 2
