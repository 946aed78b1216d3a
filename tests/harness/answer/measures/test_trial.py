import numpy as np
import pytest

from harness.answer.load import best_at, load_results, reference_labels
from harness.answer.measures.expected_runtime import run_times
from harness.answer.measures.trial import (
    LEVELS,
    measured,
    references,
    run_length,
    units,
)
from harness.answer.questions.catalogue import ON_THE_WAY

RANDOM = {"strategy": "random", "seed": 0, "steps": [(1, 3.0), (10, 2.0), (80, 1.0)]}


def one(**changes):
    return {"strategy": "end_to_end", "seed": 0, "steps": [(2, 1.5), (20, 0.5)], **changes}


@pytest.fixture
def made(written):
    """The results and the measures of trials."""

    def make(*trials, **keys):
        results = load_results(written(list(trials), **keys))
        return results, measured(results)

    return make


def row(table, strategy):
    found = table[table["strategy"] == strategy]
    assert len(found) == 1
    return found.iloc[0]


def test_best_at():
    steps = np.array([[1, 3.0], [4, 2.0], [9, 1.0]])
    assert best_at(steps, np.array([0, 1, 3, 4, 8, 9, 99])).tolist() == [
        np.inf, 3, 3, 2, 2, 1, 1,
    ]  # fmt: skip


def test_the_reference_is_what_random_ends_with_on_average(made):
    results, table = made(one(), RANDOM, {**RANDOM, "seed": 1, "steps": [(3, 2.0)]})
    assert references(results) == {("f", "t"): 1.5}
    assert set(table["reference"]) == {1.5}
    assert reference_labels(results) == ["random"]


def test_without_random_it_is_the_best_of_the_first_populations(made):
    results, _ = made(one(), one(strategy="society", steps=[(7, 2.5), (30, 0.1)]))
    assert references(results) == {("f", "t"): 2.0}


def test_run_length(made):
    results, _ = made(one())
    lengths = [run_length(results, "trial-0", d) for d in (2.0, 1.5, 1.0, 0.5, 0.4)]
    assert lengths == [2, 2, 20, 20, np.inf]


def test_speed_by_hand(made):
    """Reference 1: 1.5 is no level; 0.5 at render 20 reaches five levels of nine."""
    _, table = made(one(), RANDOM)
    reached = sum(level >= 0.5 for level in LEVELS)
    assert (reached, len(LEVELS)) == (5, 9)
    assert row(table, "end_to_end")["speed"] == pytest.approx(5 * 0.8 / 9)
    assert row(table, "random")["speed"] == pytest.approx(1 * 0.2 / 9)


@pytest.mark.parametrize(
    ("best", "closeness"),
    [(1.0, 0), (0.5, 1), (0.25, 2), (2.0, -1), (0.0, 20), (1e-30, 20), (2.0**-19, 19)],
)
def test_closeness_in_factors_of_two(made, best, closeness):
    _, table = made(one(steps=[(1, 9.0), (50, best)]), RANDOM)
    assert row(table, "end_to_end")["closeness"] == pytest.approx(closeness)
    assert row(table, "end_to_end")["judged"] == pytest.approx(closeness)
    assert row(table, "random")["closeness"] == 0


def test_a_reference_of_0(made):
    _, table = made(one(steps=[(5, 0.0)]), {**RANDOM, "steps": [(5, 0.0)]})
    assert set(table["closeness"]) == {0}
    assert row(table, "end_to_end")["speed"] == pytest.approx(0.95)


def test_judged_is_the_mean_over_the_judges(made):
    trial = one(judged={"a": 0.5, "b": 4.0})
    _, table = made(trial, {**RANDOM, "judged": {"a": 1.0, "b": 1.0}}, judges=("a", "b"))
    assert row(table, "end_to_end")["judged"] == pytest.approx((1 - 2) / 2)


def test_without_judges_there_is_no_judgement(made):
    results, table = made(one(), RANDOM, judges=())
    assert table["judged"].isna().all()
    assert units(table, "judged").empty
    assert results.judges == []


