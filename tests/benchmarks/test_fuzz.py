"""A few of the fuzzer's cases, and that it finds what it looks for."""

import json
import sys

import pytest

from benchmarks import fuzz

# On each Python others.
CASES = range(10_000 * sys.version_info.minor, 10_000 * sys.version_info.minor + 150)


@pytest.mark.parametrize("kind", list(fuzz.seeds()))
def test_cases_are_read_or_refused_in_one_line(kind, tmp_path, monkeypatch):
    # A busy machine is slow, and its alarm would end all tests of this process.
    monkeypatch.setattr(fuzz, "_SLOW_S", 600)
    assert fuzz.run(kind, CASES, tmp_path) == []


def test_a_file_that_sends_its_decoder_before_its_beginning(tmp_path):
    """Among these cases; what the decoder's callback raised was printed."""
    assert fuzz.run("sound", range(130_000, 130_150), tmp_path) == []


def test_a_case_is_the_same_for_the_same_number():
    assert fuzz.case("map", 7) == fuzz.case("map", 7) != fuzz.case("map", 8)


def test_what_is_raised_is_found(tmp_path, monkeypatch):
    def read(path):
        raise KeyError(path.name)

    monkeypatch.setattr(fuzz, "seeds", lambda: {"broken": (read, [("a", b"b")])})
    found = fuzz.run("broken", range(3), tmp_path)
    assert [number for number, _ in found] == [0, 1, 2]
    assert json.loads(json.dumps(found))[0][1].startswith("KeyError")
