"""The closest sound to a target: whether the judges prefer another, and whether it is in tune."""

from math import isnan

import numpy as np
import pytest

from harness.answer.load import load_results
from harness.answer.measures.best_matches import off_pitch, summaries
from harness.answer.output.dataframes import tables
from harness.answer.output.html.page import write_report
from harness.answer.questions.evaluate import answer
from synth.sound import flac_bytes

RATE = 8000
# What the hand-made journals call a target.
F0 = 0.5 * RATE / (2 * np.pi)
JUDGES = ("one", "two", "three")


def tone(cents=0.0):
    return flac_bytes(0.5 * np.sin(np.arange(800) * 0.5 * 2 ** (cents / 1200)), RATE)


def noise():
    return flac_bytes(np.random.default_rng(1).normal(0, 0.1, 800), RATE)


@pytest.fixture
def answers(written):
    """Answers in which ``winner`` is closest by the fitness."""

    def of(winner=(0.5, 0.5, 0.5), other=(0.7, 0.7, 0.7), sound=None):
        ends = {"winner": (0.2, winner), "other": (0.3, other), "random": (1.0, (1, 1, 1))}
        made = [
            {
                "strategy": strategy, "seed": seed, "steps": [(5, end + 0.01 * seed)],
                "judged": dict(zip(JUDGES, judged, strict=True)),
                **({"sound": sound} if sound and strategy == "winner" else {}),
            }
            for strategy, (end, judged) in ends.items()
            for seed in (1, 0)
        ]  # fmt: skip
        return answer(load_results(written(made, strategies=list(ends), judges=JUDGES)))

    return of


def test_the_closest_by_the_fitness_that_most_judges_like_is_not_flagged(answers):
    (found,) = answers(other=(0.4, 0.7, 0.7)).best_matches
    assert (found.target, found.fitness, found.strategy, found.seed) == ("t", "f", "winner", 0)
    assert (found.preferred, found.against, found.judges) == ("other", ("one",), 3)
    assert not found.disputed
    assert found.f0 == pytest.approx(F0, rel=1e-3)
    assert abs(found.cents) < 5
    assert found.flags == []


def test_another_strategy_that_most_judges_prefer_is_named(answers):
    (found,) = answers(other=(0.4, 0.7, 0.4)).best_matches
    assert found.disputed
    (flag,) = found.flags
    for word in ("by f", "winner", "seed 0", "2 of 3", "other", "one and three"):
        assert word in flag
    (line,) = summaries([found], "f")
    assert "1 of 1 target" in line
    assert summaries([found], "another") == []


@pytest.mark.parametrize("cents", [-1200, 1200, 700, -80])
def test_a_pitch_that_is_far_off_is_flagged(answers, cents):
    (found,) = answers(sound=tone(cents)).best_matches
    assert found.cents == pytest.approx(cents, abs=10)
    assert found.out_of_tune
    (flag,) = found.flags
    assert off_pitch(found.cents) in flag
    (line,) = summaries([found], "f")
    assert f"t ({off_pitch(found.cents)})" in line


@pytest.mark.parametrize("sound", [noise(), tone(30)], ids=["no pitch", "30 cents"])
def test_without_two_clear_pitches_far_apart_there_is_no_flag(answers, sound):
    (found,) = answers(sound=sound).best_matches
    assert isnan(found.cents) or abs(found.cents) < 50
    assert found.flags == []


@pytest.mark.parametrize(
    ("cents", "said"),
    [
        (1200, "an octave too high"), (-1230, "an octave too low"), (2400, "2 octaves too high"),
        (-1300, "1,300 cents too low"), (51, "51 cents too high"),
    ],
)  # fmt: skip
def test_octaves_are_named(cents, said):
    assert off_pitch(cents) == said


def test_it_is_shown_and_can_be_heard(answers, undrawn):
    found = answers(other=(0.4, 0.4, 0.4), sound=tone(-1200))
    (match,) = found.best_matches
    disputed, off = match.flags
    assert all(line in found.caveats for line in summaries([match], "f"))
    page = write_report(found.results, found).read_text(encoding="utf-8")
    for part in (disputed, off, "winner, closest by f", "out of tune: an octave too low"):
        assert part in page
    (row,) = tables(found.results, found)["best_matches"].to_dict("records")
    assert (row["preferred"], row["against"], row["judges"]) == ("other", 3, 3)
    assert row["cents"] == match.cents
    assert row["out_of_tune"]
