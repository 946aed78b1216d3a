import io
import re

import pytest
from rich.console import Console

from harness.answer.answers import QUESTIONS, answer, interval, renders
from harness.answer.results import load_results


@pytest.fixture
def answered(written):
    return lambda trials, **keys: answer(load_results(written(trials, **keys)))


@pytest.fixture
def decided(answered, planted):
    return answered(planted)


def said(answers):
    """What a terminal shows."""
    console = Console(file=io.StringIO(), width=200)
    for line in answers.renderables():
        console.print(line)
    return console.file.getvalue()


def test_every_question_is_answered(decided):
    assert [a.question for a in decided.answers] == list(QUESTIONS)
    assert [a["question"] for a in decided.plain()] == [q.text for q in QUESTIONS]


@pytest.mark.parametrize(
    ("question", "start"),
    [
        (0, "society converged faster than end_to_end: "),
        (1, "society kept more variance than end_to_end: "),
        (2, "society came closer than end_to_end: "),
    ],
)
def test_a_planted_difference_is_said_with_effect_interval_and_n(decided, question, start):
    sentence = decided.answers[question].sentences[0]
    assert sentence.startswith(start)
    assert re.search(
        r"probability 1\.00 \[1\.00, 1\.00\], \w+ [\d.]+ against [\d.]+, "
        r"n = 12 pairs, p = [\d.e-]+",
        sentence,
    )
    for text in (said(decided), str(decided.plain())):
        assert start in text


def test_the_control_has_a_sentence_of_its_own(decided):
    against = decided.answers[0].sentences[-1]
    assert against == (
        "Against random, the control: end_to_end, society converged faster than random "
        "(n = 12 pairs)."
    )
    behind = decided.answers[1].sentences[-1]
    assert "random kept more variance than end_to_end, society" in behind


def test_every_control_has_its_sentence(answered, planted):
    again = [{**t, "strategy": "again"} for t in planted if t["strategy"] == "random"]
    answers = answered(
        [*planted, *again], strategies=("end_to_end", "society", "random", "random:again")
    )
    starts = [s.split(",")[0] for s in answers.answers[0].sentences if s.startswith("Against")]
    assert starts == ["Against random", "Against again"]


def test_the_same_twice_is_equivalent(answered, planted):
    """A/A: one strategy under two names."""
    same = [t for t in planted if t["strategy"] == "end_to_end"]
    answers = answered(
        [*same, *[{**t, "strategy": "again"} for t in same]],
        strategies=("end_to_end", "end_to_end:again"),
    )
    for one in answers.answers:
        about = one.question.measure
        assert one.sentences[0].startswith(f"again and end_to_end are equivalent in {about}: ")
        assert "0.50 [0.50, 0.50]" in one.sentences[0]
        assert "n = 12 pairs" in one.sentences[0]
        assert not any(pair.decided for pair in one.pairs)


def test_few_seeds_do_not_decide(answered, planted):
    answers = answered([t for t in planted if t["seed"] == 0])
    assert all(s.sentences[0].startswith("Undecided") for s in answers.answers)
    assert "only one seed" in answers.caveats[0]


@pytest.mark.parametrize("strategy", ["society", "random"])
def test_one_strategy_only(answered, planted, strategy):
    answers = answered([t for t in planted if t["strategy"] == strategy], strategies=(strategy,))
    for one in answers.answers:
        assert one.sentences == [
            "Undecided: no two strategies have this measure on the same pairs."
        ]
        assert strategy in one.summary
    assert strategy in said(answers)


def test_without_judges(answered, planted):
    answers = answered(planted, judges=())
    assert answers.answers[0].sentences[0].startswith("society converged faster")
    assert answers.answers[2].sentences[0].startswith("Undecided")
    lines = said(answers).splitlines()
    row = next(line for line in lines if re.match(r"society +\d", line))
    assert len(re.findall(r"\[", row)) == 2


def test_failed_and_missing_trials_are_caveats(answered, planted):
    planted[0] = {**planted[0], "failure": "fitness 'x' raised [/bold]Error: shape [2, 3]"}
    planted[1] = {**planted[1], "missing": True}
    answers = answered(planted)
    text = " ".join(answers.caveats)
    assert "1 trials failed and are left out; trial-0: fitness 'x' raised" in text
    assert "1 trials are not finished and are left out" in text
    assert "n = 10 pairs" in answers.answers[0].sentences[0]
    assert "[/bold]Error: shape [2, 3]" in said(answers)


def test_a_judge_that_came_later_is_a_caveat(answered, planted):
    planted[0] = {**planted[0], "judged": {"judge": 1.0}}
    others = [{**t, "judged": {"judge": 1.0, "late": 1.0}} for t in planted[1:]]
    answers = answered([planted[0], *others], judges=("judge", "late"))
    assert "judge late was added after trials had finished and is left out" in answers.caveats


def test_no_trial_is_finished(written, refused):
    missing = {"strategy": "random", "seed": 0, "missing": True}
    with refused("no trial is finished"):
        load_results(written([missing]))
    with refused("no trial is finished; 1 failed, the first because no luck"):
        load_results(written([{"strategy": "random", "seed": 0, "failure": "no luck"}]))


def test_figures_for_people():
    assert interval((0.5, 0.25, 0.756)) == "0.50 [0.25, 0.76]"
    assert [renders(v) for v in (1234.5, float("inf"), float("nan"))] == ["1,234", "never", ""]
