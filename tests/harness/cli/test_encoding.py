"""Terminals and pipes that know only ASCII, no colours, or neither."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from harness.cli.encoding import plainly


@pytest.fixture
def written(monkeypatch):
    """What a stream of an encoding holds after a text was written to standard output."""

    def write(text, encoding, errors="strict"):
        raw = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding, errors=errors))
        plainly()
        sys.stdout.write(text)
        sys.stdout.flush()
        return raw.getvalue()

    return write


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("starting …", b"starting ..."),
        ("−12 × 3 → 4", b"-12 x 3 -> 4"),
        ("Demšar, Åström", b"Demsar, Astrom"),
        ("鼓 [0.1, 0.2]", rb"\u9f13 [0.1, 0.2]"),
        ("▁▃█ ½ √genes", b"_.= 1/2 sqrt genes"),
        ("plain", b"plain"),
    ],
)
def test_ascii_gets_simpler_signs(written, text, plain):
    assert written(text, "ascii") == plain
    assert written(text, "ascii", "backslashreplace") == plain


def test_what_click_prints_is_plain_too(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    plainly()
    typer.echo("done …")
    assert raw.getvalue() == b"done ...\n"


def test_what_an_encoding_knows_stays(written):
    assert written("−12 × é", "latin-1") == b"-12 \xd7 \xe9"
    assert written("… 鼓", "utf-8") == "… 鼓".encode()


def test_who_chose_how_errors_are_handled_keeps_it(written):
    assert written("…", "ascii", "replace") == b"?"
    assert written("a\udc80", "utf-8", "surrogateescape") == b"a\x80"


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"NO_COLOR": "1", "TERM": "dumb"},
    ],
    ids=lambda given: next(iter(given)),
)
@pytest.mark.parametrize("words", ["show subtractive", "show nothing", "list", "--help"])
def test_commands_print_no_garbage(environment, words):
    command = [Path(sys.executable).with_name("ga-synth"), *words.split()]
    everything = {**os.environ, **environment}
    done = subprocess.run(command, check=False, env=everything, capture_output=True, timeout=120)
    assert done.returncode == (2 if "nothing" in words else 0)
    assert b"Traceback" not in done.stderr
    assert b"\x1b" not in done.stdout
    assert b"\\u" not in done.stdout + done.stderr
    if "PYTHONIOENCODING" in environment or "LC_ALL" in environment:
        (done.stdout + done.stderr).decode("ascii")
