"""What holds for every fitness that is registered, plug-ins included."""

from importlib.metadata import entry_points

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

SAMPLE_RATE = 44_100
NAMES = sorted(entry.name for entry in entry_points(group="ga_synth.fitness"))
OPTIONS = {"weighted": {"parts": {"pitch": 1.0, "spectrogram": 2.0}}}


def build(name, target, sample_rate=SAMPLE_RATE):
    (entry,) = entry_points(group="ga_synth.fitness", name=name)
    return entry.load()(target, sample_rate, **OPTIONS.get(name, {}))


def tone(hertz, seconds=0.3, sample_rate=SAMPLE_RATE):
    t = np.arange(int(seconds * sample_rate)) / sample_rate
    waves = [np.sin(2 * np.pi * hertz * k * t) / k for k in range(1, 9)]
    return (0.2 * np.exp(-4 * t) * np.sum(waves, axis=0)).astype(np.float32)


TARGET = tone(220.0)
NOISE = np.random.default_rng(7).standard_normal(TARGET.size).astype(np.float32)
SOUNDS = np.stack(
    [TARGET, 0.5 * TARGET, tone(110.0), tone(233.0), 0.1 * NOISE, 0 * NOISE, TARGET + 1e-3 * NOISE]
)


@pytest.fixture(scope="module", params=NAMES)
def fitness(request):
    return build(request.param, TARGET)


def test_all_thirteen_are_registered():
    assert len(NAMES) >= 13


def test_identity_is_exactly_zero_and_nothing_is_negative(fitness):
    distances = fitness(SOUNDS)
    assert distances.shape == (len(SOUNDS),)
    assert distances.dtype == np.float64
    assert distances[0] == 0.0
    assert np.isfinite(distances).all()
    assert (distances >= 0).all()
    assert distances[1:].max() > 0.05


def test_distances_depend_on_neither_batch_nor_order(fitness):
    together = fitness(SOUNDS)
    assert np.array_equal(together, fitness(SOUNDS))
    assert np.array_equal(together[::-1], fitness(SOUNDS[::-1]))
    assert np.array_equal(together, np.concatenate([fitness(sound[None]) for sound in SOUNDS]))
    assert np.array_equal(together, [fitness.distance(sound) for sound in SOUNDS])


def test_neither_sounds_nor_target_are_written_to(fitness):
    sounds = SOUNDS.copy()
    fitness(sounds)
    assert np.array_equal(sounds, SOUNDS)
    assert np.array_equal(fitness.target, TARGET)


def test_no_sounds_no_distances(fitness):
    assert fitness(np.empty((0, TARGET.size))).shape == (0,)


def test_other_floats_and_layouts_are_taken(fitness):
    expected = fitness(SOUNDS)
    assert np.array_equal(fitness(SOUNDS.astype(np.float64)), expected)
    assert np.array_equal(fitness(np.asfortranarray(SOUNDS)), expected)


def test_says_what_its_unit_is(fitness):
    assert isinstance(type(fitness).unit, str)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("seconds", "sample_rate"),
    [(0.05, 44_100), (0.0005, 44_100), (0.3, 25_000), (0.3, 8_000), (0.1, 192_000)],
)
def test_short_sounds_and_other_rates(name, seconds, sample_rate):
    target = tone(220.0, seconds, sample_rate)
    other = tone(330.0, seconds, sample_rate)
    distances = build(name, target, sample_rate)([target, other, np.zeros_like(target)])
    assert distances[0] == 0.0
    assert np.isfinite(distances).all()
    assert (distances >= 0).all()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scale", [1e-12, 1e-22, 1e6])
def test_targets_of_any_level(name, scale):
    target = (TARGET * np.float32(scale)).astype(np.float32)
    distances = build(name, target)([target, TARGET, 0 * TARGET, -target])
    assert distances[0] == 0.0
    assert np.isfinite(distances).all()
    assert (distances >= 0).all()


@pytest.mark.parametrize("name", NAMES)
def test_a_single_click_is_a_target(name):
    click = np.zeros(5_000, dtype=np.float32)
    click[100] = 1.0
    distances = build(name, click)([click, 0 * click, click[::-1]])
    assert distances[0] == 0.0
    assert np.isfinite(distances).all()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), peak=st.floats(1e-6, 1e6), clipped=st.booleans())
def test_any_finite_sound_has_a_finite_distance(fitness, seed, peak, clipped):
    sound = np.random.default_rng(seed).standard_cauchy(TARGET.size) * peak
    if clipped:
        sound = np.clip(sound, -peak, peak)
    distance = fitness(np.clip(sound, -1e9, 1e9)[None])[0]
    assert np.isfinite(distance)
    assert distance >= 0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("target", "message"),
    [
        (np.zeros(100), "silent"),
        (np.zeros((2, 100)), r"shape \(2, 100\)"),
        ([], r"shape \(0,\)"),
        ([0.0, np.nan], "NaN"),
        ([0.0, np.inf], "infinity"),
    ],
)
def test_bad_targets_are_named(name, target, message):
    with pytest.raises(ValueError, match=message):
        build(name, target)


def test_bad_sounds_are_named(fitness):
    with pytest.raises(ValueError, match=rf"shape \(2, 10\); wanted: \(n, {TARGET.size}\)"):
        fitness(np.zeros((2, 10)))
    with pytest.raises(ValueError, match="wanted"):
        fitness(TARGET)
    broken = SOUNDS.copy()
    broken[2, 5] = np.nan
    with pytest.raises(ValueError, match=r"sounds \[2\] hold NaN"):
        fitness(broken)