def test_a_judge_that_came_later_is_left_out(made):
    results, table = made(
        one(judged={"a": 0.5}), {**RANDOM, "judged": {"a": 1.0, "b": 1.0}}, judges=("a", "b")
    )
    assert (results.judges, results.late_judges) == (["a"], ["b"])
    assert row(table, "end_to_end")["judged"] == 1


def test_diversity_is_the_mean_over_the_budget(made):
    """Rounds of 10, 40 and 50 renders."""
    _, table = made(one(diversity=[0.4, 0.2, 0.1]), RANDOM)
    assert row(table, "end_to_end")["diversity"] == pytest.approx(0.04 + 0.08 + 0.05)


def test_where_random_failed_nothing_is_said(made):
    """No reference, no speed: a 0 would be a measurement."""
    results, table = made(
        one(), RANDOM, one(target="u"), {**RANDOM, "target": "u", "failure": "broken"}
    )
    lost = table[table["target"] == "u"].iloc[0]
    assert np.isnan([lost["reference"], lost["speed"], lost["closeness"], lost["judged"]]).all()
    assert units(table, "speed").index.to_list() == [("t", 0)]
    spent = run_times(results, table).renders["to the reference"]["end_to_end"]
    assert spent[0] == 20


def test_units_are_means_over_fitness_where_all_are_there(made):
    def both(strategy, seed, f, g):
        trial = {"strategy": strategy, "seed": seed}
        return [
            {**trial, "fitness": "f", "diversity": [f] * 3},
            {**trial, "fitness": "g", "diversity": [g] * 3, **({} if g else {"failure": "x"})},
        ]

    _, table = made(
        *both("end_to_end", 0, 0.2, 0.4), *both("society", 0, 0.4, 0.6),
        *both("end_to_end", 1, 0.1, 0.1), *both("society", 1, 0.3, 0.0),
        fitness=("f", "g"),
    )  # fmt: skip
    wide = units(table, "diversity")
    assert wide.index.to_list() == [("t", 0)]
    assert wide.loc[("t", 0)].to_dict() == pytest.approx({"end_to_end": 0.3, "society": 0.5})


def test_a_strategy_that_always_fails_leaves_the_others_comparable(made):
    trials = [one(), one(strategy="society"), RANDOM]
    _, table = made(
        *[{**t, "fitness": f} for t in trials for f in ("f", "g")
          if (t["strategy"], f) != ("society", "g")],
        fitness=("f", "g"),
    )  # fmt: skip
    assert list(units(table, "diversity").columns) == ["end_to_end", "random"]


def test_speed_in_cpu_seconds_is_a_share_of_the_costliest_of_the_cell(made):
    """Two seconds for 100 renders, but half as much for the society."""
    quick = one(strategy="society", cpu_s=1.0)
    _, table = made(one(), quick, RANDOM)
    slow, fast = row(table, "end_to_end"), row(table, "society")
    # Five of nine distances, from the reference down to half of it, at a fifth of the budget.
    assert slow["speed"] == slow["speed_cpu"] == pytest.approx(5 * 0.8 / len(LEVELS))
    assert fast["speed_cpu"] == pytest.approx(5 * 0.9 / len(LEVELS))


def test_stalled_is_what_was_left_after_the_last_improvement(made):
    _, table = made(one(steps=[(2, 1.5), (20, 0.5)]), RANDOM)
    assert row(table, "end_to_end")["stalled"] == pytest.approx(0.8)
    assert row(table, "random")["stalled"] == pytest.approx(0.2)


def test_who_leads_on_the_way_may_be_behind_at_the_end(made):
    """Half of the reference at a tenth of the budget, against a quarter of it at two thirds."""
    early = one(strategy="society", steps=[(2, 1.0), (8, 0.5)])
    late = one(steps=[(2, 1.0), (66, 0.25)])
    _, table = made(early, late, RANDOM)
    columns = [*(f"closeness_{percent}" for percent in ON_THE_WAY), "closeness"]
    assert row(table, "society")[columns].tolist() == [1.0, 1.0, 1.0, 1.0]
    assert row(table, "end_to_end")[columns].tolist() == [0.0, 0.0, 0.0, 2.0]
