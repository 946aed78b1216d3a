import numpy as np
import pytest

from fitness.base import Fitness
from fitness.pitch import Pitch
from fitness.waveform import Waveform
from fitness.weighted import Weighted

RATE = 44_100
T = np.arange(RATE // 5) / RATE
TARGET, OTHER = np.sin(2 * np.pi * 220 * T), 0.5 * np.sin(2 * np.pi * 330 * T)
SILENCE = 0 * T


def weighted(**parts):
    return Weighted(TARGET, RATE, parts=parts)


def test_silence_scores_the_sum_of_the_weights():
    assert weighted(pitch=1, loudness=0.5, mfcc=2)([SILENCE])[0] == pytest.approx(3.5)


def test_is_the_sum_of_the_parts_as_shares_of_silence():
    pitch, waveform = Pitch(TARGET, RATE), Waveform(TARGET, RATE)
    wanted = 2 * pitch([OTHER]) / pitch([SILENCE]) + 3 * waveform([OTHER])
    assert weighted(pitch=2, waveform=3)([OTHER]) == pytest.approx(wanted)


@pytest.mark.parametrize("parts", [{"mfcc": 2, "waveform": 3}, {"pitch": 2, "waveform": 3}])
def test_its_parts_have_the_names_and_the_order_of_the_experiment(parts):
    fitness = weighted(**parts)
    assert fitness.part_names == tuple(parts)
    found = fitness.parts_of([OTHER, SILENCE, TARGET])
    assert found[:, 1:] == pytest.approx(np.array([[2.0, 0.0], [3.0, 0.0]]))
    assert np.array_equal(found.sum(axis=0), fitness([OTHER, SILENCE, TARGET]))
    assert Waveform(TARGET, RATE).part_names == ("",)


def test_a_part_that_silence_satisfies_is_taken_as_it_is():
    noise = np.random.default_rng(1).standard_normal(T.size)
    unpitched = Weighted(noise, RATE, parts={"pitch": 1.0})
    assert unpitched([SILENCE, TARGET]) == pytest.approx([0.0, 1200.0])


def test_finds_plug_ins(monkeypatch):
    class Constant(Fitness):
        def distance(self, sound):
            return 7.0

    class Entry:
        name = "constant"

        def load(self):
            return Constant

    monkeypatch.setattr("fitness.weighted.entry_points", lambda group: [Entry()])
    assert weighted(constant=2)([OTHER]).tolist() == [2.0]


def test_its_parts_may_come_from_elsewhere():
    class Halves(Fitness):
        def distance(self, sound):
            return 0.5

    known = Weighted.among({"halves": Halves}.__getitem__, ["halves", "weighted"])
    assert known(TARGET, RATE, parts={"halves": 3})([OTHER]).tolist() == [3.0]
    assert known.__doc__ == Weighted.__doc__
    with pytest.raises(ValueError, match="allowed: halves"):
        known(TARGET, RATE, parts={"mfcc": 1})
    assert weighted(mfcc=1)([OTHER])[0] > 0


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({}, "no parts"),
        ({"ptich": 1}, "'ptich'.*'pitch'"),
        ({"zzz": 1}, "allowed: .*waveform"),
        ({"weighted": 1}, "weighted"),
        ({"pitch": 0}, "'pitch': 0; allowed"),
        ({"pitch": -1.0}, "-1.0"),
        ({"pitch": float("nan")}, "nan"),
        ({"pitch": float("inf")}, "inf"),
        ({"pitch": "much"}, "'much'"),
    ],
)
def test_bad_parts_are_named_in_one_line(parts, message):
    with pytest.raises(ValueError, match=message) as error:
        weighted(**parts)
    assert "\n" not in str(error.value)
