"""What answers said is kept, and not said again once anything that they rest on has changed."""

import json
import shutil
from dataclasses import asdict

import pytest

from harness.answer.load import load_results
from harness.answer.output.kept import Said, keep, kept
from harness.answer.output.write_all import write_answers
from harness.answer.questions.evaluate import answer
from harness.record.journal import Journal
from harness.record.sealed import read_record, write_record

SAID = Said("printed [95%]\n", "120 None", [{"question": "Which?"}], "2 workers")


@pytest.fixture(scope="module")
def answered_once(tiny_journal, tmp_path_factory, undrawing):
    """A comparison whose answers are kept."""
    out = tmp_path_factory.mktemp("runs")
    shutil.copytree(tiny_journal.path, out / "tiny")
    journal = Journal(out, "tiny")
    results = load_results(journal)
    with undrawing():
        write_answers(results, answer(results))
    keep(journal, SAID)
    return journal


@pytest.fixture
def answered(answered_once, tmp_path):
    """A copy of it."""
    shutil.copytree(answered_once.path, tmp_path / "tiny")
    return Journal(tmp_path, "tiny")


def test_what_was_said_is_said_again_also_elsewhere(answered):
    assert asdict(kept(answered)) == asdict(SAID)


def test_nothing_is_kept_at_first(tiny_journal, tmp_path):
    shutil.copytree(tiny_journal.path, tmp_path / "tiny")
    assert kept(Journal(tmp_path, "tiny")) is None


def _trial(journal):
    return next(path for path in sorted((journal.path / "trials").iterdir()))


def _judged_again(journal):
    path = _trial(journal) / "judgement.json"
    write_record(path, {**read_record(path), "best": 1e-3})


def _longer_times(journal):
    with (_trial(journal) / "times.jsonl").open("ab") as file:
        file.write(b"{}\n")


def _rewritten(name):
    def change(journal):
        path = journal.path / name
        path.write_bytes(path.read_bytes() + b" ")

    return change


CHANGES = {
    "judged again": _judged_again,
    "a trial gone": lambda journal: shutil.rmtree(_trial(journal)),
    "a trial failed": lambda journal: write_record(
        _trial(journal) / "failure.json", {"reason": ""}
    ),
    "other costs": _longer_times,
    "another experiment": _rewritten("experiment.json"),
    "a probe": lambda journal: write_record(journal.path / "interactions.json", {}),
    "a report that somebody changed": _rewritten("report.html"),
    "a table that is gone": lambda journal: (journal.path / "tables" / "trials.csv").unlink(),
    "damage": lambda journal: (journal.path / "answered.json").write_text(
        (journal.path / "answered.json").read_text().replace("Which", "What")
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_changes_is_answered_again(answered, change):
    change(answered)
    assert kept(answered) is None


def test_another_version_answers_again(answered, monkeypatch):
    monkeypatch.setattr("harness.answer.output.kept.own_version", lambda: "9.9")
    assert kept(answered) is None


def test_it_is_json(answered):
    assert json.loads((answered.path / "answered.json").read_text())["cost"] == "2 workers"
