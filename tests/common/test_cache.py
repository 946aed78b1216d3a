import tempfile

import pytest

from common.cache import cache_folder, first_writable


@pytest.fixture
def temporary(monkeypatch, tmp_path):
    """A temporary folder of the system's for this test alone."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_caches_are_kept_where_the_system_keeps_them(monkeypatch, tmp_path):
    monkeypatch.delenv("GA_SYNTH_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "ga-synth"
    monkeypatch.setenv("GA_SYNTH_CACHE", str(tmp_path / "own"))
    assert cache_folder() == tmp_path / "own"


def test_without_a_place_to_write_a_private_one_is_used_again(monkeypatch, temporary):
    # Not even root can write there.
    monkeypatch.setenv("GA_SYNTH_CACHE", "/proc/nowhere")
    found = cache_folder()
    assert found.parent == temporary
    assert found.stat().st_mode & 0o777 == 0o700
    assert cache_folder() == found


def test_a_folder_that_others_can_enter_is_not_used(temporary):
    found = first_writable([])
    found.chmod(0o777)
    other = first_writable([])
    assert other != found
    assert other.stat().st_mode & 0o777 == 0o700


def test_a_link_that_somebody_planted_is_not_followed(temporary):
    found = first_writable([])
    found.rmdir()
    (temporary / "elsewhere").mkdir(mode=0o700)
    found.symlink_to(temporary / "elsewhere")
    assert first_writable([]) not in (found, temporary / "elsewhere")
