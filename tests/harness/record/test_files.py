import errno
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from harness.record.files import (
    finite,
    locked,
    read_json,
    waiting_lock,
    write_bytes,
    write_json,
)
from harness.record.sealed import append_records, write_record


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
    lambda path: write_record(path, {}),
    lambda path: append_records(path, [{}], 0),
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
