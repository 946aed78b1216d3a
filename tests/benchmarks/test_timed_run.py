"""A run under a watch: it names the driver's parts, so it breaks when they are renamed."""

import json

import pytest

from benchmarks import timed_run


def test_the_driver_is_watched(tmp_path, monkeypatch):
    path = tmp_path / "seconds.json"
    monkeypatch.setattr("sys.argv", ["timed_run", str(path), "list"])
    kept, written = [], []
    monkeypatch.setattr(timed_run.atexit, "register", written.append)
    monkeypatch.setattr(timed_run, "_watch", lambda *watched: kept.append(watched))
    with pytest.raises(SystemExit):
        timed_run.main()
    written[0]()
    assert json.loads(path.read_text()) == {}
    assert all(callable(getattr(where, name)) for where, name, *_ in kept)
    assert len(kept) == len(timed_run._WATCHED)
