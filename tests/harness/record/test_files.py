import errno
import json
import os
import resource
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.record.files import (
    append_lines,
    finite,
    locked,
    read_json,
    read_lines,
    waiting_lock,
    whole_lines,
    write_bytes,
    write_json,
)


@pytest.fixture
def below_a_file(tmp_path):
    """A place that nobody can write to, not even root."""
    (tmp_path / "file").write_text("x")
    return tmp_path / "file" / "folder" / "name.json"


@pytest.fixture
def full_disk(monkeypatch):
    """From now on nothing can be written by ``write_bytes``."""

    def full(self, data):
        with self.open("wb") as file:
            file.write(data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    return lambda: monkeypatch.setattr(Path, "write_bytes", full)


WRITERS = [
    lambda path: write_bytes(path, b"data"),
    lambda path: write_json(path, [1]),
    lambda path: append_lines(path, [1], 0),
]


def test_written_whole_with_its_folders(tmp_path):
    path = tmp_path / "a" / "b" / "c.bin"
    write_bytes(path, b"one")
    write_bytes(path, b"other")
    assert path.read_bytes() == b"other"
    assert [file.name for file in path.parent.iterdir()] == ["c.bin"]


def test_a_full_disk_leaves_the_old_file_whole(tmp_path, full_disk, refused):
    path = tmp_path / "a.bin"
    write_bytes(path, b"the old one")
    full_disk()
    with refused("cannot write", "a.bin", "no space left on device"):
        write_bytes(path, b"the new one")
    assert path.read_bytes() == b"the old one"
    assert [file.name for file in tmp_path.iterdir()] == ["a.bin"]


def test_lines_that_do_not_fit_are_no_part_of_the_file(tmp_path, refused):
    path = tmp_path / "a.jsonl"
    at = append_lines(path, ["first"], 0)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (at + 5, hard))
    try:
        with refused("cannot write", "a.jsonl", "file too large"):
            append_lines(path, ["second"], at)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert read_lines(path) == ["first"]
    append_lines(path, ["second"], at)
    assert read_lines(path) == ["first", "second"]


@pytest.mark.parametrize("writer", WRITERS)
def test_where_nobody_can_write(below_a_file, refused, writer):
    with refused("cannot write", str(below_a_file), "not a directory"):
        writer(below_a_file)


@pytest.mark.parametrize("writer", WRITERS)
def test_where_a_folder_stands(tmp_path, refused, writer):
    with refused("cannot write", "is a directory"):
        writer(tmp_path)


def test_a_name_that_is_too_long(tmp_path, refused):
    with refused("cannot write", "file name too long"):
        write_bytes(tmp_path / ("x" * 300), b"")


def test_json_is_readable_and_the_same_bytes(tmp_path):
    path = tmp_path / "a.json"
    write_json(path, {"ü": [1, 0.1]})
    before = path.read_bytes()
    write_json(path, read_json(path))
    assert path.read_bytes() == before
    assert "ü" in path.read_text(encoding="utf-8")
    assert read_json(path) == {"ü": [1, 0.1]}


@pytest.mark.parametrize("content", [b"", b"{", b'{"a": 1', b"\xff\xfe", b"nonsense"])
def test_damaged_json(tmp_path, refused, content):
    (tmp_path / "a.json").write_bytes(content)
    with refused("cannot read", "a.json", "damaged"):
        read_json(tmp_path / "a.json")
    with refused("cannot read", "no such file"):
        read_json(tmp_path / "b.json")


ROWS = st.lists(st.dictionaries(st.text(), st.integers() | st.floats(allow_nan=False)), max_size=4)


@given(ROWS, ROWS, st.binary(max_size=30))
def test_appending_cuts_off_what_came_after(tmp_path_factory, first, second, torn):
    path = tmp_path_factory.mktemp("lines") / "a.jsonl"
    at = append_lines(path, first, 0)
    with path.open("ab") as file:
        file.write(torn)
    assert append_lines(path, second, at) == path.stat().st_size
    assert read_lines(path) == first + second


@pytest.mark.parametrize(
    ("content", "rows", "whole"),
    [
        (b"", [], 0),
        (b'{"a": 1}', [], 0),
        (b'{"a": 1}\n', [{"a": 1}], 9),
        (b'{"a": 1}\n{"b"', [{"a": 1}], 9),
        (b'{"a": 1}\n2\n\xff', [{"a": 1}, 2], 11),
    ],
)
def test_a_line_that_was_cut_short_is_left_out(tmp_path, content, rows, whole):
    (tmp_path / "a.jsonl").write_bytes(content)
    assert read_lines(tmp_path / "a.jsonl") == rows
    assert whole_lines(tmp_path / "a.jsonl") == whole


