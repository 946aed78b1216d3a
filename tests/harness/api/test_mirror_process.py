"""The process that mirrors a run: how long a run waits for it, and what it says of it."""

import json
import stat
from pathlib import Path

import pytest

from harness.api.mirror_process import MirrorProcess
from harness.api.runner import RunOptions, _tell_mirror
from harness.record.journal import Journal


@pytest.fixture
def mirrored_by(tmp_path, monkeypatch):
    """A mirror whose process is this shell script, of a comparison with three finished trials."""
    monkeypatch.setattr("harness.api.mirror_process._LAST_WAIT_S", 1.0)
    journal = Journal(tmp_path, "tiny")
    for name in "abc":
        (journal.path / "trials" / name).mkdir(parents=True)
        (journal.path / "trials" / name / "judgement.json").touch()

    def run(script):
        program = tmp_path / "program"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setattr("harness.api.mirror_process.sys.executable", str(program))
        with MirrorProcess(journal, tmp_path) as mirror:
            mirror.finish()
        return mirror

    return run


def test_one_that_hangs_is_left_and_what_is_left_is_counted(mirrored_by):
    mirror = mirrored_by("echo 0; echo 1; exec sleep 60")
    assert "1 s" in mirror.failure
    assert mirror.left == 2


def test_why_it_failed_and_what_it_mended(mirrored_by):
    mirror = mirrored_by("echo 'note: moved' >&2; echo 'ga-synth: no server' >&2; exit 2")
    assert (mirror.failure, mirror.left, mirror.notes) == ("no server", None, ["moved"])


def test_one_that_is_done_has_nothing_to_say(mirrored_by):
    mirror = mirrored_by("echo 3")
    assert (mirror.failure, mirror.left, mirror.notes) == ("", 0, [])


@pytest.mark.parametrize("as_json", [False, True])
def test_what_is_left_is_said_with_the_command_that_goes_on(mirrored_by, capsys, as_json):
    mirror = mirrored_by("echo 1; exit 1")
    _tell_mirror(mirror, "tiny", RunOptions(Path("my runs"), as_json=as_json))
    said = capsys.readouterr()
    command = "ga-synth sync tiny --out 'my runs'"
    if as_json:
        assert json.loads(said.out) == {
            "event": "mirror", "notes": [], "failure": "its process ended", "left": 2,
            "command": command,
        }  # fmt: skip
    else:
        assert command in said.err
        assert "2 finished trials" in said.err
