"""Banks: what they hold, what they find, and what damages them."""

import numpy as np
import pytest

from common.errors import InputError
from harness.plan.choice import Choice
from harness.plan.experiment import BankPlan
from harness.plan.registry import Registry
from harness.train import bank as module
from harness.train.bank import Bank, Part, described, drawn
from harness.train.bank_maker import Describer
from harness.train.example_synth import example_synth
from synth.subtractive.parameters import SPACE
from synth.subtractive.voice import Subtractive

PLAN = BankPlan(size=300, seconds=0.5, sample_rate=16_000)
CHOICE = Choice.model_validate("subtractive")


@pytest.fixture
def synth():
    return example_synth(CHOICE, SPACE, Registry(()))


@pytest.fixture
def bank(tmp_path, synth, monkeypatch):
    monkeypatch.setattr(module, "PART", 128)
    made = Bank(tmp_path, PLAN, synth)
    describer = Describer(PLAN, CHOICE, ())
    for number in made.parts:
        made.add(number, *describer.work(number))
    made.finish()
    return made


def test_it_holds_what_its_plan_says(bank):
    assert bank.complete
    assert {path.name for path in bank.path.iterdir()} == {
        "bank.json", "features.npy", "genomes.npy", "peaks.npy", "sums.json", "times.json",
    }  # fmt: skip
    genomes = np.load(bank.path / "genomes.npy")
    wanted = np.concatenate([drawn(PLAN, number, SPACE) for number in bank.parts])
    assert (genomes == wanted.astype(np.float32)).all()
    assert len(np.unique(genomes, axis=0)) == PLAN.size


def test_what_it_cost_is_kept(bank):
    record = bank.record()
    assert (record["renders"], record["synth"]) == (300, "subtractive")
    assert record["plan"] == PLAN.model_dump()
    assert 0 < record["cpu_s"] < 60
    assert record["bytes"] == sum(file.stat().st_size for file in bank.path.glob("*.npy"))
    (bank.path / "times.json").unlink()
    assert bank.record()["cpu_s"] is None


@pytest.mark.parametrize("rate", [16_000, 44_100])
def test_the_nearest_of_a_sound_of_its_own_is_that_genome(bank, rate):
    genomes = np.load(bank.path / "genomes.npy").astype(np.float64)
    peaks = np.load(bank.path / "peaks.npy")
    for chosen in np.flatnonzero(peaks > -20)[::20]:
        sound = Subtractive(rate, rate // 2).render(genomes[chosen][None])[0]
        found = bank.nearest(0.25 * sound, rate)
        level = SPACE.index("level")
        others = np.arange(len(SPACE)) != level
        np.testing.assert_allclose(found[0, others], genomes[chosen, others], atol=1e-6)
        if rate != PLAN.sample_rate:
            # What the bank's rate cannot hold is missing from the level.
            continue
        # As loud as the sound, not as the bank's, as far as the level goes.
        wanted = max(0.25 * SPACE.to_values(genomes)[chosen, level], SPACE[level].low)
        assert SPACE.to_values(found)[0, level] == pytest.approx(wanted, rel=1e-3)


def test_a_short_sound_is_compared_with_beginnings_only(bank):
    genomes = np.load(bank.path / "genomes.npy").astype(np.float64)
    loud = np.flatnonzero(np.load(bank.path / "peaks.npy") > -10)[0]
    whole = Subtractive(16_000, 8_000).render(genomes[loud][None])[0]
    found = bank.nearest(whole[:6_000], 16_000)[:10]
    others = np.arange(len(SPACE)) != SPACE.index("level")
    assert np.abs(found[:, others] - genomes[loud, others]).max(axis=1).min() < 1e-6
    assert len(bank.nearest(np.tile(whole, 20), 16_000)) > 0


def test_silence_has_no_neighbours(bank):
    assert bank.nearest(np.zeros(8_000, np.float32), 16_000).shape == (0, len(SPACE))


def test_features_do_not_depend_on_the_level():
    sounds = np.random.default_rng(1).normal(0, 0.1, (2, PLAN.samples)).astype(np.float32)
    one, peaks = described(PLAN, sounds)
    other, louder = described(PLAN, 4 * sounds)
    np.testing.assert_allclose(one, other, atol=0.1)
    np.testing.assert_allclose(louder - peaks, 20 * np.log10(4), atol=1e-3)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: (path / "genomes.npy").unlink(), "is damaged"),
        (lambda path: (path / "peaks.npy").write_bytes(b"no array"), "is damaged"),
        (lambda path: (path / "peaks.npy").write_bytes(b""), "is damaged"),
        (lambda path: (path / "bank.json").write_text("{"), "is damaged"),
        (lambda path: np.save(path / "features.npy", np.zeros((3, 2, 2))), "is damaged"),
        (lambda path: np.save(path / "genomes.npy", np.zeros((300, 2))), "is damaged"),
    ],
)
def test_a_damaged_bank_is_refused_by_name(bank, spoil, words):
    spoil(bank.path)
    with pytest.raises(InputError, match=words) as refused:
        bank.nearest(np.ones(100, np.float32), 16_000)
    with pytest.raises(InputError, match=words):
        bank.check()
    assert str(bank.path) in str(refused.value)


def test_another_plan_or_synth_is_another_bank(tmp_path, synth):
    one = Bank(tmp_path, PLAN, synth).path
    assert one == Bank(tmp_path, PLAN, synth).path
    assert one != Bank(tmp_path, PLAN.model_copy(update={"seed": 1}), synth).path
    changed = example_synth(CHOICE, SPACE, Registry(()))
    object.__setattr__(changed, "version", "another")
    assert one != Bank(tmp_path, PLAN, changed).path


def test_a_part_is_written_as_it_is(tmp_path, synth):
    bank = Bank(tmp_path, PLAN, synth)
    assert not bank.has(0)
    bank.add(
        0, Part(np.zeros((1, 2), np.float32), np.zeros((1, 1, 1), np.float16), np.zeros(1)), 0.5
    )
    assert bank.has(0)
    assert not bank.complete