def test_lines_of_a_missing_file(tmp_path):
    assert read_lines(tmp_path / "a.jsonl") == []
    assert whole_lines(tmp_path / "a.jsonl") == 0


@pytest.mark.parametrize("content", [b"{\n", b"1\nx\n2\n", b"\xff\n"])
def test_damaged_lines(tmp_path, refused, content):
    (tmp_path / "a.jsonl").write_bytes(content)
    with refused("cannot read", "a.jsonl", "damaged"):
        read_lines(tmp_path / "a.jsonl")


@pytest.mark.parametrize("content", [b"", b"123\n"])
def test_a_file_shorter_than_what_was_written_is_damaged(tmp_path, refused, content):
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    with refused("a.jsonl: damaged, shorter than the 10 bytes"):
        append_lines(path, [1], 10)
    assert path.read_bytes() == content


LOCK = """
import sys
import threading
from pathlib import Path
from common.errors import InputError
from harness.record.files import locked
try:
    with locked(Path(sys.argv[1])):
        print("held")
except InputError as error:
    print(error)
"""


def test_only_one_process_holds_a_folder(tmp_path):
    def other():
        command = [sys.executable, "-c", LOCK, str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    with locked(tmp_path):
        assert other() == f"{tmp_path}: another run is writing there"
    assert other() == "held"
    with pytest.raises(RuntimeError), locked(tmp_path):
        raise RuntimeError
    with locked(tmp_path):
        pass


def test_a_second_process_waits_for_the_first(tmp_path):
    waiting = """
import sys
import threading
from pathlib import Path
from harness.record.files import waiting_lock
with waiting_lock(Path(sys.argv[1]), lambda holder: print(holder, flush=True)):
    print("held", (Path(sys.argv[1]) / "result").read_text())
"""
    with locked(tmp_path):
        other = subprocess.Popen(
            [sys.executable, "-c", waiting, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert f"process {os.getpid()}" in other.stdout.readline()
        (tmp_path / "result").write_text("whole")
    assert other.communicate(timeout=60)[0].strip() == "held whole"


def test_nobody_waits_for_a_free_folder(tmp_path):
    told = []
    with waiting_lock(tmp_path, told.append):
        pass
    assert told == []


def test_the_lock_of_a_removed_folder_is_not_enough(tmp_path):
    """Whoever waits must not believe to hold a folder that was removed and made again."""
    folder = tmp_path / "folder"
    order, waits = [], threading.Event()

    def wait():
        with waiting_lock(folder, lambda _: waits.set()):
            order.append((folder / ".lock").exists())

    with locked(folder):
        thread = threading.Thread(target=wait)
        thread.start()
        assert waits.wait(timeout=30)
        shutil.rmtree(folder)
    thread.join(timeout=30)
    assert order == [True]


def test_a_folder_that_cannot_be_held(below_a_file, refused):
    with refused("cannot write", "not a directory"), locked(below_a_file):
        pass
    with refused("cannot write /proc/nothing"), locked(Path("/proc/nothing")):
        pass


def test_rows_keep_every_digit(tmp_path):
    append_lines(tmp_path / "a", [0.1 + 0.2], 0)
    assert json.loads((tmp_path / "a").read_text()) == 0.1 + 0.2


def test_what_is_not_finite_is_none():
    value = {"a": [1.5, float("nan"), (float("inf"), "x")], "b": {"c": -float("inf")}, "d": 3}
    assert finite(value) == {"a": [1.5, None, [None, "x"]], "b": {"c": None}, "d": 3}


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("name", ["report.html", ".report.html.part"])
def test_a_link_is_replaced_and_what_it_points_to_is_left_alone(tmp_path, write, name):
    precious = tmp_path / "precious"
    precious.write_text("precious\n")
    path = tmp_path / "runs" / "report.html"
    path.parent.mkdir()
    (path.parent / name).symlink_to(precious)
    write(path)
    assert precious.read_text() == "precious\n"
    assert path.is_file()
    assert not path.is_symlink()


def test_lines_behind_a_link_are_kept(tmp_path):
    (tmp_path / "lines").write_bytes(b"1\n2\n")
    (tmp_path / "link").symlink_to(tmp_path / "lines")
    append_lines(tmp_path / "link", [3], 4)
    assert read_lines(tmp_path / "link") == [1, 2, 3]
    assert read_lines(tmp_path / "lines") == [1, 2]


def test_a_lock_is_not_written_through_a_link(tmp_path, refused):
    precious = tmp_path / "precious"
    precious.write_text("precious")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / ".lock").symlink_to(precious)
    with locked(tmp_path / "folder"):
        assert precious.read_text() == "precious"
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    with refused("link"), locked(tmp_path / "link"):
        pytest.fail("held what is elsewhere")
