"""What networks and banks save, by hand, and how often chance alone would seem to save anything."""

import numpy as np
import pytest

from harness.answer.load import load_results
from harness.answer.measures.payoff import payoffs, saving
from harness.answer.measures.starts import Beforehand
from harness.answer.output.dataframes import tables
from harness.answer.output.html.page import write_report
from harness.answer.output.html.tables import tables_of
from harness.answer.output.terminal import renderables
from harness.answer.questions.evaluate import answer
from harness.record.sealed import write_record

ABOUT = {
    "key": "abc",
    "plan": {"name": "cnn", "objective": {"name": "knobs"}},
    "weights": 10,
    "examples": 900,
    "renders": 900.0,
    "cpu_s": 12.0,
    "test": {
        "one_render_share": 0.9, "best_of_16_share": 0.8, "parameter_error": 0.2,
        "coverage_90": 0.91,
    },
}  # fmt: skip
NAMES = ("plain", "mine:seeded", "plugin:alone", "random")
KINDS = {"seeded": {"baseline": "plain"}, "alone": {"control": True}}
# The baseline ends at 0.5 after 80 of 100 renders.
PLAIN = [(10, 1.0), (80, 0.5)]


def trials(seeded, targets="tu", seeds=3, fitness=("f",)):
    """A baseline, a strategy that starts from a network, a network alone and random search."""
    own = {"plain": PLAIN, "seeded": seeded, "alone": [(1, 0.8)], "random": [(10, 1.0)]}
    return [
        {"strategy": strategy, "seed": seed, "target": target, "steps": steps, "fitness": f}
        | ({"network": "abc"} if strategy in ("seeded", "alone") else {})
        for strategy, steps in own.items()
        for target in targets
        for seed in range(seeds)
        for f in fitness
    ]


@pytest.fixture
def results(written):
    """Results in which the strategies' names reveal nothing of what they are."""

    def load(seeded=((10, 0.9), (20, 0.4)), kinds=KINDS, about=ABOUT, **shape):
        fitness = shape.get("fitness", ("f",))
        made = trials(list(seeded), **shape)
        journal = written(made, strategies=NAMES, kinds=kinds, fitness=fitness)
        write_record(journal.path / "networks.json", {"net": about})
        return load_results(journal)

    return load


def test_both_clocks_stop_at_the_goal(results):
    """The seeded strategy gets there after 20 renders, the baseline after 80, not 100."""
    (found,) = payoffs(results())
    assert (found.strategy, found.baseline) == ("seeded", "plain")
    assert found.source == Beforehand("network", "net", 900, 12)
    assert (found.never, found.n) == (0, 6)
    assert found.renders == (20, 20, 20)
    assert found.baseline_renders == (80, 80, 80)
    saved = found.saved_renders
    assert (saved.median, saved.low, saved.high, saved.shown) == (60, 60, 60, True)
    # 900 renders of training, 60 saved per target.
    assert saved.targets == (15, 15, 15)
    # 2 CPU seconds per 100 renders: 1.2 saved per target, 12 spent on training.
    assert found.saved_cpu.median == pytest.approx(1.2)
    assert found.saved_cpu.targets == (10, 10, 10)
    for word in ("seeded", "plain", "net", "15 [15, 15]", "10 [10, 10]", "n = 6 pairs"):
        assert word in found.sentence


def test_the_same_trials_under_two_names_do_not_pay(results):
    (found,) = payoffs(results(PLAIN))
    assert found.never == 0
    assert (found.saved_renders.median, found.saved_renders.high) == (0, 0)
    assert found.saved_renders.targets is None
    assert found.saved_cpu.targets is None
    assert "not shown to pay" in found.sentence


def test_a_strategy_that_never_gets_there_pays_nothing(results):
    """It stalls at once, which must not look cheap."""
    (found,) = payoffs(results([(5, 0.6)]))
    assert found.never == 1
    assert found.renders[0] == np.inf
    assert found.saved_renders.median == -np.inf
    assert found.saved_renders.targets is None
    assert "100%" in found.sentence


def test_fitness_functions_of_one_target_and_seed_are_one_pair(results):
    (found,) = payoffs(results(fitness=("f", "g")))
    assert (found.n, found.saved_renders.median) == (6, 60)


def test_too_few_pairs_do_not_pay(results):
    """Four pairs, each saving as much: an interval alone would be a point above 0."""
    (found,) = payoffs(results(seeds=2))
    assert found.saved_renders.low == 60
    assert not found.saved_renders.shown


