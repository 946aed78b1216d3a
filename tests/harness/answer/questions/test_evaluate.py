import io
import re

import pytest
from rich.console import Console

from harness.answer.load import load_results
from harness.answer.output.html.tables import tables_of
from harness.answer.output.terminal import renderables
from harness.answer.questions.catalogue import QUESTIONS
from harness.answer.questions.evaluate import answer
from harness.answer.questions.sentences import interval, renders, seconds
from harness.record.files import read_json, write_json


@pytest.fixture
def answered(written):
    return lambda trials, **keys: answer(load_results(written(trials, **keys)))


@pytest.fixture
def decided(answered, planted):
    return answered(planted)


def said(answers):
    """What a terminal shows."""
    console = Console(file=io.StringIO(), width=200)
    for line in renderables(answers):
        console.print(line)
    return console.file.getvalue()


def by_measure(answers):
    return {a.question.measure: a for a in answers.answers if a.question.axis == "strategy"}


def test_every_question_that_can_be_is_answered(decided):
    """One fitness and no sweep: only strategies can be compared; nobody listened to sounds."""
    asked = [q for q in QUESTIONS if q.axis == "strategy" and q.measure != "variance_sound"]
    assert [a.question for a in decided.answers] == asked
    assert [a["question"] for a in decided.plain()] == [q.text for q in asked]
    assert {q.key for q in QUESTIONS} == {*{q.key for q in QUESTIONS}}
    assert len({q.key for q in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize(
    ("measure", "start"),
    [
        ("speed", "society converged faster than end_to_end: "),
        ("variance", "society kept more variance than end_to_end: "),
        ("judged", "society came closer than end_to_end: "),
    ],
)
def test_a_planted_difference_is_said_with_effect_interval_and_n(decided, measure, start):
    one = by_measure(decided)[measure]
    assert one.told[0] == one.sentences[0]
    assert one.sentences[0].startswith(start)
    assert re.search(
        r"ahead in 100% of pairs \[100%, 100%\], \w+ [\d.]+ against [\d.]+, "
        r"shift \+[\d.]+ \[[\d.]+, [\d.]+\], n = 12 pairs, p = [\d.e-]+; "
        r"for other targets like these \[",
        one.sentences[0],
    )
    for text in (said(decided), str(decided.plain())):
        assert start in text


def test_the_control_has_a_sentence_of_its_own(decided):
    against = by_measure(decided)["speed"].sentences[-1]
    assert against == (
        "Against random, the control: society and end_to_end converged faster than random "
        "(n = 12 pairs)."
    )
    behind = by_measure(decided)["variance"].sentences[-1]
    assert "random kept more variance than society and end_to_end" in behind


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
        assert not any(pair.decided for pair in one.pairs)
        if one.question.measure == "speed_cpu":
            continue
        assert one.sentences[0].startswith("again and end_to_end are equivalent: neither ")
        assert "[50%, 50%]" in one.sentences[0]
        assert "n = 12 pairs" in one.sentences[0]


def test_few_seeds_do_not_decide(answered, planted):
    answers = answered([t for t in planted if t["seed"] == 0])
    assert all(s.sentences[0].startswith("Undecided") for s in answers.answers)
    assert any("only one seed" in caveat for caveat in answers.caveats)
    assert "so few pairs could decide nothing" in answers.answers[0].sentences[0]


@pytest.mark.parametrize("strategy", ["society", "random"])
def test_one_strategy_only(answered, planted, strategy):
    answers = answered([t for t in planted if t["strategy"] == strategy], strategies=(strategy,))
    for one in answers.answers:
        assert one.sentences == []
        assert one.told == ["Undecided: no two contenders have this measure on the same pairs."]
    assert strategy in answers.answers[0].summary
    assert strategy in said(answers)
    assert "fewer than two strategies: nothing can be compared" in answers.caveats


def test_without_judges(answered, planted):
    answers = answered(planted, judges=())
    found = by_measure(answers)
    assert found["speed"].sentences[0].startswith("society converged faster")
    assert found["judged"].told == [
        "Undecided: no two contenders have this measure on the same pairs."
    ]
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
    failed = next(table for table in tables_of(answers) if table.title == "Failed trials")
    assert failed.rows == [("trial-0", ["fitness 'x' raised [/bold]Error: shape [2, 3]"])]
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
    assert interval((0.5, float("nan"), float("nan"))) == "0.50 [no interval]"
    assert [renders(v) for v in (1234.5, float("inf"), float("nan"))] == ["1,234", "never", ""]
    assert [seconds(v) for v in (61.04, 0.25, float("inf"), float("nan"))] == [
        "61.0 s", "250 ms", "never", "",
    ]  # fmt: skip


def test_of_three_the_headline_says_who_leads_or_that_nobody_does(answered, planted):
    third = [{**t, "strategy": "third"} for t in planted if t["strategy"] == "end_to_end"]
    names = ("end_to_end", "society", "society:third", "random")
    found = by_measure(answered([*planted, *third], strategies=names))
    told = found["speed"].told
    assert told[0] == "society converged faster than end_to_end and third (n = 12 pairs)."
    assert told[1].startswith("Against random")
    # The best of two that are the same: each is behind nobody.
    twin = [{**t, "strategy": "third"} for t in planted if t["strategy"] == "society"]
    found = by_measure(answered([*planted, *twin], strategies=names))
    assert found["speed"].told[0] == (
        "Equivalent for all that matters: society and third; behind one of them: end_to_end "
        "(n = 12 pairs)."
    )


def test_fitness_functions_contend_too(answered, planted):
    """The society searched with g ends closer by the judge, and never stalls."""
    with_g = [
        {**t, "fitness": "g", "steps": [(5, 2.0), (90, 0.5 * t["steps"][-1][1])]} for t in planted
    ]
    answers = answered([*planted, *with_g], fitness=("f", "g"))
    found = {a.question.measure: a for a in answers.answers if a.question.axis == "fitness"}
    assert found["judged"].told[0].startswith("g came closer than f: ahead in 100% of pairs")
    assert found["stalled"].told[0].startswith("f stalled for longer than g: ")
    assert found["stalled"].summary["f"][0] == pytest.approx(0.6)
    by_f, by_g = answers.cross.table["judge"]
    assert by_g - by_f == pytest.approx(1.0)
    assert list(answers.cross.ranking.ranks) == ["g", "f"]
    assert answers.cross.ranking.ranks["g"] == 1.0
    assert answers.cross.ranking.alike == []


def test_trials_of_other_versions_are_a_caveat(written, planted):
    journal = written(planted)
    experiment = read_json(journal.path / "experiment.json")
    write_json(journal.path / "experiment.json", {**experiment, "trials": experiment["trials"][2:]})
    answers = answer(load_results(journal))
    said = "2 finished trials of other versions of this experiment lie beside these"
    assert any(caveat.startswith(said) for caveat in answers.caveats)


def test_a_judge_that_broke_is_a_caveat_with_its_reason(answered, planted):
    reason = "judge 'late' gave NaN, infinity or no real numbers"
    broken = {**planted[0], "judged": {"judge": 0.5}, "refused": {"late": reason}}
    others = [{**t, "judged": {"judge": 0.5, "late": 0.5}} for t in planted[1:]]
    answers = answered([broken, *others], judges=("judge", "late"))
    said = f"judge late broke on 1 trials and is left out; the first: {reason}"
    assert said in answers.caveats
    assert answers.results.judges == ["judge"]
    assert not any("was added after" in caveat for caveat in answers.caveats)


def test_what_never_varies_is_equivalent_and_divides_by_nothing(answered, planted):
    """Constant variance, one distance for all: nothing is decided, nothing breaks."""
    flat = [{**t, "steps": [(5, 1.0)], "variance": [0.2] * 3} for t in planted]
    answers = answered(flat)
    assert not any(pair.decided for one in answers.answers for pair in one.pairs)
    found = by_measure(answers)
    assert found["variance"].told[0].startswith("end_to_end and society are equivalent: ")
    assert found["matched"].told[0].startswith("Undecided: no two contenders")
    assert said(answers)


def test_a_strategy_that_was_hardly_run_leaves_the_others_comparable(answered, planted):
    """One of twelve trials: the others are compared on all their pairs, and it is said."""
    third = [{**t, "strategy": "third"} for t in planted if t["strategy"] == "society"]
    names = ("end_to_end", "society", "society:third", "random")
    answers = answered([*planted, third[0]], strategies=names)
    assert "too few trials to be compared: third" in answers.caveats
    assert "n = 12 pairs" in by_measure(answers)["speed"].told[0]
    assert "third" not in by_measure(answers)["speed"].summary


@pytest.fixture
def three(planted):
    """With a third strategy that does what the society does."""
    third = [{**t, "strategy": "third"} for t in planted if t["strategy"] == "society"]
    return {
        "trials": [*planted, *third],
        "strategies": ("end_to_end", "society", "society:third", "random"),
    }


def test_contrasts_alone_are_compared_and_corrected_for(answered, three):
    every = by_measure(answered(**three))["speed"]
    contrast = by_measure(answered(**three, contrasts=[["end_to_end", "society"]]))["speed"]
    (between, against) = (
        [p for p in one.pairs if "random" not in (p.one, p.other)] for one in (contrast, every)
    )
    assert [(p.one, p.other) for p in between] == [("society", "end_to_end")]
    (same,) = [p for p in against if {p.one, p.other} == {"society", "end_to_end"}]
    assert between[0].p < same.p  # Holm's correction, for one instead of three
    assert contrast.told[0].startswith("society converged faster than end_to_end: ahead in 100%")
    assert set(contrast.summary) == set(every.summary)
    assert contrast.sentences[-1] == every.sentences[-1]  # against the control, all of them


def test_contrasts_are_told_one_by_one(answered, three):
    contrasts = [["end_to_end", "society"], ["third", "society"]]
    found = by_measure(answered(**three, contrasts=contrasts))
    assert found["speed"].told[0] == (
        "society converged faster than end_to_end; equivalent: society and third (n = 12 pairs)."
    )
    few = {**three, "trials": [t for t in three["trials"] if t["seed"] == 0]}
    assert by_measure(answered(**few, contrasts=contrasts))["speed"].told[0] == (
        "Undecided: society or end_to_end, society or third (n = 2 pairs)."
    )


def test_contrasts_of_what_was_not_run(answered, three):
    few = {**three, "trials": [t for t in three["trials"] if t["strategy"] != "third"]}
    found = by_measure(answered(**few, contrasts=[["third", "society"]]))
    assert found["speed"].told[0].startswith("Undecided: no two contenders")


def test_a_contrast_that_is_ahead_by_less_than_matters_says_so(answered, planted):
    """In variance 0.01 matters; the third is ahead by a tenth of that, every time."""
    third = [
        {**t, "strategy": "third", "variance": [v + 0.001 for v in t["variance"]]}
        for t in planted
        if t["strategy"] == "society"
    ]
    found = by_measure(
        answered(
            [*planted, *third],
            strategies=("end_to_end", "society", "society:third", "random"),
            contrasts=[["third", "society"], ["third", "end_to_end"]],
        )
    )
    assert found["variance"].told[0] == (
        "third kept more variance than end_to_end; third kept more variance than society, by less "
        "than matters (n = 12 pairs)."
    )
