"""Records: JSON that begins with its checksum, as a file or a line."""

import json
import resource

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.record.sealed import (
    append_records,
    check_records,
    read_record,
    read_records,
    whole_lines,
    write_record,
)

VALUES = st.dictionaries(
    st.text().filter(lambda key: key != "checksum"),
    st.none() | st.integers() | st.floats(allow_nan=False) | st.lists(st.text()),
    max_size=4,
)


@given(VALUES)
def test_a_record_is_json_and_comes_back(tmp_path_factory, value):
    path = tmp_path_factory.mktemp("records") / "a.json"
    write_record(path, value)
    assert read_record(path) == value
    plain = json.loads(path.read_bytes())
    assert len(plain.pop("checksum")) == 8
    assert plain == value


@given(VALUES, st.data())
def test_any_changed_byte_is_found(tmp_path_factory, refused, value, data):
    path = tmp_path_factory.mktemp("records") / "a.json"
    write_record(path, value)
    content = bytearray(path.read_bytes())
    # All but the end of the last line, which holds nothing.
    at = data.draw(st.integers(0, len(content) - 2))
    content[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    with refused("cannot read", "a.json", "damaged"):
        read_record(path)
    path.write_bytes(bytes(content)[:at])
    with refused("cannot read", "a.json", "damaged"):
        read_record(path)


def test_json_of_somebody_else_is_no_record(tmp_path, refused):
    (tmp_path / "a.json").write_text('{"a": 1}')
    with refused("cannot read", "damaged", "no checksum"):
        read_record(tmp_path / "a.json")
    with refused("cannot read", "no such file"):
        read_record(tmp_path / "b.json")


ROWS = st.lists(VALUES, max_size=4)


@given(ROWS, ROWS, st.binary(max_size=30))
def test_appending_cuts_off_what_came_after(tmp_path_factory, first, second, torn):
    path = tmp_path_factory.mktemp("lines") / "a.jsonl"
    at = append_records(path, first, 0)
    with path.open("ab") as file:
        file.write(torn)
    assert append_records(path, second, at) == path.stat().st_size
    assert read_records(path) == first + second


@pytest.mark.parametrize("cut", [1, 5, 30])
def test_a_line_that_was_cut_short_is_left_out(tmp_path, cut):
    path = tmp_path / "a.jsonl"
    first = append_records(path, [{"a": 1}], 0)
    append_records(path, [{"bc": "d"}], first)
    path.write_bytes(path.read_bytes()[:-cut])
    assert read_records(path) == [{"a": 1}]
    assert whole_lines(path) == first


@pytest.mark.parametrize("at", [0, 12, 18, 24, 30])
def test_a_changed_line_is_found(tmp_path, refused, at):
    path = tmp_path / "a.jsonl"
    append_records(path, [{"a": 1.25}, {"b": 2}], 0)
    check_records(path)
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
    for read in (read_records, check_records):
        with refused("cannot read", "a.jsonl", "damaged"):
            read(path)


def test_lines_of_a_missing_file(tmp_path):
    assert read_records(tmp_path / "a.jsonl") == []
    assert whole_lines(tmp_path / "a.jsonl") == 0


@pytest.mark.parametrize("content", [b"", b"123\n"])
def test_a_file_shorter_than_what_was_written_is_damaged(tmp_path, refused, content):
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    with refused("a.jsonl: damaged, shorter than the 10 bytes"):
        append_records(path, [{}], 10)
    assert path.read_bytes() == content


def test_lines_that_do_not_fit_are_no_part_of_the_file(tmp_path, refused):
    path = tmp_path / "a.jsonl"
    at = append_records(path, [{"first": 1}], 0)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (at + 5, hard))
    try:
        with refused("cannot write", "a.jsonl", "file too large"):
            append_records(path, [{"second": 1}], at)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert read_records(path) == [{"first": 1}]
    append_records(path, [{"second": 1}], at)
    assert read_records(path) == [{"first": 1}, {"second": 1}]


def test_rows_keep_every_digit(tmp_path):
    append_records(tmp_path / "a", [{"x": 0.1 + 0.2}], 0)
    assert json.loads((tmp_path / "a").read_text())["x"] == 0.1 + 0.2


def test_lines_behind_a_link_are_kept(tmp_path):
    at = append_records(tmp_path / "lines", [{"a": 1}, {"a": 2}], 0)
    (tmp_path / "link").symlink_to(tmp_path / "lines")
    append_records(tmp_path / "link", [{"a": 3}], at)
    assert read_records(tmp_path / "link") == [{"a": 1}, {"a": 2}, {"a": 3}]
    assert read_records(tmp_path / "lines") == [{"a": 1}, {"a": 2}]
