"""Damage to a journal is found, said, and done again, with the same bytes."""

import errno
import os
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.answer.load import load_results
from harness.answer.questions.evaluate import answer
from harness.plan.trials import trials_of
from harness.record.damage import clear_damaged
from harness.record.journal import Journal
from harness.record.trial_folder import TIMES
from harness.run.driver import Driver


def changed(content, at, kind):
    """The bytes of a file with a byte flipped, or cut short, or nothing."""
    at %= len(content)
    if kind == "cut":
        return content[:at]
    if kind == "empty":
        return b""
    return content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :]


class _StopAfter:
    """Asks the driver for a stop after some rounds."""

    def __init__(self, rounds):
        self.left = rounds

    @property
    def signal(self):
        return int(self.left <= 0)

    def on_event(self, event, trial, data):
        del trial, data
        self.left -= event == "round"


@pytest.fixture
def comparison(planned):
    return planned(seeds=1, budget=24, fitness=["waveform"], judges=["loudness"])


@pytest.fixture
def run(comparison, workers_here):
    """Run the comparison into a folder, to the end or for some rounds; gives the journal."""

    def call(out, rounds=10**6):
        journal, stop = Journal(out, comparison.experiment.name), _StopAfter(rounds)
        journal.begin(comparison)
        Driver(comparison, journal, workers_here, stop.on_event).run(trials_of(comparison), stop)
        return journal

    return call


@pytest.fixture
def mended(comparison, run, digests, tmp_path):
    """Damage a copy of a journal, run it again, and check that all its bytes are back."""
    whole = digests(run(tmp_path / "whole"))

    def check(begun, choice, at, kind):
        out = tmp_path / "copy"
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(begun.path.parent, out)
        journal = Journal(out, begun.path.name)
        files = sorted(path for path in (journal.path / "trials").rglob("*") if path.is_file())
        path = files[choice % len(files)]
        before = path.read_bytes()
        path.write_bytes(changed(before, at, kind) if before else b"x")
        names = [trial.name for trial in trials_of(comparison)]
        found = clear_damaged(journal, names)
        assert digests(run(out)) == whole
        return path, found

    return check


SLOW = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
FILES, PLACES = st.integers(0, 10**6), st.integers(0, 10**6)
KINDS = st.sampled_from(["flip", "cut", "empty"])


def test_damage_to_a_finished_trial_is_named_and_done_again(mended, run, tmp_path):
    begun = run(tmp_path / "begun")

    @SLOW
    @given(FILES, PLACES, KINDS)
    def damaged(choice, at, kind):
        path, found = mended(begun, choice, at, kind)
        # What was cut at the end of a line holds all lines before it: that is no damage.
        if path.name != TIMES:
            assert list(found) == [path.parent.name]
            assert path.name in found[path.parent.name]

    damaged()


def test_damage_to_an_unfinished_trial_is_done_again(mended, run, tmp_path, monkeypatch):
    monkeypatch.setattr("harness.run.driver._SAVE_EVERY_S", 0.0)
    begun = run(tmp_path / "begun", rounds=3)
    assert list(begun.path.rglob("checkpoint.zip"))

    @SLOW
    @given(FILES, PLACES, KINDS)
    def damaged(choice, at, kind):
        mended(begun, choice, at, kind)

    damaged()


def test_a_report_leaves_out_what_is_damaged_and_says_what_to_do(run, tmp_path):
    journal = run(tmp_path / "out")
    names = [path.name for path in sorted((journal.path / "trials").iterdir())]
    file = journal.folder(names[0]).path / "judgement.json"
    # One digit of a distance.
    text = file.read_text()
    at = text.index('"best": ') + 10
    file.write_text(text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :])
    results = load_results(journal)
    assert list(results.damaged) == [names[0]]
    assert names[0] not in set(results.trials["name"])
    (said,) = [line for line in answer(results).caveats if "damaged" in line]
    assert "judgement.json" in said
    assert "run the comparison again" in said


@pytest.mark.parametrize("name", ["judgement.json", "generations.jsonl", "best.flac", TIMES])
@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO])
def test_what_cannot_be_read_is_refused_and_nothing_is_removed(
    run, tmp_path, monkeypatch, refused, name, number
):
    journal = run(tmp_path / "out")
    trials = [path.name for path in sorted((journal.path / "trials").iterdir())]
    # Damage elsewhere must not be mended before, either: the user may want to look first.
    (journal.folder(trials[1]).path / TIMES).write_bytes(b"{}\n")
    kept = sorted(journal.path.rglob("*"))
    blocked, opened = journal.folder(trials[0]).path / name, open

    def unreadable(file, *args, **options):
        if str(file) == str(blocked):
            raise OSError(number, os.strerror(number), str(file))
        return opened(file, *args, **options)

    monkeypatch.setattr("io.open", unreadable)
    with refused(f"cannot read {blocked}: {os.strerror(number).lower()}; nothing was changed"):
        clear_damaged(journal, trials)
    assert sorted(journal.path.rglob("*")) == kept
    results = load_results(journal)
    assert trials[0] in results.damaged


def test_targets_and_what_was_run_are_written_anew(run, tmp_path, digests):
    journal = run(tmp_path / "out")
    before = digests(journal), (journal.path / "experiment.json").read_bytes()
    (target,) = (journal.path / "targets").glob("*.flac")
    for path in (target, target.with_suffix(".json"), journal.path / "experiment.json"):
        path.write_bytes(changed(path.read_bytes(), 100, "flip"))
    run(tmp_path / "out")
    assert (digests(journal), (journal.path / "experiment.json").read_bytes()) == before
