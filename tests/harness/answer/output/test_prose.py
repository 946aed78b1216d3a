"""Sentences that wrap, but not within an interval."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from harness.answer.output.prose import Prose


def printed(prose, width):
    file = io.StringIO()
    Console(file=file, width=width).print(prose)
    return file.getvalue().rstrip("\n").split("\n")


@pytest.mark.parametrize("width", [80, 40, 24])
def test_intervals_stay_whole(width):
    said = "a is ahead of b in 90% [83%, 95%], shift +0.25 [0.10, 0.40], n = 9 pairs [no interval]."
    lines = printed(Prose(said, indent=2), width)
    assert all(line.startswith("  ") and cell_len(line) <= width for line in lines)
    for interval in ("[83%, 95%],", "[0.10, 0.40],", "[no interval]."):
        assert sum(interval in line for line in lines) == 1
    assert " ".join(line.strip() for line in lines) == said


@given(st.text(st.sampled_from("ab[], 鼓"), max_size=80), st.integers(4, 60))
def test_nothing_is_lost(text, width):
    lines = printed(Prose(text), width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
