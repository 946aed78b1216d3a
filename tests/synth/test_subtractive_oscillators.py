"""Pitch, aliasing and phase modulation, measured on long spectra, and a float64 reference.

The stated alias levels are read from the guide: what ``docs/synth.md`` says is what is tested.
"""

import re
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import bilinear, lfilter
from scipy.special import jv

GUIDE = Path(__file__).parents[2] / "docs" / "synth.md"
SHAPES = ("sine", "triangle", "saw", "pulse")
NOTES = (36, 48, 60, 72, 84, 96, 104)


def hertz(note):
    return 440 * 2 ** ((note - 69) / 12)


def steady(sounds, sample_rate):
    """Without the attack and the first moments of the filter."""
    return sounds[..., round(0.1 * sample_rate) :].astype(np.float64)


def stated(heading):
    """Shape to the levels that the guide states under a heading, one for each of ``NOTES``."""
    table = GUIDE.read_text(encoding="utf-8").split(f"### {heading}\n")[1].split("\n#")[0]
    rows = re.findall(rf"^\| ({'|'.join(SHAPES)}) \|(.*)\|$", table, re.MULTILINE)
    return {
        shape: [float(cell.replace("−", "-")) for cell in cells.split("|")] for shape, cells in rows
    }


@pytest.mark.parametrize(
    ("sample_rate", "cents"), [(25_000, 0.05), (44_100, 0.05), (96_000, 0.1), (192_000, 0.2)]
)
@pytest.mark.parametrize("shape", range(4))
def test_pitch_is_right_within_a_fraction_of_a_cent(play, spectrum, shape, sample_rate, cents):
    notes = [24, 31.3, 40, 52.7, 60, 69, 77.7, 84, 93.1, 100]
    sounds = play(
        *({"note": note, "osc1_shape": shape} for note in notes),
        sample_rate=sample_rate,
        seconds=2,
    )
    for note, sound in zip(notes, steady(sounds, sample_rate), strict=True):
        hz, _ = spectrum(sound, sample_rate).peak(hertz(note))
        assert abs(1_200 * np.log2(hz / hertz(note))) < cents


def test_the_second_oscillator_is_at_its_interval(play, spectrum):
    sounds = play(
        {"osc_mix": 1, "osc2_interval": 7, "osc2_detune": 30}, {"osc_mix": 1, "osc2_interval": -24}
    )
    for sound, note in zip(steady(sounds, 44_100), (67.3, 36), strict=True):
        hz, _ = spectrum(sound, 44_100).peak(hertz(note))
        assert abs(1_200 * np.log2(hz / hertz(note))) < 0.05


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("heading", "below", "drive"),
    [
        ("Anywhere", np.inf, 0.1),
        ("Below 10 kHz", 10_000, 0.1),
        ("Anywhere, at full drive", np.inf, 10),
    ],
)
def test_aliases_stay_below_the_stated_levels(play, spectrum, shape, heading, below, drive):
    for note, level in zip(NOTES, stated(heading)[shape], strict=True):
        # Neighbours of the note too: where the aliases fall changes with every cent.
        patches = [
            {
                "note": min(note + off, 104),
                "osc1_shape": SHAPES.index(shape),
                "osc1_width": width,
                "drive": drive,
            }
            for off in (-0.4, -0.2, 0, 0.2, 0.4)
            for width in ((0.5, 0.25) if shape == "pulse" else (0.5,))
        ]
        sounds = steady(play(*patches, seconds=2), 44_100)
        worst = max(
            spectrum(sound, 44_100).loudest_alias(hertz(patch["note"]), below)
            for patch, sound in zip(patches, sounds, strict=True)
        )
        assert worst < level


def test_harmonics_of_the_saw_fall_as_the_guide_says(play, spectrum):
    (sound,) = steady(play({"note": 72, "osc1_shape": 2}, seconds=2), 44_100)
    measured = spectrum(sound, 44_100)
    hz, first = measured.peak(hertz(72))
    for harmonic in (2, 5, 10, 19, 30, 38):
        # 1/n of a saw, and the four-point spline that rounds its jumps.
        wanted = np.sinc(harmonic * hz / 44_100) ** 4 / harmonic
        level = measured.peak(harmonic * hz)[1] / first
        assert 20 * np.log10(level / wanted) == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize(("cycles", "interval"), [(0.05, 0), (0.2, 7), (0.5, -12), (1, -24)])
def test_phase_modulation_has_the_sidebands_of_bessel(play, spectrum, cycles, interval):
    patch = {"note": 84, "osc_fm": cycles, "osc2_interval": interval}
    (sound,) = steady(play(patch, seconds=2), 44_100)
    measured = spectrum(sound, 44_100)
    carrier, modulator = hertz(84), hertz(84 + interval)
    # Sidebands below 0 Hz come back mirrored, and add to those that they meet.
    wanted = {}
    for order in range(-20, 21):
        hz = carrier + order * modulator
        signed = np.sign(hz) * jv(order, 2 * np.pi * cycles)
        wanted[round(abs(hz), 2)] = wanted.get(round(abs(hz), 2), 0) + signed
    assert len(wanted) > 15
    for hz, amplitude in wanted.items():
        if 100 < hz < 20_000:
            assert measured.peak(hz)[1] / 0.4 == pytest.approx(abs(amplitude), abs=0.005)


def test_phase_modulation_is_held_to_what_fits_below_half_the_sample_rate(play, spectrum):
    deep = {"note": 96, "osc2_interval": 24, "osc_fm": 1.5}
    (sound,) = steady(play(deep), 44_100)
    # Carson's rule: carrier + (depth + 1) · modulator = half the sample rate.
    depth = (22_050 - hertz(96)) / hertz(120) - 1
    assert depth < 2 * np.pi * 1.5
    level = spectrum(sound, 44_100).peak(hertz(96) + hertz(120))[1]
    assert level / 0.4 == pytest.approx(jv(1, depth), abs=0.03)


def test_a_plain_patch_agrees_with_float64(play):
    """Sine, lowest drive, filter, level."""
    (sound,) = play({"note": 57, "osc1_phase": 0.2, "drive": 0.1}, seconds=0.5)
    t = np.arange(len(sound)) / 44_100
    x = 0.1 * np.sin(2 * np.pi * (hertz(57) * t + 0.2))
    driven = x * (27 + x**2) / (27 + 9 * x**2) / np.tanh(0.1)
    # The 20 Hz high pass by another road: a transfer function instead of a state.
    corner = 2 * 44_100 * np.tan(np.pi * 20 / 44_100)
    b, a = bilinear([1, 0, 0], [1, 2 * corner, corner**2], 44_100)
    wanted = 0.4 * lfilter(b, a, driven)
    after_the_attack = slice(round(0.002 * 44_100), None)
    assert np.abs(sound - wanted)[after_the_attack].max() < 5e-4
