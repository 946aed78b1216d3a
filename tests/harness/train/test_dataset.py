import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.record.files import read_json
from harness.train.dataset import Dataset, DatasetPlan, drawn, split_of
from harness.train.dataset_batches import Kept
from harness.train.duplicates import EAR, GENOMES, SILENT, Known
from networks.base import Hearing
from synth.subtractive.voice import Subtractive

PLAN = DatasetPlan(size=40, seed=3, sample_rate=8000, samples=2000, shard=16)


@pytest.fixture
def made(tmp_path, synth, space):
    """A whole dataset of noise, which nobody has sifted."""
    dataset = Dataset(tmp_path / "set")
    manifest = dataset.begin(PLAN, synth, space, "1")
    random = np.random.default_rng(0)
    for shard in range(PLAN.shards):
        numbers = PLAN.numbers(shard)
        genomes = drawn(PLAN, len(space), numbers, [0] * len(numbers))
        sounds = random.normal(size=(len(numbers), PLAN.samples)).astype(np.float32)
        dataset.add(manifest, genomes, sounds, {"silent": 1})
    return dataset


def test_what_is_written_is_read(made, space):
    manifest = made.whole()
    assert [len(shard["items"]) for shard in manifest["shards"]] == [16, 16, 8]
    assert manifest["replaced"] == {"silent": 3, "equal genomes": 0, "equal to the ear": 0}
    genomes, sounds = made.shard(manifest, 2)
    assert (genomes == drawn(PLAN, len(space), range(32, 40), [0] * 8)).all()
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
    with refused("shard-00001.zip", "is damaged"):
        made.split("train")


def test_a_shard_that_is_missing_is_named(made, refused):
    (made.path / "shard-00000.zip").unlink()
    with refused("shard-00000.zip", "no such file"):
        made.split("train")


def test_one_that_is_cut_short_says_how_much_there_is(tmp_path, made, synth, space, refused):
    cut = Dataset(tmp_path / "cut")
    manifest = cut.begin(PLAN, synth, space, "1")
    cut.add(manifest, *made.shard(made.manifest(), 0), {})
    with refused("has 16 of 40 items", "goes on"):
        cut.whole()


def test_none_there(tmp_path, refused):
    with refused("no manifest.json there", "ga-synth dataset"):
        Dataset(tmp_path).manifest()


def test_another_one_is_not_overwritten(made, synth, space, refused):
    before = read_json(made.path / "manifest.json")
    with refused("another one lies there", "plan differs"):
        made.begin(DatasetPlan(41, 3, 8000, 2000, 16), synth, space, "1")
    with refused("version differs"):
        made.begin(PLAN, synth, space, "2")
    assert read_json(made.path / "manifest.json") == before


def test_draws_follow_from_seed_number_and_attempt():
    one = drawn(PLAN, 4, [5, 6], [0, 0])
    assert (drawn(PLAN, 4, [6], [0]) == one[1]).all()
    assert not (drawn(PLAN, 4, [5, 6], [1, 0])[0] == one[0]).any()


def test_each_example_is_heard_once_an_epoch(made):
    hearing = Hearing(8000, 2000)
    source = Kept(made, "train", hearing, 8, 1, with_features=True)
    count = len(made.split("train")[0]) // 8
    first, second = (
        np.concatenate([source(e * count + i).genes for i in range(count)]) for e in (0, 1)
    )
    assert len(np.unique(first, axis=0)) == 8 * count
    assert not (first == second).all()
    assert (source(1).genes == source(1).genes).all()
    assert source(0).features.shape[0] == 8


def test_sounds_that_are_there_are_found_whatever_their_genes():
    synth = Subtractive(8000, 2000)
    random = np.random.default_rng(1)
    genomes = random.random((30, len(synth.space)))
    genomes[:, synth.space.index("onset")] = 0
    sounds = synth.render(genomes)
    loud = np.sqrt((sounds**2).mean(axis=1)) > 0.01
    genomes, sounds = genomes[loud][:12], sounds[loud][:12]
    known = Known(8000, 2000)
    new, why = known.sift(genomes, sounds)
    assert new.all()
    assert why == {SILENT: 0, GENOMES: 0, EAR: 0}
    # The same again; the same sound from other genes, a little louder; silence; and a new one.
    other = random.random((4, len(synth.space)))
    other[0] = genomes[3]
    louder = np.stack([sounds[3], sounds[5] * 1.02, 0 * sounds[5], sounds[6][::-1]])
    new, why = known.sift(other, louder.astype(np.float32))
    assert new.tolist() == [False, False, False, True]
    assert why == {SILENT: 1, GENOMES: 1, EAR: 1}


def test_of_two_alike_in_one_shard_the_first_stays():
    random = np.random.default_rng(2)
    sound = random.normal(size=2000).astype(np.float32) * 0.1
    new, why = Known(8000, 2000).sift(random.random((3, 4)), np.stack([sound, sound, -sound]))
    assert new.tolist() == [True, False, False]
    assert why[EAR] == 2
