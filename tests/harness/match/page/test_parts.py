"""What the page of a match is made of: values, knobs, distances, pictures and curves."""

import re
import struct
import zlib

import numpy as np
import pytest

from harness.match.page.curves import loudness_curves, pitch_curves
from harness.match.page.distances import table
from harness.match.page.panel import sections_of
from harness.match.page.picture import COLUMNS, ROWS, grey_png, levels_of
from harness.match.page.wording import value_text

RATE = 16_000


def tone(hertz, seconds=0.6, level=0.5):
    times = np.arange(round(seconds * RATE)) / RATE
    return (level * np.sin(2 * np.pi * hertz * times)).astype(np.float32)


def knobs_at(gene, cutoff):
    """Three knobs in two sections."""
    return {
        "osc_note": {"gene": 0.3, "value": 45.0, "unit": "semitones", "section": "osc"},
        "filter_cutoff": {"gene": gene, "value": cutoff, "unit": "Hz", "section": "filter"},
        "filter_attack": {"gene": 0.3, "value": 0.035, "unit": "s", "section": "filter"},
    }


@pytest.mark.parametrize(
    ("name", "value", "unit", "text"),
    [
        ("cutoff", 1250.0, "Hz", "1.25 kHz"), ("cutoff", 43.21, "Hz", "43.2 Hz"),
        ("attack", 0.035, "s", "35.0 ms"), ("decay", 1.25, "s", "1.25 s"),
        ("sustain", 0.0, "s", "0 s"), ("gain", -12.0, "dB", "−12.0 dB"),
        ("bend", 7.0, "semitones", "+7.0 st"), ("bend", -0.01, "semitones", "0.0 st"),
        ("detune", -12.4, "cents", "−12 ct"), ("note", 49.12, "semitones", "C#3 +12 ct"),
        ("note", 69.0, "semitones", "A4"),
        ("pitch", 69.0, "semitones", "A4"), ("filter1_cutoff", 69.0, "semitones", "440 Hz"),
        ("amp_attack", 0.5, "s^1/4", "62.5 ms"), ("vibrato_rate", 2.0, "log2 Hz", "4.00 Hz"),
        ("filter1_sweep", -0.25, "of 128 semitones", "−32.0 st"),
        ("osc_phase", 0.25, "cycles", "90°"),
        ("mix", 0.4567, "", "0.457"), ("mix", float("inf"), "", "∞"),
        ("share", 45.0, "%", "45.0 %"),
    ],
)  # fmt: skip
def test_values_are_written_for_people(name, value, unit, text):
    assert value_text(name, value, unit) == text


def test_the_name_of_the_section_is_not_repeated():
    osc, filters = sections_of([knobs_at(0.6, 1250.0), knobs_at(0.4, 300.0)])
    assert [knob.label for knob in (*osc.knobs, *filters.knobs)] == ["note", "cutoff", "attack"]
    assert [[one.far for one in knob.settings] for knob in filters.knobs] == [
        [False, True], [False, False],
    ]  # fmt: skip


def test_the_closest_is_said():
    spectral, loud, same = table(
        [{"a": 1.0, "b": 2.0, "c": 3.0}, {"a": 2.0, "b": 1.0, "c": 3.0}], {"a": "dB"}
    )
    assert (spectral.label, loud.label) == ("a, dB", "b")
    assert spectral.closest == [True, False]
    assert loud.closest == [False, True]
    assert same.closest == [False, False]


@pytest.mark.parametrize("hertz", [60.0, 440.0, 3000.0])
def test_a_tone_is_brightest_at_its_frequency_and_level(hertz):
    levels = levels_of(tone(hertz, level=0.5), RATE)
    assert levels.shape == (ROWS, COLUMNS)
    edges = np.geomspace(30.0, RATE / 2, ROWS + 1)[::-1]
    row = int(levels[:, COLUMNS // 2].argmax())
    assert abs(np.log2(np.sqrt(edges[row] * edges[row + 1]) / hertz)) < 1 / 12
    assert levels.max() == pytest.approx(-6.0, abs=3.5)


def test_a_picture_is_a_grey_png():
    levels = np.array([[0.0, -40.0, -80.0], [-100.0, 10.0, -20.0]])
    data = grey_png(levels, top=0.0)
    assert struct.unpack(">II", data[16:24]) == (3, 2)
    content = zlib.decompress(data[data.index(b"IDAT") + 4 : -16])
    lines = np.frombuffer(content, np.uint8).reshape(2, 4)[:, 1:]
    assert lines[0].tolist() == pytest.approx([255, 128, 0], abs=2)
    assert lines[1].tolist() == pytest.approx([0, 255, 191], abs=2)


def points(path):
    return np.array(re.findall(r"[ML](\S+) ([^MLh]+)", path), dtype=float)


def test_curves_show_level_and_pitch():
    sounds = [tone(220), tone(440, level=0.05)]
    loudness = loudness_curves(sounds, RATE)
    one, other = (points(path)[100:300, 1].mean() for path in loudness.paths)
    # 63 dB fill the height: 60 below the target's loudest moment, 3 above.
    assert (other - one) * 0.63 == pytest.approx(20.0, abs=0.2)
    assert "20.0 dB softer" in loudness.summaries[1]
    pitch = pitch_curves(sounds, RATE)
    assert "A3" in pitch.summaries[0]
    assert "12.0 semitones above" in pitch.summaries[1]
    ticks = {tick.text: tick.at for tick in pitch.ticks}
    assert points(pitch.paths[0])[0, 1] > points(pitch.paths[1])[0, 1]
    assert len(ticks) > 2
