import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from fitness.fft_series import FftSeries
from fitness.log_spectral import LogSpectral
from fitness.multi_scale_spectral import MultiScaleSpectral
from fitness.spectral_transport import SpectralTransport
from fitness.spectrogram import Spectrogram

RATE = 44_100
SHIFTS = (0, 1, 3, 7, 12, 19)


def note(semitones, fundamental=220.0, partials=8):
    t = np.arange(RATE // 2) / RATE
    hertz = fundamental * 2 ** (semitones / 12)
    waves = [np.sin(2 * np.pi * hertz * k * t) / k for k in range(1, partials + 1)]
    return (0.2 * np.exp(-3 * t) * np.sum(waves, axis=0)).astype(np.float32)


TARGET = note(0)


def by_scipy(sound, target, reach):
    def magnitudes(x):
        padded, window = np.pad(x.astype(np.float64), 1024), np.hanning(2049)[:-1]
        starts = range(0, len(x) + 1, 512)
        return np.abs(np.fft.rfft([padded[i : i + 2048] * window for i in starts], axis=1))

    octaves = np.log2(np.maximum(np.arange(1025), 1))
    total = 0.0
    one, other = magnitudes(sound), magnitudes(target)
    for s, t in zip(one, other, strict=True):
        if s.any() and t.any():
            total += min(s.sum(), t.sum()) * wasserstein_distance(octaves, octaves, s, t)
        total += reach * abs(s.sum() - t.sum())
    return total / other.sum()


@pytest.mark.parametrize("reach", [0.5, 2.0, 7.0])
@pytest.mark.parametrize("shift", SHIFTS)
def test_is_scipys_wasserstein_distance(shift, reach):
    sound = 0.7 * note(shift) if shift % 2 else note(shift)
    found = SpectralTransport(TARGET, RATE, reach=reach)([sound])
    # scipy gives bin 1024 its place; ours stands at the one below.
    assert found == pytest.approx(by_scipy(sound, TARGET, reach), rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("fundamental", [110.0, 220.0, 440.0, 880.0])
@pytest.mark.parametrize("partials", [1, 3, 8])
def test_grows_with_the_interval(fundamental, partials):
    notes = [note(shift, fundamental, partials) for shift in SHIFTS]
    for order in (notes, [note(-shift, 4 * fundamental, partials) for shift in SHIFTS]):
        distances = SpectralTransport(order[0], RATE)(order)
        assert distances[0] == 0
        assert (np.diff(distances) > 0.02).all()


def test_differences_of_levels_do_not():
    """At some interval they fall, or they are large at once and hardly grow."""
    notes = [note(shift, 440.0) for shift in SHIFTS]
    for other in (Spectrogram, LogSpectral, FftSeries):
        assert (np.diff(other(notes[0], RATE)(notes)) < 0).any()
    for other, semitone_of_octave in (
        (MultiScaleSpectral, (0.4, 1)),
        (SpectralTransport, (0, 0.2)),
    ):
        distances = other(notes[0], RATE)(notes)
        low, high = semitone_of_octave
        assert low < distances[1] / distances[4] < high


def test_a_sine_is_as_far_as_its_interval():
    sines = [note(shift, partials=1) for shift in (0, 12, 19)]
    distances = SpectralTransport(sines[0], RATE)(sines)
    assert distances[1:] == pytest.approx([1, 19 / 12], rel=0.1)


@pytest.mark.parametrize("reach", [1.0, 3.0])
def test_silence_and_twice_the_target_are_at_the_reach(reach):
    fitness = SpectralTransport(TARGET, RATE, reach=reach)
    assert fitness([0 * TARGET, 2 * TARGET]) == pytest.approx([reach, reach], rel=1e-4)


@settings(max_examples=20, deadline=None)
@given(gain=st.floats(0, 4))
def test_a_level_counts_in_proportion(gain):
    found = SpectralTransport(TARGET, RATE, reach=1.0)([np.float32(gain) * TARGET])
    assert found[0] == pytest.approx(abs(gain - 1), rel=1e-3, abs=1e-4)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), gain=st.floats(1e-4, 1e4))
def test_the_level_of_the_recording_does_not_matter(seed, gain):
    sound = np.random.default_rng(seed).standard_normal(TARGET.size).astype(np.float32)
    as_it_is = SpectralTransport(TARGET, RATE)([sound])
    gain = np.float32(gain)
    assert SpectralTransport(gain * TARGET, RATE)([gain * sound]) == pytest.approx(
        as_it_is, rel=1e-3
    )


@pytest.mark.parametrize("reach", [0, -1, float("inf"), float("nan")])
def test_a_bad_reach_is_refused(reach):
    with pytest.raises(ValueError, match="reach"):
        SpectralTransport(TARGET, RATE, reach=reach)
