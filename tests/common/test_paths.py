import pytest

from common.paths import present


def test_what_is_there_and_what_is_not(tmp_path):
    file = tmp_path / "file"
    file.write_text("x")
    (tmp_path / "link").symlink_to(file)
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    there = {p.name for p in (tmp_path, file, tmp_path / "link") if present(p)}
    assert there == {tmp_path.name, "file", "link"}
    missing = (tmp_path / "dangling", tmp_path / "nothing", file / "below", tmp_path / "a" / "b")
    assert not any(map(present, missing))


def test_what_cannot_be_looked_at_is_not_missing(tmp_path):
    with pytest.raises(OSError, match="too long"):
        present(tmp_path / ("a" * 300))
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(OSError, match="loop"):
        present(loop)
