import pytest

from harness.answer.load import load_results
from harness.answer.measures.network_payoff import payoffs
from harness.answer.output.dataframes import tables
from harness.answer.output.html.page import write_report
from harness.answer.output.html.tables import tables_of
from harness.answer.output.terminal import renderables
from harness.answer.questions.evaluate import answer
from harness.record.files import read_json, write_json

ABOUT = {
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
NAMES = ("end_to_end", "seeded_end_to_end:seeded", "network:alone", "random")


def trials(reached, best=0.4):
    """End-to-end ends at 0.5 after 80 renders; the seeded one is there after ``reached``."""
    own = {
        "end_to_end": [(10, 1.0), (80, 0.5)],
        "seeded": [(10, 0.9), (reached, best)],
        "alone": [(1, 0.8)],
        "random": [(10, 1.0)],
    }
    return [
        {"strategy": strategy, "seed": seed, "target": target, "steps": steps}
        for strategy, steps in own.items()
        for target in ("t", "u")
        for seed in range(3)
    ]


@pytest.fixture
def results(written):
    def load(reached=20, best=0.4, network="net", plain=None):
        journal = written(trials(reached, best), strategies=NAMES)
        path = journal.path / "experiment.json"
        about = read_json(path)
        for choice in about["experiment"]["strategies"]:
            if choice["name"] in ("seeded_end_to_end", "network"):
                choice["options"] = {"network": network, "uniform": 0.2}
            elif choice["name"] == "end_to_end":
                choice["options"] = plain or {}
        write_json(path, about)
        write_json(journal.path / "networks.json", {"net": ABOUT})
        return load_results(journal)

    return load


def test_the_share_of_renders_and_what_it_saves(results):
    (found,) = payoffs(results())
    assert (found.strategy, found.other, found.network) == ("seeded", "end_to_end", "net")
    assert found.share == (0.2, 0.2, 0.2)
    assert (found.never, found.n) == (0, 6)
    # 80 of 100 renders saved a target, 900 spent on training.
    assert found.by_renders == 12
    # 1.6 of 2 CPU seconds saved, 12 spent.
    assert found.by_cpu == 8
    assert found.told == (
        "seeded came as close as end_to_end ends in 20% [20%, 20%] of the renders; in 0% of pairs "
        "it never did (n = 6 pairs); net has paid for its training after 12 targets by renders or "
        "8 targets by CPU seconds."
    )


def test_one_that_never_gets_there_pays_nothing(results):
    (found,) = payoffs(results(best=0.6))
    assert found.never == 1
    assert found.by_renders is None
    assert found.told.endswith("its training is not paid for.")
    assert "in fewer than half of all pairs; in 100% of pairs it never did" in found.told


def test_other_options_are_another_strategy(results):
    assert payoffs(results(plain={"search": {"name": "l_shade"}})) == []
    assert payoffs(results(network="other")) == []


def test_it_is_told_everywhere(results):
    answers = answer(results())
    said = [line for line in renderables(answers) if not isinstance(line, str)]
    assert len(said) > 4
    shown = {table.title: table.rows for table in tables_of(answers)}
    assert shown["Begun from a network"] == [
        ("seeded", ["end_to_end", "net", "20% [20%, 20%]", "0%", "12", "8"])
    ]
    assert [row for row, _ in shown["Networks"]] == ["net"]
    page = write_report(results(), answers).read_text()
    assert "<h4>What does it buy to begin from net?</h4>" in page
    assert answers.payoffs[0].told in page
    (row,) = tables(results(), answers)["payoffs"].to_dict("records")
    assert (row["share"], row["by_renders"]) == (0.2, 12)


def test_a_network_alone_is_a_control(results):
    speed = answer(results()).answers[0]
    assert {"alone", "random"}.isdisjoint(
        name for pair in speed.pairs[:1] for name in (pair.one, pair.other)
    )
    assert any(s.startswith("Against alone, the control") for s in speed.sentences)
