"""A strategy that exploits its fitness: ahead by it, behind by the judges."""

import pytest

from harness.answer.load import load_results
from harness.answer.measures.judges_disagree import held_out_judges
from harness.answer.output.dataframes import tables
from harness.answer.output.html.page import write_report
from harness.answer.output.terminal import renderables
from harness.answer.questions.evaluate import answer

JUDGES = ("one", "two", "three")
NAMES = ("sly", "plain", "random")


def trials(sly, seeds=6, **more):
    """``sly`` ends at 0.2, ``plain`` at 0.5; ``sly`` is judged as given, ``plain`` at 0.4."""
    ends = {"sly": 0.2, "plain": 0.5, "random": 1.0}
    judged = {"sly": sly, "plain": (0.4,) * 3, "random": (1.0,) * 3}
    return [
        {
            "strategy": strategy, "target": target, "seed": seed,
            "steps": [(5, 2.0), (40, end + 0.01 * seed)],
            "judged": {j: d + 0.001 * seed for j, d in zip(JUDGES, judged[strategy], strict=True)},
            **more,
        }
        for strategy, end in ends.items()
        for target in "tu"
        for seed in range(seeds)
    ]  # fmt: skip


@pytest.fixture
def answers(written):
    def of(made, judges=JUDGES):
        return answer(load_results(written(made, strategies=NAMES, judges=judges)))

    return of


def test_a_winner_that_most_judges_find_further_is_flagged(answers):
    (found,) = answers(trials((0.8, 0.7, 0.3))).disagreements
    assert (found.ahead, found.behind) == ("sly", "plain")
    assert found.against == ["one", "two"]
    assert found.shown == ["one", "two"]
    shares = {judge: pair.probability for judge, pair in found.judges.items()}
    assert shares == {"one": 1, "two": 1, "three": 0}
    assert {pair.n for pair in found.judges.values()} == {12}
    for word in ("sly", "plain", "2 of 3", "one in 100%", "n = 12 pairs"):
        assert word in found.sentence


@pytest.mark.parametrize("sly", [(0.3, 0.3, 0.3), (0.8, 0.3, 0.3), (0.8, 0.4, 0.4)], ids=str)
def test_no_majority_no_flag(answers, sly):
    """Judges that find both alike are on neither side."""
    assert answers(trials(sly)).disagreements == []


def test_nothing_is_flagged_where_nothing_was_decided(answers):
    assert answers(trials((0.8, 0.8, 0.8), seeds=1)).disagreements == []


def test_judges_that_a_search_heard_have_no_say(written):
    """By the fitness of the comparison, by that of one agent, or by a judge that came too late."""
    made = trials((0.8, 0.8, 0.3), versions={"atomic two": "1", "ga": "1"})
    journal = written(made, strategies=NAMES, judges=JUDGES, fitness=("f",))
    assert held_out_judges(load_results(journal)) == ["one", "three"]
    journal = written(trials((0.8, 0.8, 0.3)), judges=JUDGES, fitness=("one:f",), strategies=NAMES)
    assert held_out_judges(load_results(journal)) == ["two", "three"]
    made[0]["judged"] = {"one": 0.1, "two": 0.1}
    journal = written(made, strategies=NAMES, judges=JUDGES, fitness=("f",))
    assert held_out_judges(load_results(journal)) == ["one"]


def test_it_is_shown_everywhere(answers, undrawn):
    found = answers(trials((0.8, 0.7, 0.3)))
    (one,) = found.disagreements
    assert one.sentence in found.caveats
    assert one.sentence in [getattr(line, "text", "") for line in renderables(found)]
    assert one.sentence in write_report(found.results, found).read_text(encoding="utf-8")
    rows = tables(found.results, found)["disagreements"].to_dict("records")
    assert [row["judge"] for row in rows] == list(JUDGES)
    assert [row["verdict"] for row in rows] == ["ahead", "ahead", "behind"]
    assert rows[0]["behind"] == "plain"
