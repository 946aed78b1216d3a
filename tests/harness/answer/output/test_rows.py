"""Tables of which nothing is cut, at any width."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from harness.answer.output.rows import Rows

INTERVALS = Rows(
    ("strategy", "speed [95%]", "renders to half the reference", "about"),
    [
        ("end_to_end", "-0.15 [-0.23, 0.17]", "1,230", "evolves a whole genome, of all genes"),
        ("鼓のソサエティ", "0.16 [0.16, 0.17]", "", "x"),
    ],
    frozenset({"speed [95%]", "renders to half the reference"}),
    frozenset({"about"}),
)


def printed(rows, width):
    file = io.StringIO()
    Console(file=file, width=width).print(rows)
    return file.getvalue().rstrip("\n").split("\n")


@pytest.mark.parametrize("width", [200, 80, 40, 24])
def test_names_and_intervals_stay_whole(width):
    lines = printed(INTERVALS, width)
    assert all(cell_len(line) <= width for line in lines)
    text = "\n".join(lines)
    names, figures = ("end_to_end", "鼓のソサエティ"), ("-0.15 [-0.23, 0.17]", "1,230")
    for whole in (*names, *figures, "0.16 [0.16, 0.17]"):
        assert whole in text
    assert "…" not in text


def test_a_wide_table_has_one_line_of_headings():
    lines = printed(INTERVALS, 200)
    assert len(lines) == 3
    assert lines[0].split()[0] == "strategy"


def test_headings_wrap_before_figures_do():
    lines = printed(INTERVALS, 78)
    assert sum("end_to_end" in line for line in lines) == 1
    (row,) = (line for line in lines if "end_to_end" in line)
    assert "-0.15 [-0.23, 0.17]" in row
    assert "1,230" in row


def test_a_narrow_one_has_a_line_for_each_figure():
    lines = [line.rstrip() for line in printed(INTERVALS, 40)]
    assert lines[0] == "strategy end_to_end"
    assert "  speed [95%]" in lines
    assert "    -0.15 [-0.23, 0.17]" in lines
    # An empty cell says nothing.
    assert sum("renders to half" in line for line in lines) == 1


def test_without_rows_there_are_headings():
    assert printed(Rows(("one", "other"), []), 40)[0].split() == ["one", "other"]


def test_colours_are_kept_and_brackets_are_no_markup():
    (_, line) = printed(Rows(("name", "state"), [("a [b]", Text("[red]", "red"))]), 40)
    assert line.split("  ")[0] == "a [b]"
    assert "[red]" in line


words = st.text(st.sampled_from("ab[],.0 鼓é"), max_size=50).map(lambda t: " ".join(t.split()))


@given(st.lists(st.tuples(words.filter(bool), words, words), min_size=1), st.integers(20, 120))
def test_every_sign_is_printed(rows, width):
    lines = printed(Rows(("first", "second", "third"), rows), width)
    assert all(cell_len(line) <= width for line in lines)
    found = "".join("".join(lines).split())
    for row in rows:
        for sign in "".join(row).replace(" ", ""):
            assert sign in found
    heard = sum(len("".join(cell.split())) for row in rows for cell in row)
    assert len(found) >= heard
