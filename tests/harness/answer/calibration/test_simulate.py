"""Calibration on journals in which it is known which strategies are alike."""

import json
import re

import numpy as np
import pytest

from harness.answer.calibration.sentences import plain, rows, sentences
from harness.answer.calibration.simulate import calibrate
from harness.answer.load import load_results
from harness.answer.output.plots.calibration import calibration_plot
from harness.answer.questions.evaluate import answer

TWICE = ("end_to_end", "end_to_end:again", "society", "random")


def noisy(strategies=("end_to_end", "again", "society", "random"), targets="tuv", seeds=8):
    """Trials that differ by chance only, but for the society, which is closer."""
    random = np.random.default_rng(7)
    trials = []
    for target in targets:
        for seed in range(seeds):
            for strategy in strategies:
                best = float(np.exp(random.normal(-1.2 if strategy == "society" else -0.7, 0.3)))
                at = int(random.integers(20, 90))
                diversity = [0.4, *random.uniform(0.1, 0.3, 2).tolist()]
                steps = [(5, 2.0), (at, 1.2 if strategy == "random" else best)]
                trials.append(
                    {
                        "strategy": strategy,
                        "target": target,
                        "seed": seed,
                        "steps": steps,
                        "diversity": diversity,
                    }
                )
    return trials


@pytest.fixture
def calibrated(written):
    """Calibrate on a journal of these trials."""

    def call(trials, strategies=TWICE, comparisons=4):
        return calibrate(answer(load_results(written(trials, strategies))), comparisons)

    return call


@pytest.fixture(scope="module")
def found(written_to, tmp_path_factory):
    """The calibration of five hundred comparisons, two of whose strategies are alike."""
    journal = written_to(tmp_path_factory.mktemp("noisy"), noisy(), TWICE)
    return calibrate(answer(load_results(journal)), 500)


@pytest.mark.slow
def test_alike_strategies_rarely_differ_and_planted_differences_are_found(found):
    assert {"speed", "diversity", "judged"} <= set(found.measures)
    judged = [f for f in found.false if f.measure == "judged"]
    assert [(f.way, len(f.strategies), f.n) for f in judged] == [
        ("shuffled", 3, 24), *[("pooled", 1, 24)] * 3,
    ]  # fmt: skip
    # A rate above 5% is explained by the number of simulated comparisons.
    assert all(f.rate.of == 500 for f in found.false)
    assert all(f.rate.low <= 0.05 for f in found.false)
    assert np.mean([f.rate.share for f in found.false]) < 0.05

    planted = [p for p in found.planted if p.measure == "judged"]
    assert [(p.one, p.other, p.times) for p in planted] == [
        (one, other, times)
        for one, other in (("end_to_end", "again"), ("again", "society"))
        for times in (0.5, 1.0, 2.0)
    ]
    shares = np.array([p.planted.found.share for p in planted]).reshape(2, 3)
    promised = np.array([p.planted.promised for p in planted]).reshape(2, 3)
    assert (shares[:, 0] < 0.5).all()
    assert shares[:, 1] == pytest.approx([0.8, 0.8], abs=0.15)
    assert (shares[:, 2] > 0.97).all()
    assert shares == pytest.approx(promised, abs=0.12)
    assert max(p.planted.wrong.share for p in planted) <= 0.01
    assert all(p.shift == pytest.approx(p.times * planted[1].shift) for p in planted[:3])


@pytest.mark.slow
def test_twins_and_how_the_result_is_written(found):
    assert {(p.one, p.other) for _, p in found.twins} <= {
        ("end_to_end", "again"),
        ("again", "end_to_end"),
    }
    assert [measure for measure, _ in found.twins] == found.measures
    decided = [measure for measure, pair in found.twins if pair.decided]
    assert decided == []
    assert f"{len(found.twins)} verdicts, 0 decided" in sentences(found)[-1]
    run = rows(found).query("kind == 'run'")
    assert run["finding"].isin(["undecided", "equivalent"]).all()

    text = json.dumps(plain(found), allow_nan=False)
    read = json.loads(text)
    assert (read["comparisons"], read["allowed"]) == (500, 0.05)
    kinds = [row["kind"] for row in read["rows"]]
    assert set(kinds) == {"shuffled", "pooled", "planted", "run"}
    assert len(kinds) == len(found.false) + len(found.planted) + len(found.twins)

    svg = calibration_plot(found)
    assert svg == calibration_plot(found)
    for part in ("False decisions", "Planted differences", "shuffled", "2 × the smallest"):
        assert part in svg
    assert set(found.measures) <= set(re.findall(r">([a-z_0-9]+)</text>", svg))


