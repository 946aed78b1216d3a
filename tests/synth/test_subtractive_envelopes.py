"""Envelopes and LFOs, measured on the sound against float64 formulas."""

import numpy as np
import pytest
from scipy.signal import hilbert

RATE = 44_100
CONTROL_SAMPLES = 32


def bow(x, curve):
    """A stage of an envelope from 0 to 1: straight at curve 0, exponential above."""
    x = np.clip(x, 0, 1)
    return x if abs(curve) < 0.02 else np.expm1(-curve * x) / np.expm1(-curve)


def envelope(t, length, attack, decay, sustain, release, curve):
    """The documented curve, ``t`` seconds after note on."""
    held = np.minimum(t, length)
    up = bow(held / attack, curve)
    down = 1 - (1 - sustain) * bow((held - attack) / decay, curve)
    return up * down * (1 - bow((t - length) / release, curve))


def loudness(play, seconds=1.0, **changes):
    """The gain over time: a sound over the same sound held, where that is not near zero.

    Returns:
        Times in seconds and gains.
    """
    tone = {"note": 90, "osc1_shape": 2, "length": 8}
    held, shaped = play(tone, {**tone, **changes}, seconds=seconds).astype(np.float64)
    # The held sound itself rises for 1 ms, and the block after that.
    loud = (np.abs(held) > 0.1) & (np.arange(len(held)) > 100)
    return np.flatnonzero(loud) / RATE, shaped[loud] / held[loud]


def frequency(sound):
    """Frequency in hertz of a sine, the mean of 50 samples, without the ends."""
    turned = np.unwrap(np.angle(hilbert(sound.astype(np.float64))))
    # A mean: the third harmonic that the lowest drive leaves would show as a ripple.
    hz = (turned[50:] - turned[:-50]) * RATE / (2 * np.pi * 50)
    t = (np.arange(len(hz)) + 25) / RATE
    inside = (t > 0.05) & (t < t[-1] - 0.05)
    return t[inside], hz[inside]


@pytest.mark.parametrize("curve", [-3, 0, 0.01, 1, 4, 9])
@pytest.mark.parametrize("length", [0.05, 0.2, 0.5])
def test_loudness_follows_the_documented_curve(play, curve, length):
    knobs = {"attack": 0.1, "decay": 0.25, "sustain": 0.36, "release": 0.3, "curve": curve}
    t, gain = loudness(play, **{f"amp_{k}": v for k, v in knobs.items()}, length=length)
    np.testing.assert_allclose(gain, envelope(t, length, **knobs), atol=0.004)


def test_a_note_let_go_early_does_not_rise_again(play):
    t, gain = loudness(play, amp_attack=1, amp_release=0.5, amp_curve=0, length=0.1)
    assert gain.max() == pytest.approx(0.1, abs=0.002)
    assert gain[t > 0.61].max() == 0


@pytest.mark.parametrize("curve", [-3, 0, 1, 5, 9])
def test_silence_before_the_onset_and_after_the_release(play, curve):
    (sound,) = play(
        {"osc1_shape": 2, "osc1_phase": 0.3, "onset": 0.2, "amp_attack": 0.001, "length": 0.1,
         "amp_release": 0.2, "amp_curve": curve, "level": 2}
    )  # fmt: skip
    heard = np.flatnonzero(sound)
    assert 0.2 * RATE - CONTROL_SAMPLES <= heard[0] <= 0.2 * RATE + CONTROL_SAMPLES
    assert heard[-1] <= 0.5 * RATE + CONTROL_SAMPLES
    assert np.abs(sound[round(0.201 * RATE) : round(0.202 * RATE)]).max() > 0.1


@pytest.mark.parametrize("onset", [0, 0.01, 0.1, 0.333])
def test_the_onset_moves_the_sound_and_nothing_else(play, onset):
    # Not to the bit: the filter has been listening to the oscillators before a late onset.
    late = {"osc1_phase": 0.3, "amp_attack": 0.03, "note": 48}
    still, moved = play(late, {**late, "onset": onset}, seconds=0.5).astype(np.float64)
    shift = round(onset * RATE)
    np.testing.assert_allclose(moved[shift:], still[: len(still) - shift], atol=0.02)


def test_the_pitch_envelope_bends_by_semitones(play):
    knobs = {"attack": 0.2, "decay": 0.3, "sustain": 0.25, "release": 0.2, "curve": 2}
    (sound,) = play(
        {"note": 76, "bend": -12, "length": 0.6, "amp_release": 4,
         **{f"pitch_{k}": v for k, v in knobs.items()}}
    )  # fmt: skip
    t, hz = frequency(sound)
    semitones = 12 * np.log2(hz / 440) + 69
    inside = t < 0.9
    wanted = 76 - 12 * envelope(t, 0.6, **knobs)
    np.testing.assert_allclose(semitones[inside], wanted[inside], atol=0.1)


def rate_of(t, movement):
    """Frequency in hertz of what moves around its mean."""
    even = np.interp(np.arange(t[0], t[-1], 0.001), t, movement)
    size = 64 * len(even)
    magnitudes = np.abs(np.fft.rfft((even - even.mean()) * np.hanning(len(even)), size))
    return magnitudes.argmax() / (size * 0.001)


@pytest.mark.parametrize("rate", [1.5, 6, 30])
def test_tremolo_has_its_rate_and_depth(play, rate):
    t, gain = loudness(
        play, seconds=4, tremolo_rate=rate, tremolo_delay=0, tremolo_amp=0.6, length=8
    )
    assert rate_of(t, gain) == pytest.approx(rate, rel=0.01)
    wanted = 1 - 0.6 * (0.5 + 0.5 * np.sin(2 * np.pi * rate * t))
    later = t > 0.01
    np.testing.assert_allclose(gain[later], wanted[later], atol=0.005)


@pytest.mark.parametrize("rate", [1.5, 6, 18])
def test_vibrato_has_its_rate_and_depth(play, rate):
    (sound,) = play(
        {"note": 100, "vibrato_rate": rate, "vibrato_pitch": 0.5, "vibrato_delay": 0}, seconds=4
    )
    t, hz = frequency(sound)
    semitones = 12 * np.log2(hz / 440) + 69 - 100
    assert rate_of(t, semitones) == pytest.approx(rate, rel=0.01)
    np.testing.assert_allclose(semitones, 0.5 * np.sin(2 * np.pi * rate * t), atol=0.02)


def test_the_delay_fades_an_lfo_in(play):
    (sound,) = play(
        {"note": 100, "vibrato_rate": 5, "vibrato_pitch": 1, "vibrato_delay": 2}, seconds=4
    )
    t, hz = frequency(sound)
    wanted = np.sin(2 * np.pi * 5 * t) * np.clip(t / 2, 0, 1)
    np.testing.assert_allclose(12 * np.log2(hz / 440) - 31, wanted, atol=0.03)


def test_the_width_of_the_pulse_moves(play, spectrum):
    (sound,) = play(
        {"note": 45, "osc1_shape": 3, "osc1_width": 0.5, "vibrato_rate": 3, "vibrato_delay": 0,
         "vibrato_width": 0.2, "level": 0.1, "vibrato_pitch": 0}, seconds=2
    )  # fmt: skip
    high = sound.astype(np.float64).reshape(-1, 2_205) > 0
    # A second holds three turns, one frame of 50 ms about five periods.
    share = high.mean(axis=1)
    assert share.max() - share.min() > 0.25
