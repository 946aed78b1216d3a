"""Mixtures: densities that integrate to 1, draws and histograms that follow them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.mixtures import bits, drawn, masses, middle, sharpened

PLACES = st.lists(st.floats(0, 1), min_size=3, max_size=3)
WIDTHS = st.lists(st.floats(2e-3, 0.5), min_size=3, max_size=3)


def mixture(places, widths):
    weights = np.log([0.5, 0.3, 0.2])
    return np.stack([weights, places, widths], axis=-1).astype(np.float32)[None]


@given(PLACES, WIDTHS, st.booleans())
@settings(max_examples=30, deadline=None)
def test_densities_are_those_of_the_histogram(tensorflow, places, widths, circular):
    bins, fine = 20, 500
    one = mixture(places, widths)
    x = (np.arange(bins * fine) + 0.5) / (bins * fine)
    many = np.repeat(one[:, None], x.size, axis=0)
    density = 2.0 ** -np.asarray(bits(many, x[:, None].astype(np.float32), [circular]))[:, 0]
    assert density.mean() == pytest.approx(1, abs=0.02)
    found = masses(one, bins, circular)[0]
    assert found.sum() == pytest.approx(1, abs=1e-6)
    # A wrapped density is cut where both ways round meet.
    assert density.reshape(bins, fine).mean(axis=1) / bins == pytest.approx(found, abs=0.04)


@given(PLACES, WIDTHS, st.booleans())
@settings(max_examples=20, deadline=None)
def test_draws_follow_the_histogram(places, widths, circular):
    one, count = mixture(places, widths), 4_000
    shares = np.random.default_rng(0).random((count, 2))
    genes = drawn(np.repeat(one, count, axis=0), shares, circular)
    assert genes.min() >= 0
    assert genes.max() <= 1
    found = np.histogram(genes, 10, (0, 1))[0] / count
    assert found == pytest.approx(masses(one, 10, circular)[0], abs=0.06)


@given(PLACES, WIDTHS)
@settings(max_examples=20, deadline=None)
def test_half_of_the_density_is_below_the_middle(places, widths):
    one = mixture(places, widths)
    at = middle(one, False)[0]
    fine = masses(one, 4_096, False)[0].cumsum()
    assert np.interp(at, (np.arange(4_096) + 1) / 4_096, fine) == pytest.approx(0.5, abs=0.02)


def test_the_middle_of_a_circular_gene_lies_across_its_ends():
    at = middle(mixture([0.98, 0.02, 0.0], [0.01, 0.01, 0.01]), True)[0]
    assert min(at, 1 - at) < 0.02


def test_at_half_the_temperature_likely_places_are_likelier():
    one = mixture([0.2, 0.5, 0.8], [0.05, 0.05, 0.05])
    sharp = sharpened(one, 0.5)
    assert np.exp(sharp[0, :, 0]).sum() == pytest.approx(1)
    assert sharp[0, 0, 0] > one[0, 0, 0]
    assert np.array_equal(sharp[..., 2], 0.5 * one[..., 2].astype(float))
    assert np.allclose(sharpened(one, 1.0), one)
