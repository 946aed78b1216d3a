import json
import warnings
from pathlib import Path

import numpy as np
import pytest

from synth.real.base import RealSynth


class Played(RealSynth):
    """A synth whose host is that of the tests."""

    backend = "played"
    host = "hosts:Plays"

    def host_options(self):
        return {"word": self.backend}

    def verify(self):
        self._call_host("echo", "verify")


MAP = {"synth": "played", "note": {"pitch": {"low": 50, "high": 70}}}


@pytest.fixture
def synth(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    made = Played(8_000, 100, map=MAP)
    yield made
    made.close()


def genome(key):
    return np.array([[(key - 50) / 20]])


def test_no_genome_is_played_twice(synth):
    many = np.concatenate([genome(60), genome(62), genome(60)])
    sounds = synth.render(many)
    assert sounds.dtype == np.float32
    np.testing.assert_allclose(sounds[:, 0] * 127, [60, 62, 60], rtol=1e-6)
    synth.render(many[::-1])
    assert synth._call_host("echo", None)[2] == 3


def test_what_was_kept_is_bounded(synth, monkeypatch):
    monkeypatch.setattr("synth.real.base._CACHED_SAMPLES", 250)
    for key in (60, 62, 63, 64):
        synth.render(genome(key))
    assert len(synth._cache) == 2


def test_a_genome_that_kills_its_host_is_silent_and_said(synth):
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        sounds = synth.render(np.concatenate([genome(60), genome(61), genome(62)]))
    np.testing.assert_allclose(sounds[:, 0] * 127, [60, 0, 62], rtol=1e-6)
    assert "crashed with signal 11" in str(heard[0].message)
    assert len(heard) == 1


def test_the_settings_say_the_patch(synth):
    text = synth.settings(genome(60)[0])["patch.json"]
    assert json.loads(text) == {
        "pitch": 60.0, "velocity": 100, "onset_s": 0.0, "length_s": 0.5, "gain_db": 0.0,
        "controls": {},
    }  # fmt: skip


def test_planned_reads_the_map_from_its_file(synth, tmp_path):
    (tmp_path / "mine.yaml").write_text("synth: played\nnote: {pitch: {low: 50, high: 70}}\n")
    found = Played.planned({"map": "mine.yaml"}, tmp_path)
    assert found["map"]["note"]["pitch"] == {"low": 50.0, "high": 70.0}
    assert Played(8_000, 100, **found).space.names == ("pitch",)
