import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitness.timbre import Timbre

RATE = 44_100
RANDOM = np.random.default_rng(5)


def tone(hertz=220.0, seconds=0.5, decay=4.0, tilt=1.0, tremolo=0.0):
    t = np.arange(round(seconds * RATE)) / RATE
    waves = [np.sin(2 * np.pi * hertz * k * t) / k**tilt for k in range(1, 20)]
    shape = np.exp(-decay * t) * (1 + tremolo * np.sin(2 * np.pi * 6 * t))
    return (0.2 * shape * np.sum(waves, axis=0)).astype(np.float32)


TARGET = tone()
FITNESS = Timbre(TARGET, RATE)


def features_by_numpy(sound, target):
    """The features once more, with dense bands and numpy's transform in double precision."""
    frame, hop = 1024, 256
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(frame) / frame)
    at = 21.4 * np.log10(1 + 0.00437 * np.fft.rfftfreq(frame, 1 / RATE))
    weights = np.maximum(0, 1 - np.abs(at - np.arange(1, 39)[:, None]))

    def bands(x):
        padded = np.pad(x.astype(np.float64), frame // 2)
        starts = range(0, len(x) + 1, hop)
        spectra = np.fft.rfft([padded[i : i + frame] * window for i in starts], axis=1)
        return np.abs(spectra) ** 2 @ weights.T

    strongest = bands(target).max()
    loudness = np.maximum(bands(sound) / strongest, 1e-8) ** 0.125 - 1e-8**0.125
    rate, points = RATE / hop, FITNESS._points
    found = []
    for courses, weight in ((loudness, 1 / 38), (loudness.mean(axis=1)[:, None], 0.25)):
        magnitudes = np.abs(np.fft.rfft(courses, points, axis=0)) / rate
        hertz = np.fft.rfftfreq(points, 1 / rate)
        octaves = [
            magnitudes[(hertz >= c / 2**0.5) & (hertz < c * 2**0.5)].mean(axis=0) * c
            for c in 2.0 ** np.arange(-1, 6)
        ]
        found.append(weight * np.array(octaves))
    return np.concatenate(found, axis=1).ravel()


@pytest.mark.parametrize(
    "other", [tone(330.0), tone(tilt=0.5), tone(decay=12.0), tone(tremolo=0.3), 0.1 * TARGET]
)
def test_is_what_numpy_finds(other):
    other = other.astype(np.float32)
    wanted = features_by_numpy(other, TARGET)
    np.testing.assert_allclose(FITNESS.features(other[None])[0], wanted, rtol=2e-3, atol=2e-6)
    distance = np.abs(wanted - features_by_numpy(TARGET, TARGET)).sum()
    assert FITNESS([other])[0] == pytest.approx(distance, rel=2e-3)


def test_the_distance_is_the_sum_of_absolute_differences_of_features():
    sounds = np.stack([TARGET, *(tone(110.0 * k) for k in range(1, 18)), 0 * TARGET])
    features = FITNESS.features(sounds)
    assert features.shape == (19, 7 * 39)
    assert (features >= 0).all()
    np.testing.assert_allclose(np.abs(features - features[0]).sum(axis=1), FITNESS(sounds))
    assert FITNESS.features(sounds[:0]).shape == (0, 7 * 39)


def test_silence_is_as_far_as_the_target_has_features():
    silence = 0 * TARGET
    assert FITNESS([silence])[0] == pytest.approx(FITNESS.features(TARGET[None]).sum(), rel=1e-4)


def test_more_of_each_difference_is_farther():
    for name, values in (
        ("decay", (4, 5, 8, 16)),
        ("tilt", (1, 0.9, 0.6, 0.2)),
        ("tremolo", (0, 0.1, 0.3, 0.9)),
    ):
        distances = FITNESS([tone(**{name: value}) for value in values])
        assert (np.diff(distances) > 0).all(), name


def test_a_delay_changes_next_to_nothing():
    early, late = (2_048, 6_144), (6_144, 2_048)
    fitness = Timbre(np.pad(TARGET, early), RATE)
    delay, tilt = fitness([np.pad(TARGET, late), np.pad(tone(tilt=0.8), early)])
    assert delay < 0.05 * tilt


@settings(max_examples=20, deadline=None)
@given(gain=st.floats(1e-6, 1e6), tilt=st.floats(0.2, 2))
def test_the_level_of_the_recording_does_not_matter(gain, tilt):
    other = tone(tilt=tilt)
    scaled = Timbre(np.float32(gain) * TARGET, RATE)([np.float32(gain) * other])
    assert scaled == pytest.approx(FITNESS([other]), rel=1e-3, abs=1e-4)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), peak=st.floats(1e-6, 1e6))
def test_is_a_metric(seed, peak):
    """Up to the target's level, which sets what is loud: sounds of the same features are alike."""
    noise = peak * np.random.default_rng(seed).standard_normal((2, TARGET.size))
    one, other = FITNESS.features(noise.astype(np.float32))
    target = FITNESS.features(TARGET[None])[0]
    apart = np.abs(one - other).sum()
    assert apart <= np.abs(one - target).sum() + np.abs(other - target).sum() + 1e-9


@pytest.mark.parametrize("sample_rate", [8_000, 11_025, 22_050, 48_000, 96_000, 192_000])
@pytest.mark.parametrize("seconds", [0.03, 1.0])
def test_any_sample_rate(sample_rate, seconds):
    t = np.arange(round(seconds * sample_rate)) / sample_rate
    target, other = (np.sin(2 * np.pi * f * t).astype(np.float32) for f in (300, 2_000))
    distances = Timbre(target, sample_rate)([target, other, 0 * target])
    assert distances[0] == 0
    assert np.isfinite(distances).all()
    assert (distances[1:] > 0).all()


def test_features_hardly_depend_on_the_sample_rate():
    def measure(sample_rate):
        t = np.arange(sample_rate) / sample_rate
        target = np.exp(-3 * t) * np.sin(2 * np.pi * 440 * t)
        return Timbre(target, sample_rate)([np.exp(-9 * t) * np.sin(2 * np.pi * 440 * t)])[0]

    assert measure(48_000) == pytest.approx(measure(44_100), rel=0.05)


def test_half_a_minute():
    target = np.tile(TARGET, 60)
    distances = Timbre(target, RATE)([target, np.tile(tone(330.0), 60)])
    assert distances[0] == 0
    assert np.isfinite(distances[1])
