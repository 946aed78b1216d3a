"""The page of the network that ships: draws to hear, doubts of every knob, and the truth."""

import re

import numpy as np
import pytest

from harness.api.proposal_page.page import write_proposal_page
from harness.api.proposal_page.show import shown
from synth.sound import flac_bytes
from synth.subtractive.parameters import SPACE


@pytest.mark.slow
def test_a_random_sound_of_the_synth_is_shown_with_its_truth(tmp_path):
    found = shown("subtractive", "contrived:3", tmp_path)
    assert found.truth.shape == (len(SPACE),)
    assert found.heard.shape == (17, 16_000)
    assert len(found.neighbours) == 3
    # The network knows its own domain: its draws are nearer than random genomes.
    random = found.synth.render(np.random.default_rng(0).random((64, len(SPACE))))
    from fitness.spectrogram import Spectrogram

    apart = np.median(Spectrogram(found.sound, 16_000)(random))
    assert np.median(found.distances) < apart
    path = tmp_path / "page.html"
    write_proposal_page(path, found)
    page = path.read_text(encoding="utf-8")
    assert page.count("<audio") == 1 + 17 + 3
    assert page.count('class="gene"') == len(SPACE)
    assert page.count('class="true"') >= len(SPACE)
    assert not re.search(r"https?://", page.replace("http://www.w3.org", ""))
    again = shown("subtractive", "contrived:3", tmp_path)
    assert np.array_equal(again.heard, found.heard)


@pytest.mark.slow
def test_a_recording_with_any_name_is_shown(tmp_path):
    path = tmp_path / "<b>é & ♫.flac"
    time = np.arange(22_050) / 44_100
    path.write_bytes(flac_bytes((0.3 * np.sin(2 * np.pi * 220 * time)).astype(np.float32), 44_100))
    found = shown("subtractive", str(path), tmp_path)
    assert found.truth is None
    assert found.sound.shape == (8_000,)
    assert any("44100 Hz" in note for note in found.notes)
    write_proposal_page(tmp_path / "page.html", found)
    assert "<b>é" not in (tmp_path / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "target", "words"),
    [
        ("subtractiv", "contrived:1", ["subtractiv", "subtractive"]),
        ("subtractive", "contrived:x", ["contrived:x", "number"]),
        ("subtractive", "nothing.wav", ["nothing.wav"]),
    ],
)
def test_what_is_not_there_is_refused(name, target, words, tmp_path, refused):
    with refused(*words):
        shown(name, target, tmp_path)