@pytest.mark.parametrize("targets", [1, 3])
@pytest.mark.parametrize("kind", ["both reach it", "half never do", "skewed"])
def test_exchangeable_run_lengths_rarely_pay(kind, targets):
    """A/A comparisons: at most 5% may seem to save anything."""
    random = np.random.default_rng(targets)
    strata = np.repeat(np.arange(targets), 12 // targets)
    shown = 0
    for _ in range(200):
        shape = (2, len(strata))
        if kind == "skewed":
            one, other = random.lognormal(5, 1.5, shape)
        else:
            one, other = random.uniform(100, 1000, shape)
        saved = one - other
        if kind == "half never do":
            # Whether the second ends closer is a coin toss; if it does, it is there sooner.
            saved = np.where(random.random(len(strata)) < 0.5, one - 0.7 * other, -np.inf)
        shown += saving(saved, strata, 1000.0).shown
    assert shown <= 0.05 * 200


def test_a_planted_saving_pays_after_a_known_number_of_targets():
    random = np.random.default_rng(3)
    strata = np.repeat(np.arange(4), 6)
    shown = 0
    for _ in range(50):
        found = saving(300 + random.normal(0, 200, len(strata)), strata, 3000.0)
        shown += found.shown
        if found.shown:
            count, fewest, most = found.targets
            assert fewest <= count <= most
    assert shown >= 47
    exact = saving(300 + np.linspace(-1, 1, 24), strata, 3000.0)
    assert exact.targets[0] in (10, 11)


def test_what_is_no_pair_of_seeded_and_baseline_has_no_payoff(results):
    assert payoffs(results(kinds={})) == []
    assert payoffs(results(kinds={"seeded": {"baseline": "not run"}})) == []
    assert payoffs(results(about={**ABOUT, "key": "another"})) == []


def test_it_is_shown_everywhere(results):
    answers = answer(results())
    (found,) = answers.payoffs
    lines = [getattr(line, "text", "") for line in renderables(answers)]
    assert found.sentence in lines
    shown = {table.title: table.rows for table in tables_of(answers)}
    ((label, cells),) = shown["Started from a network or a bank"]
    assert label == "seeded"
    assert cells == [
        "plain", "net", "20 [20, 20]", "80 [80, 80]", "0%", "60 [60, 60]", "1.20 [1.20, 1.20]",
        "15 [15, 15]", "10 [10, 10]",
    ]  # fmt: skip
    assert [row for row, _ in shown["Networks"]] == ["net"]
    page = write_report(results(), answers).read_text()
    assert found.sentence in page
    (row,) = tables(results(), answers)["payoffs"].to_dict("records")
    assert (row["saved_renders"], row["targets_by_renders"], row["never"]) == (60, 15, 0)


PLAN = {"size": 300, "seconds": 1.0, "sample_rate": 32_000, "seed": 0}
BANK = {"folder": "synth-0123", "plan": PLAN, "renders": 300, "cpu_s": 6.0, "bytes": 1}
STARTS = {
    "plain": {"start": "uniform"},
    "worse": {"start": "uniform"},
    "informed": {"start": "informed", "baseline": "plain"},
    "alone": {"start": "bank"},
}


@pytest.fixture
def banked(written):
    """Results in which two strategies start from a bank; ``alone`` has no twin without it."""

    def load(record=BANK, kinds=STARTS):
        own = {
            "plain": PLAIN, "worse": [(10, 1.0), (80, 0.7)], "informed": [(10, 0.9), (20, 0.4)],
            "alone": [(5, 0.4)], "random": [(10, 1.0)],
        }  # fmt: skip
        made = [
            {"strategy": strategy, "seed": seed, "target": target, "steps": steps}
            | ({"bank": PLAN} if strategy in ("informed", "alone") else {})
            for strategy, steps in own.items()
            for target in "tu"
            for seed in range(4)
        ]
        journal = written(made, strategies=[f"any:{name}" for name in own], kinds=kinds)
        if record is not None:
            write_record(journal.path / "bank.json", record)
        return load_results(journal)

    return load


def test_a_bank_pays_after_as_many_targets_as_it_cost(banked):
    informed, alone = payoffs(banked())
    bank = Beforehand("bank", "synth-0123", 300, 6.0)
    assert (informed.source, informed.baseline) == (bank, "plain")
    assert (informed.saved_renders.median, informed.saved_renders.targets[0]) == (60, 5)
    # 2 CPU seconds for 100 renders.
    assert informed.saved_cpu.targets[0] == 5
    # No twin without the bank: the closest from uniform genomes stands in.
    assert (alone.source, alone.baseline) == (bank, "plain")
    assert alone.saved_renders.targets[0] == 4


def test_only_the_bank_that_the_trials_started_from_counts(banked):
    assert payoffs(banked(record=None)) == []
    assert payoffs(banked(record={**BANK, "plan": {**PLAN, "size": 301}})) == []
    # A journal that does not say where its strategies started.
    assert [found.baseline for found in payoffs(banked(kinds={}))] == ["plain", "plain"]


def test_a_cost_that_was_not_measured_is_not_guessed(banked):
    informed, _ = payoffs(banked(record={**BANK, "cpu_s": None}))
    assert informed.saved_cpu.shown
    assert informed.saved_cpu.targets is None
    assert informed.saved_renders.targets[0] == 5
    assert "CPU" not in informed.sentence


def test_where_each_started_and_what_the_bank_cost_is_shown(banked):
    results = banked()
    answers = answer(results)
    lines = [getattr(line, "text", "") for line in renderables(answers)]
    for found in answers.payoffs:
        assert found.sentence in lines
    (said,) = [line for line in lines if "300 renders" in line]
    page = write_report(results, answers).read_text()
    for part in ("informed and alone", "300 renders", "6 CPU s"):
        assert part in said
    assert said.strip() in page
    (cost,) = [table for table in tables_of(answers) if table.title == "Cost"]
    assert cost.columns[1:3] == ["start", "made beforehand"]
    cells = {name: cells[:2] for name, cells in cost.rows}
    assert cells["informed"] == ["informed", "300 renders, 6 CPU s"]
    assert cells["plain"] == ["uniform", ""]
    found = tables(results, answers)
    starts = found["starts"].set_index("strategy")
    assert starts.loc["alone"].tolist() == ["bank", "bank", "synth-0123", 300, 6.0]
    assert starts["kind"].isna().sum() == 3
    assert found["payoffs"]["kind"].tolist() == ["bank", "bank"]


def test_a_plugin_can_be_a_control(results):
    speed = answer(results()).answers[0]
    assert {"alone", "random"}.isdisjoint(
        name for pair in speed.pairs for name in (pair.one, pair.other)
    )
    assert {pair.other for pair in speed.control_pairs} == {"alone", "random"}
    assert len(speed.control_sentences) == 2
