"""What is suggested for a wrong name is what a person may have meant, or nothing."""

import pytest

from common.suggest import nearest


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("spectrogramm", ["spectrogram", "spectrogram_series"], "spectrogram"),
        ("cmaes", ["cma_es", "descent"], "cma_es"),
        ("Waveform", ["waveform", "mfcc"], "waveform"),
        ("tne.wav", ["tone.wav", "kick.wav"], "tone.wav"),
        ("gaa", ["ga", "l_shade"], "ga"),
        ("hi", ["curve", "high", "low"], "high"),
    ],
)
def test_a_slip_is_mended(name, known, meant):
    assert nearest(name, known) == f"did you mean {meant!r}?"


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("nope.py", ["my_octaves.py", "neg.py"]),
        ("my_fitness", ["cma_es", "mfcc"]),
        ("../evil", ["vital", "puredata"]),
        ("evil", ["vital"]),
        ("spec", ["spectrogram", "spectrogram_series"]),
    ],
)
def test_what_only_shares_letters_or_an_ending_is_not_suggested(name, known):
    assert nearest(name, known) == f"allowed: {', '.join(sorted(known))}"


def test_without_anything_to_choose_from():
    assert nearest("x", []) == "there are none to choose from"
