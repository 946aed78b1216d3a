"""Answers on journals in which it is known who is ahead; exact wording is in the snapshot."""

import io
import re

import pytest
from rich.console import Console

from harness.answer.load import load_results
from harness.answer.output.html.tables import tables_of
from harness.answer.output.terminal import renderables
from harness.answer.questions.catalogue import QUESTIONS
from harness.answer.questions.evaluate import answer
from harness.answer.questions.titles import title_of
from harness.record.files import sha256_of
from harness.record.sealed import read_record, write_record


@pytest.fixture
def answered(written):
    return lambda trials, **keys: answer(load_results(written(trials, **keys)))


@pytest.fixture(scope="module")
def decided(written_to, plant, tmp_path_factory):
    """Answers on the planted trials; to be read, not changed."""
    return answer(load_results(written_to(tmp_path_factory.mktemp("planted"), plant())))


def printed(answers):
    """What a terminal shows."""
    console = Console(file=io.StringIO(), width=300)
    for line in renderables(answers):
        console.print(line)
    return console.file.getvalue()


def by_measure(answers, axis="strategy"):
    return {a.question.measure: a for a in answers.answers if a.question.axis == axis}


def verdicts(pairs):
    return {(pair.one, pair.other): pair.verdict for pair in pairs}


def caveat_with(answers, *words):
    """The only caveat that has all these words."""
    (found,) = [c for c in answers.caveats if all(word in c for word in words)]
    return found