def test_twins_that_differ_are_named(calibrated):
    """One of two twins was helped."""
    trials = noisy(("end_to_end", "again", "random"))
    for trial in trials:
        if trial["strategy"] == "again":
            trial["steps"] = [(5, 2.0), (20, 0.1)]
    found = calibrated(trials, ("end_to_end", "end_to_end:again", "random"))
    assert any("judged: again ahead" in sentence for sentence in sentences(found))


def test_finding_of_a_rate():
    from harness.answer.calibration.simulate import FalseDecisions
    from harness.statistics.calibration import rate

    findings = {
        k: FalseDecisions("m", "shuffled", ("a", "b"), 9, rate(np.arange(1000) < k)).finding
        for k in (0, 36, 37, 64, 65, 1000)
    }
    assert findings == {
        0: "holds", 36: "holds", 37: "undecided", 64: "undecided", 65: "too many", 1000: "too many",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("trials", "strategies", "words"),
    [
        (noisy(seeds=1), TWICE, "3 pairs on 3 targets"),
        (noisy(targets="t", seeds=6), TWICE, "among 3 pairs"),
        (noisy(("society",)), ("society",), "fewer than two strategies"),
        (noisy(("random",)), ("random",), "fewer than two strategies"),
        (noisy(("end_to_end", "society")), ("end_to_end", "society"), "two labels"),
    ],
    ids=["one seed", "few pairs", "one strategy", "a control alone", "no twins"],
)
def test_what_cannot_be_tested_is_noted(calibrated, trials, strategies, words):
    found = calibrated(trials, strategies)
    assert any(words in note for note in found.notes), found.notes
    assert "<svg" in calibration_plot(found)
    json.dumps(plain(found), allow_nan=False)


def test_measures_that_do_not_vary_are_left_out(calibrated):
    """All stall at the same render, and keep the same diversity."""
    same = [{**t, "diversity": [0.4, 0.2, 0.1], "steps": [(5, 2.0), (40, t["steps"][1][1])]}
            for t in noisy()]  # fmt: skip
    found = calibrated(same)
    notes = " ".join(found.notes)
    assert re.search(r"diversity, .*stalled: never varies", notes)
    assert "stalled" not in found.measures
    assert "judged" in found.measures


def test_a_difference_that_does_not_vary_takes_no_shift(calibrated):
    """Two names that found the very same."""
    alike = [t for t in noisy() if t["strategy"] != "again"]
    alike += [{**t, "strategy": "again"} for t in alike if t["strategy"] == "end_to_end"]
    found = calibrated(alike)
    assert any("end_to_end and again" in n for n in found.notes)
    assert {p.verdict for _, p in found.twins if p.rope} == {"equivalent"}


@pytest.mark.slow
def test_searches_that_were_run_twice(planned, run_here, tmp_path):
    """The same genetic algorithm under two names, on six seeds of one target."""
    twice = [{"name": "end_to_end"}, {"name": "end_to_end", "label": "again"}]
    journal = run_here(
        planned(strategies=twice, fitness=["waveform"], seeds=6, judges=["loudness"]), tmp_path
    )
    results = load_results(journal)
    found = calibrate(answer(results), 20)
    pairs = dict(found.twins)
    # They share first genomes and nothing else: the trials differ, the verdict does not.
    assert pairs["speed"].n == 6
    ends = results.trials.pivot(index="seed", columns="strategy", values="best")
    assert (ends["end_to_end"] != ends["again"]).any()
    assert not any(pair.decided for pair in pairs.values())
