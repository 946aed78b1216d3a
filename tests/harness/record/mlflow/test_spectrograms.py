"""Pictures of two sounds, checked by what is bright in them and where."""

import io

import numpy as np
import pytest
import soundfile
from PIL import Image

from harness.record.mlflow.spectrograms import place_of, spectrogram_pair, spectrograms

RATE, HEIGHT, LEFT, GAP = 16_000, 200, 44, 6


@pytest.fixture
def tones(tmp_path):
    """Files of half a second: a tone of 1 kHz, and one of 4 kHz."""
    t = np.arange(RATE // 2) / RATE
    files = []
    for hertz in (1000, 4000):
        files.append(tmp_path / f"{hertz}.flac")
        soundfile.write(files[-1], 0.5 * np.sin(2 * np.pi * hertz * t), RATE)
    return files


def picture(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA")).astype(int)


def brightest_row(panel):
    return int(panel[:, :, :3].sum(axis=(1, 2)).argmax())


def test_tones_lie_where_their_frequencies_are_in_both(tones):
    pair = picture(spectrogram_pair(*tones))
    target, found = pair[:HEIGHT, LEFT:], pair[HEIGHT + GAP :, LEFT:][:HEIGHT]
    # A bin is 8 Hz wide there, a row 3%.
    assert brightest_row(target) == pytest.approx(HEIGHT * place_of(1000, RATE / 2), abs=2)
    assert brightest_row(found) == pytest.approx(HEIGHT * place_of(4000, RATE / 2), abs=2)
    one, other = map(picture, spectrograms(*tones))
    assert brightest_row(one) == brightest_row(target)
    assert brightest_row(other) == brightest_row(found)


def test_numbers_stand_beside_and_below_and_nothing_between(tones):
    pair = picture(spectrogram_pair(*tones))
    inked = pair[:, :, 3] > 0
    y = round(HEIGHT * place_of(1000, RATE / 2))
    assert inked[y - 4 : y + 5, :LEFT].any()
    assert inked[2 * HEIGHT + GAP :, LEFT:].any()
    assert not inked[HEIGHT : HEIGHT + GAP].any()


def test_the_same_sounds_give_the_same_bytes(tones):
    assert spectrogram_pair(*tones) == spectrogram_pair(*tones)
    assert place_of(20, 8000) == pytest.approx(1)
    assert place_of(8000, 8000) == pytest.approx(0)
