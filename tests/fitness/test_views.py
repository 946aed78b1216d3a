"""Views against what they are defined as, by independent computations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitness.mel import MelBands
from fitness.spectrogram import Spectrogram
from fitness.views import Views, across_channels, joined
from simd import LANES

RATE = 16_000


def tone(hertz, seconds=0.5, rate=RATE, level=0.5):
    """Ten harmonics, the nth at a level of 1 / n."""
    time = np.arange(int(seconds * rate)) / rate
    return level * sum(np.sin(2 * np.pi * hertz * n * time) / n for n in range(1, 11))


@pytest.fixture(scope="module")
def views():
    return Views(tone(220), RATE)


def test_the_target_has_no_residual(views):
    seen = views.views(np.array([tone(220)], np.float32))
    assert all((view == 0).all() for view in seen.residuals)
    assert seen.guide == pytest.approx([0.0])


def test_the_levels_are_those_of_the_spectrogram(views):
    sounds = np.array([tone(233), tone(110), tone(220, level=0.1)], np.float32)
    levels = views.views(sounds).residuals[0]
    image = Spectrogram(tone(220), RATE)
    size = np.prod(image._image.shape)
    share = MelBands(RATE, 1024, 128).share
    mean = share * 10 * np.log10(2) * np.abs(levels[:, :size]).mean(axis=1)
    np.testing.assert_allclose(mean, image(sounds), rtol=1e-3)


def test_views_do_not_depend_on_the_other_sounds(views):
    sounds = np.random.default_rng(1).normal(0, 0.1, (LANES + 3, 8_000)).astype(np.float32)
    together, alone = views.views(sounds), views.views(sounds[-1:])
    for one, other in zip(together.residuals, alone.residuals, strict=True):
        assert (one[-1] == other[0]).all()
    assert together.guide[-1] == alone.guide[0]


def test_transport_shows_the_direction_of_pitch_where_levels_do_not(views):
    semitones = np.array([-12, -7, -4, -2, -1, 1, 2, 4, 7, 12])
    sounds = np.array([tone(220 * 2 ** (s / 12)) for s in semitones], np.float32)
    transport = views.views(sounds).residuals[3]
    # A lower note has more of its magnitude below any frequency.
    assert (np.sign(transport.mean(axis=1)) == -np.sign(semitones)).all()
    size = np.abs(transport).mean(axis=1)
    assert (np.diff(size[:5]) < 0).all()
    assert (np.diff(size[5:]) > 0).all()


def test_channels_stand_side_by_side(views):
    sounds = np.array([tone(233), tone(110)], np.float32)
    other = Views(tone(440), RATE)
    both = across_channels([views.views(sounds), other.views(sounds)])
    for view, one, two in zip(
        both.residuals, views.views(sounds).residuals, other.views(sounds).residuals, strict=True
    ):
        assert (view == np.concatenate([one, two], axis=1)).all()
    np.testing.assert_allclose(
        both.guide, (views.views(sounds).guide + other.views(sounds).guide) / 2
    )


def test_channels_may_count_differently(views):
    sounds = np.array([tone(233), tone(110)], np.float32)
    parts = [views.views(sounds), Views(tone(440), RATE).views(sounds)]
    both = across_channels(parts, [0.75, 0.25])
    for view, one, two in zip(both.residuals, *(part.residuals for part in parts), strict=True):
        np.testing.assert_allclose(view, np.concatenate([1.5 * one, 0.5 * two], axis=1), rtol=1e-6)
        assert view.dtype == np.float32
    np.testing.assert_allclose(both.guide, 0.75 * parts[0].guide + 0.25 * parts[1].guide)


def test_groups_are_joined_in_order(views):
    one, two = (views.views(np.array([tone(hz)], np.float32)) for hz in (233, 110))
    both = joined([one, two])
    assert both.guide.tolist() == [one.guide[0], two.guide[0]]
    assert (both.residuals[2] == np.concatenate([one.residuals[2], two.residuals[2]])).all()


@pytest.mark.parametrize("rate", [8_000, 44_100, 192_000])
@pytest.mark.parametrize("samples", [1, 240, 9_001])
def test_any_rate_and_length(rate, samples):
    random = np.random.default_rng(samples)
    target, sound = random.normal(0, 0.1, (2, samples)).astype(np.float32)
    seen = Views(target, rate).views(sound[None])
    assert all(np.isfinite(view).all() and view.shape[0] == 1 for view in seen.residuals)
    assert np.isfinite(seen.guide).all()


@settings(max_examples=30, deadline=None)
@given(st.sampled_from([0.0, 1e-38, 1e-20, 1e4, 1e17, 3e38]), st.integers(0, 1_000))
def test_any_sound_has_finite_views(scale, seed):
    views = Views(tone(220), RATE)
    noise = np.random.default_rng(seed).uniform(-1, 1, (1, 8_000))
    seen = views.views((scale * noise).astype(np.float32))
    assert all(np.isfinite(view).all() for view in seen.residuals)