def test_every_question_that_can_be_asked_is_answered(decided):
    """One fitness and no sweep: only strategies can be compared; sounds were not measured."""
    asked = [q for q in QUESTIONS if q.axis == "strategy" and q.measure != "diversity_sound"]
    assert [a.question for a in decided.answers] == asked
    assert [a["question"] for a in decided.plain()] == [q.text for q in asked]
    assert len({q.key for q in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize("measure", ["speed", "diversity", "judged"])
def test_a_planted_difference_is_reported_with_effect_interval_and_n(decided, measure):
    one = by_measure(decided)[measure]
    (pair,) = one.pairs
    assert (pair.one, pair.other, pair.verdict, pair.n) == ("society", "end_to_end", "ahead", 12)
    assert (pair.probability, pair.low, pair.high) == (1, 1, 1)
    assert 0 < pair.shift_low <= pair.shift <= pair.shift_high
    # The only pair's own sentence comes first.
    (sentence,) = one.pair_sentences
    assert one.lead == [sentence, *one.control_sentences]
    assert not sentence.undecided
    for part in ("society", "end_to_end", "100% of pairs [100%, 100%]", "n = 12 pairs", "p = ",
                 f"{pair.shift:+.2f} [{pair.shift_low:.2f}, {pair.shift_high:.2f}]"):  # fmt: skip
        assert part in sentence.text
    assert sentence.text in printed(decided)
    plain = next(a for a in decided.plain() if a["measure"] == measure)
    assert plain["lead"][0] == {"text": sentence.text, "undecided": False}


def test_controls_are_kept_apart_from_contenders(decided):
    speed, diversity = (by_measure(decided)[m] for m in ("speed", "diversity"))
    assert verdicts(speed.control_pairs) == {
        ("society", "random"): "ahead",
        ("end_to_end", "random"): "ahead",
    }
    assert set(verdicts(diversity.control_pairs).values()) == {"behind"}
    for one in (speed, diversity):
        (sentence,) = one.control_sentences
        assert "random" in sentence.text
        assert "random" not in {n for pair in one.pairs for n in (pair.one, pair.other)}


def test_labels_do_not_change_what_is_a_control(answered, planted):
    """Controls called like prose, contenders called like controls."""
    names = {"society": "Against all odds", "end_to_end": "random", "random": "Undecided"}
    renamed = [{**t, "strategy": names[t["strategy"]]} for t in planted]
    answers = answered(
        renamed,
        strategies=("society:Against all odds", "end_to_end:random", "random:Undecided"),
        kinds={"random": {"control": False, "reference": False}},
    )
    speed = by_measure(answers)["speed"]
    assert verdicts(speed.pairs) == {("Against all odds", "random"): "ahead"}
    assert {pair.other for pair in speed.control_pairs} == {"Undecided"}
    assert [s.undecided for s in speed.lead] == [False, False]


def test_every_control_has_its_sentence(answered, planted):
    again = [{**t, "strategy": "again"} for t in planted if t["strategy"] == "random"]
    answers = answered(
        [*planted, *again], strategies=("end_to_end", "society", "random", "random:again")
    )
    first, second = answers.answers[0].control_sentences
    assert "random" in first.text
    assert "again" in second.text


def test_the_same_twice_is_equivalent(answered, planted):
    """A/A: one strategy under two names."""
    same = [t for t in planted if t["strategy"] == "end_to_end"]
    answers = answered(
        [*same, *[{**t, "strategy": "again"} for t in same]],
        strategies=("end_to_end", "end_to_end:again"),
    )
    for one in answers.answers:
        (pair,) = one.pairs
        assert not pair.decided
        if one.question.measure == "speed_cpu":
            continue
        assert (pair.verdict, pair.low, pair.high, pair.n) == ("equivalent", 0.5, 0.5, 12)
        assert not one.pair_sentences[0].undecided


def test_few_seeds_do_not_decide(answered, planted):
    answers = answered([t for t in planted if t["seed"] == 0])
    for one in answers.answers:
        assert [pair.verdict for pair in one.pairs] == ["undecided"]
        assert all(sentence.undecided for sentence in one.sentences)
    assert caveat_with(answers, "1 seed")


@pytest.mark.parametrize("strategy", ["society", "random"])
def test_one_strategy_only(answered, planted, strategy):
    answers = answered([t for t in planted if t["strategy"] == strategy], strategies=(strategy,))
    for one in answers.answers:
        assert one.sentences == []
        assert one.lead == [one.headline]
        assert one.headline.undecided
    assert strategy in answers.answers[0].summary
    assert strategy in printed(answers)
    assert caveat_with(answers, "two strategies")


def test_without_judges(answered, planted):
    answers = answered(planted, judges=())
    found = by_measure(answers)
    assert found["speed"].pairs[0].ahead == "society"
    assert found["judged"].pairs == []
    assert found["judged"].headline.undecided
    row = next(line for line in printed(answers).splitlines() if re.match(r"society +\d", line))
    assert len(re.findall(r"\[", row)) == 2


def test_failed_and_unfinished_trials_are_caveats(answered, planted):
    reason = "fitness 'x' raised [/bold]Error: shape [2, 3]"
    planted[0] = {**planted[0], "failure": reason}
    planted[1] = {**planted[1], "missing": True}
    answers = answered(planted)
    assert caveat_with(answers, "1 trial failed", "trial-0", reason)
    assert caveat_with(answers, "1 trial ", "not finished")
    assert answers.answers[0].pairs[0].n == 10
    failed = next(table for table in tables_of(answers) if table.title == "Failed trials")
    assert failed.rows == [("trial-0", [reason])]
    assert "[/bold]Error: shape [2, 3]" in printed(answers)


def test_a_judge_that_came_later_is_a_caveat(answered, planted):
    planted[0] = {**planted[0], "judged": {"judge": 1.0}}
    others = [{**t, "judged": {"judge": 1.0, "late": 1.0}} for t in planted[1:]]
    answers = answered([planted[0], *others], judges=("judge", "late"))
    assert answers.results.late_judges == ["late"]
    assert caveat_with(answers, "judge late", "added after")


def test_no_trial_has_finished(written, refused):
    missing = {"strategy": "random", "seed": 0, "missing": True}
    with refused("no trial has finished"):
        load_results(written([missing]))
    with refused("no trial has finished", "1 failed", "no luck"):
        load_results(written([{"strategy": "random", "seed": 0, "failure": "no luck"}]))


def test_a_journal_of_an_older_version_is_to_be_run_again(written, planted, refused):
    journal = written(planted)
    about = read_record(journal.path / "experiment.json")
    del about["strategies"]
    write_record(journal.path / "experiment.json", about)
    with refused(str(journal.path), "older version", "run the comparison again"):
        load_results(journal)


def test_with_three_contenders_the_headline_names_the_leader(answered, planted):
    third = [{**t, "strategy": "third"} for t in planted if t["strategy"] == "end_to_end"]
    names = ("end_to_end", "society", "society:third", "random")
    speed = by_measure(answered([*planted, *third], strategies=names))["speed"]
    assert speed.lead == [speed.headline, *speed.control_sentences]
    assert speed.headline.text.startswith("society ")
    assert not speed.headline.undecided
    # Two leaders that are the same: neither is behind anyone.
    twin = [{**t, "strategy": "third"} for t in planted if t["strategy"] == "society"]
    speed = by_measure(answered([*planted, *twin], strategies=names))["speed"]
    assert verdicts(speed.pairs)["society", "third"] == "equivalent"
    assert not speed.headline.undecided


def test_fitness_functions_contend_too(answered, planted):
    """The society searched with g ends closer by the judge, and never stalls."""
    with_g = [
        {**t, "fitness": "g", "steps": [(5, 2.0), (90, 0.5 * t["steps"][-1][1])]} for t in planted
    ]
    answers = answered([*planted, *with_g], fitness=("f", "g"))
    found = by_measure(answers, "fitness")
    assert found["judged"].pairs[0].ahead == "g"
    assert found["stalled"].pairs[0].ahead == "f"
    assert found["stalled"].summary["f"][0] == pytest.approx(0.6)
    by_f, by_g = answers.cross_table.table["judge"]
    assert by_g - by_f == pytest.approx(1.0)
    ranking = answers.cross_table.ranking
    assert list(ranking.ranks) == ["g", "f"]
    assert ranking.ranks["g"] == 1.0
    assert ranking.indistinguishable == []


def test_trials_of_other_versions_are_a_caveat(written, planted):
    journal = written(planted)
    experiment = read_record(journal.path / "experiment.json")
    write_record(
        journal.path / "experiment.json", {**experiment, "trials": experiment["trials"][2:]}
    )
    answers = answer(load_results(journal))
    assert answers.results.other_versions == 2
    assert caveat_with(answers, "2 finished trials", "other versions")


def test_a_judge_that_failed_is_a_caveat_with_its_reason(answered, planted):
    reason = "judge 'late' gave NaN, infinity or no real numbers"
    broken = {**planted[0], "judged": {"judge": 0.5}, "refused": {"late": reason}}
    others = [{**t, "judged": {"judge": 0.5, "late": 0.5}} for t in planted[1:]]
    answers = answered([broken, *others], judges=("judge", "late"))
    assert caveat_with(answers, "judge late failed on 1 trial ", reason)
    assert answers.results.judges == ["judge"]
    assert answers.results.late_judges == []


def test_what_never_varies_is_equivalent_and_divides_by_nothing(answered, planted):
    """Constant diversity, one distance for all: nothing is decided, nothing breaks."""
    flat = [{**t, "steps": [(5, 1.0)], "diversity": [0.2] * 3} for t in planted]
    answers = answered(flat)
    assert not any(pair.decided for one in answers.answers for pair in one.pairs)
    found = by_measure(answers)
    assert [pair.verdict for pair in found["diversity"].pairs] == ["equivalent"]
    assert found["closeness_at_equal_diversity"].pairs == []
    assert printed(answers)


def test_a_strategy_that_was_hardly_run_leaves_the_others_comparable(answered, planted):
    """One of twelve trials: the others are compared on all their pairs."""
    third = [{**t, "strategy": "third"} for t in planted if t["strategy"] == "society"]
    names = ("end_to_end", "society", "society:third", "random")
    answers = answered([*planted, third[0]], strategies=names)
    assert caveat_with(answers, "too few trials", "third")
    speed = by_measure(answers)["speed"]
    assert [pair.n for pair in speed.pairs] == [12]
    assert "third" not in speed.summary


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
    (between,) = contrast.pairs
    assert (between.one, between.other) == ("society", "end_to_end")
    (same,) = [p for p in every.pairs if {p.one, p.other} == {"society", "end_to_end"}]
    assert between.p < same.p  # Holm's correction for one pair instead of three
    assert contrast.lead[0] == contrast.pair_sentences[0]
    assert set(contrast.summary) == set(every.summary)
    assert contrast.control_sentences == every.control_sentences


def test_each_contrast_has_its_verdict_in_the_headline(answered, three):
    contrasts = [["end_to_end", "society"], ["third", "society"]]
    speed = by_measure(answered(**three, contrasts=contrasts))["speed"]
    assert verdicts(speed.pairs) == {
        ("society", "end_to_end"): "ahead",
        ("society", "third"): "equivalent",
    }
    assert speed.lead[0] == speed.headline
    assert not speed.headline.undecided
    few = {**three, "trials": [t for t in three["trials"] if t["seed"] == 0]}
    assert by_measure(answered(**few, contrasts=contrasts))["speed"].headline.undecided


def test_what_is_undecided_for_every_pair_is_a_line_in_the_terminal(answered, three):
    few = {**three, "trials": [t for t in three["trials"] if t["seed"] == 0]}
    answers = answered(**few)
    undecided = [a for a in answers.answers if all(s.undecided for s in a.lead)]
    assert undecided
    said = printed(answers)
    lines = [line.strip() for line in said.splitlines()]
    heading = next(i for i, line in enumerate(lines) if line.startswith("Undecided for every pair"))
    assert lines[heading + 1 :][: len(undecided)] == [a.question.text for a in undecided]
    assert all(a.headline.text not in said for a in undecided)


def test_contrasts_of_what_was_not_run(answered, three):
    few = {**three, "trials": [t for t in three["trials"] if t["strategy"] != "third"]}
    speed = by_measure(answered(**few, contrasts=[["third", "society"]]))["speed"]
    assert speed.pairs == []
    assert speed.headline.undecided


def test_a_contrast_that_is_ahead_by_less_than_matters_says_so(answered, planted):
    """A difference of 0.01 in diversity matters; the third is ahead by a tenth of that."""
    third = [
        {**t, "strategy": "third", "diversity": [v + 0.001 for v in t["diversity"]]}
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
    negligible = {pair.behind: pair.negligible for pair in found["diversity"].pairs}
    assert negligible == {"society": True, "end_to_end": False}
    assert "negligible" in found["diversity"].headline.text


def test_what_was_broken_and_noted_is_a_caveat(written, planted):
    journal = written(planted)
    path = journal.folder("trial-3").path / "judgement.json"
    write_record(path, read_record(path) | {"broken": {"synth 'x' gave NaN": 1200}})
    sound = journal.path / "targets" / "t.flac"
    about = {"digest": "x", "sha256": sha256_of(sound), "notes": ["channel 2 is nearly silent"]}
    write_record(sound.with_suffix(".json"), about)
    caveats = answer(load_results(journal)).caveats
    (broken,) = [line for line in caveats if "worst distance" in line]
    assert "1,200" in broken
    assert "synth 'x' gave NaN" in broken
    assert "t: channel 2 is nearly silent" in caveats


def test_one_strategy_alone_says_what_was_found_not_what_cannot_be_compared(answered, plant):
    answers = answered([t for t in plant() if t["strategy"] == "society"])
    said = printed(answers)
    assert all(one.alone for one in answers.answers)
    assert "Undecided" not in said
    assert f"{answers.best_matches[0].name}/best.flac" in said
    for match in answers.best_matches:
        assert re.search(rf"{match.target} +{match.fitness} +society +{match.seed} ", said)


def test_every_measure_has_a_title_and_says_which_way_is_better():
    titles = {q.measure: title_of(q.measure) for q in QUESTIONS}
    assert all(title.name[0].isupper() for title in titles.values())
    assert titles["stalled"].arrow == "← better"
    assert titles["speed"].arrow == "better →"
    assert titles["diversity"].arrow == ""
    assert titles["judged"].about == "halvings, more is better"
