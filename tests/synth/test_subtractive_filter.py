"""The filter against the analytic state-variable response, and the drive before it."""

import numpy as np
import pytest

RATE = 44_100
MODES = ("low", "band", "high")


def response(hz, corner, resonance, mode, sample_rate=RATE):
    """Magnitude of a two-pole filter, with the frequency axis that trapezoidal steps give."""
    s = 1j * np.tan(np.pi * hz / sample_rate) / np.tan(np.pi * corner / sample_rate)
    damping = 2 - 1.96 * resonance
    numerator = {"low": 1, "band": damping * s, "high": s * s}[mode]
    return np.abs(numerator / (s * s + damping * s + 1))


def gain(play, spectrum, note=33, **changes):
    """Frequencies of a saw's harmonics and what the filter does to each."""
    saw = {"note": note, "osc1_shape": 2, "level": 0.1}
    plain, filtered = play(saw, {**saw, **changes}, seconds=2)[:, 8_820:].astype(np.float64)
    before, after = spectrum(plain, RATE), spectrum(filtered, RATE)
    hz = 440 * 2 ** ((note - 69) / 12) * np.unique(np.geomspace(1, 250, 30).astype(int))
    levels = np.array([after.peak(h)[1] / before.peak(h)[1] for h in hz])
    return hz, levels * response(hz, 20, 0, "high")


@pytest.mark.parametrize("mode", range(3))
@pytest.mark.parametrize("corner", [200, 1_000, 6_000])
@pytest.mark.parametrize("resonance", [0, 0.5, 0.9])
def test_low_band_and_high_pass(play, spectrum, mode, corner, resonance):
    hz, levels = gain(play, spectrum, filter_mode=mode, cutoff=corner, resonance=resonance)
    wanted = response(hz, corner, resonance, MODES[mode])
    heard = wanted > 1e-3
    np.testing.assert_allclose(20 * np.log10(levels[heard] / wanted[heard]), 0, atol=0.1)


def test_between_two_modes_is_their_mixture(play, spectrum):
    hz, levels = gain(play, spectrum, filter_mode=0.5, cutoff=1_000, resonance=0)
    s = 1j * np.tan(np.pi * hz / RATE) / np.tan(np.pi * 1_000 / RATE)
    wanted = np.abs((1 + 2 * s) / 2 / (s * s + 2 * s + 1))
    np.testing.assert_allclose(20 * np.log10(levels / wanted), 0, atol=0.1)


@pytest.mark.parametrize("tracking", [0, 0.5, 1])
def test_the_corner_follows_the_note(play, spectrum, tracking):
    hz, levels = gain(
        play, spectrum, note=36, filter_mode=0, cutoff=2_000, resonance=0.5, key_tracking=tracking
    )
    wanted = response(hz, 2_000 * 2 ** (-2 * tracking), 0.5, "low")
    heard = wanted > 1e-3
    np.testing.assert_allclose(20 * np.log10(levels[heard] / wanted[heard]), 0, atol=0.1)


def test_the_filter_envelope_moves_the_corner(play, spectrum):
    held = {"filter_attack": 0.001, "filter_sustain": 1, "filter_decay": 0.005}
    hz, levels = gain(play, spectrum, filter_mode=0, cutoff=200, resonance=0.5, sweep=24, **held)
    wanted = response(hz, 800, 0.5, "low")
    heard = wanted > 1e-3
    np.testing.assert_allclose(20 * np.log10(levels[heard] / wanted[heard]), 0, atol=0.1)


def test_the_lowest_drive_is_nearly_straight_and_the_highest_is_not(play, spectrum):
    shares = []
    for sound in play({"drive": 0.1}, {"drive": 10})[:, 4_410:].astype(np.float64):
        measured = spectrum(sound, RATE)
        hz, first = measured.peak(261.6)
        shares.append(20 * np.log10(measured.peak(3 * hz)[1] / first))
    # x(27 + x²) / (27 + 9x²) is x − 8x³/27 at first: a third harmonic of 0.1² · 2/27.
    assert shares[0] == pytest.approx(-62.6, abs=0.2)
    # A square has it at -9.5 dB.
    assert -12 < shares[1] < -9.5


def test_drive_changes_the_colour_more_than_the_loudness(play):
    sounds = play(*({"drive": drive} for drive in (0.1, 1, 10)))[:, 4_410:]
    rms = np.sqrt(np.mean(sounds.astype(np.float64) ** 2, axis=1))
    assert rms.max() / rms.min() < 1.5


def test_the_filter_stays_stable_under_the_fastest_sweeps(play):
    wild = {
        "osc1_shape": 2, "cutoff": 2_000, "resonance": 1, "tremolo_rate": 40, "tremolo_cutoff": 48,
        "tremolo_delay": 0, "sweep": 84, "level": 0.02, "note": 104,
    }  # fmt: skip
    for mode in range(3):
        (sound,) = play({**wild, "filter_mode": mode}, seconds=4)
        # The peak of the resonance is 1 / damping = 25: nothing may build up beyond that.
        assert np.abs(sound).max() < 0.02 * 2 * 25
