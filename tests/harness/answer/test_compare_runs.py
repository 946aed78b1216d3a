"""Two comparisons side by side, of which it is known what differs."""

import json
import shutil

import pytest

from harness.answer.compare_runs import compare_runs
from harness.answer.load import load_results
from harness.answer.questions.evaluate import answer
from harness.record.files import sha256_of
from harness.record.journal import Journal
from harness.record.sealed import read_record, write_record


@pytest.fixture(scope="module")
def answered(written_to, tmp_path_factory):
    """Write a journal under a name, with changes to its experiment; gives its answers."""

    def call(name, trials, digest="same", **changes):
        tmp_path = tmp_path_factory.mktemp(name)
        journal = written_to(tmp_path, trials)
        file = journal.path / "experiment.json"
        about = read_record(file)
        about["experiment"] |= {"name": name, **changes}
        write_record(file, about)
        for sound in (journal.path / "targets").glob("*.flac"):
            about = {"digest": digest + sound.stem, "sha256": sha256_of(sound)}
            write_record(sound.with_suffix(".json"), about)
        shutil.move(journal.path, tmp_path / name)
        return answer(load_results(Journal(tmp_path, name)))

    return call


@pytest.fixture(scope="module")
def one(answered, plant):
    """The answers of the comparison ``a``; to be read, not changed."""
    return answered("a", plant())


def better(trials):
    """The same, but the society comes twice as close."""
    return [
        {**t, "steps": [(at, d / 2 if t["strategy"] == "society" else d) for at, d in t["steps"]]}
        for t in trials
    ]


def test_what_a_change_did(one, answered, planted):
    found = compare_runs(("a", "b"), one, answered("b", better(planted), budget=100))
    assert (found.names, found.shared, found.only_in, found.unpaired_because) == (
        ("a", "b"),
        36,
        (0, 0),
        "",
    )
    changes = {(c.strategy, c.measure): c for c in found.changes}
    society = changes["society", "closeness"]
    assert (society.pair.verdict, society.pair.n) == ("behind", 12)
    assert society.pair.shift == pytest.approx(-1)
    assert society.other - society.one == pytest.approx(1)
    same = changes["end_to_end", "closeness"]
    assert (same.pair.verdict, same.pair.shift) == ("equivalent", 0)
    assert changes["random", "diversity"].pair.verdict == "equivalent"
    assert found.differences == []
    for question, mine, theirs in found.answers:
        assert question.endswith("?")
        assert "n = 12 pairs" in mine
        assert "n = 12 pairs" in theirs
    assert json.loads(json.dumps(found.plain()))["changes"][0]["pair"]["verdict"]


def test_what_differs_between_the_experiments(one, answered, planted):
    choice = {"name": "society", "label": "trio", "options": {"credit": "mean"}}
    other = answered(
        "b", planted, seeds=6, about="Other words.",
        strategies=[*one.results.experiment["strategies"], choice],
    )  # fmt: skip
    assert compare_runs(("a", "b"), one, other).differences == [
        ("seeds", "9", "6"),
        ("strategies", "none", 'trio {"credit": "mean"}'),
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seed": 4}, "seed 0 against 4"),
        ({"population": 20}, "population 10 against 20"),
    ],
)
def test_other_first_genomes_are_not_paired(one, answered, planted, changes, words):
    found = compare_runs(("a", "b"), one, answered("b", planted, **changes))
    assert words in found.unpaired_because
    assert found.shared == 36


def test_only_what_is_shared_counts(one, answered, planted):
    fewer = [t for t in planted if t["seed"] < 4 and t["strategy"] != "random"]
    found = compare_runs(("a", "b"), one, answered("b", fewer))
    assert (found.shared, found.only_in) == (16, (20, 0))
    assert {c.strategy for c in found.changes} == {"end_to_end", "society"}
    assert {c.pair.n for c in found.changes} == {8}


@pytest.mark.parametrize(
    "case",
    [
        (lambda t: {**t, "target": "v"}, "same", "no target in common"),
        (lambda t: t["seed"] < 2 and {**t, "seed": t["seed"] + 20}, "same", "no seed in common"),
        (lambda t: t, "other", "different sounds"),
    ],
)  # fmt: skip
def test_nothing_in_common_is_refused(one, answered, plant, refused, case):
    change, digest, words = case
    others = [changed for t in plant() if (changed := change(t))]
    other = answered("b", others, digest)
    with refused("a and b share no trial", words):
        compare_runs(("a", "b"), one, other)


def test_choices_are_described_by_their_labels():
    from harness.answer.compare_runs import _text

    assert _text([{"label": "x", "options": {}}, {"file": "a.flac"}]) == "x, a.flac"
    assert _text([]) == "none"
    assert _text({"contrived": 3}) == '{"contrived": 3}'
