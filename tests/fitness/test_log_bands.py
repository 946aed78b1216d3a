import numpy as np
import pytest

from fitness.log_bands import LogBands


def weights(bands, frame):
    """The weight of each bin in each band, shape (count, bins): what a power of 1 in it adds."""
    bins = np.arange(frame // 2 + 1)
    # A few bins at a time: all at once would need gigabytes.
    parts = [
        bands.of((bins == some[:, None]).astype(np.float32))
        for some in np.split(bins, bins[128::128])
    ]
    return np.concatenate(parts).T


@pytest.mark.parametrize(
    ("rate", "frame"), [(8_000, 2048), (44_100, 8192), (96_000, 16384), (192_000, 32768)]
)
def test_every_band_holds_a_bin_and_all_have_the_same_area(rate, frame):
    areas = LogBands(rate, frame, 24).of(np.ones((1, frame // 2 + 1), np.float32))[0]
    # The sum over bins is the area in hertz over the width of a bin; the area is 1.
    np.testing.assert_allclose(areas, frame / rate, rtol=1e-4)


def test_bands_are_equally_wide_in_octaves_above_the_corner_and_a_bin_below():
    found = weights(LogBands(44_100, 8192, 24), 8192)
    hz = np.fft.rfftfreq(8192, 1 / 44_100)
    centres = hz[found.argmax(axis=1)]
    low, high = centres[centres < 150], centres[(centres > 2_000) & (centres < 20_000)]
    np.testing.assert_allclose(np.diff(low), hz[1], rtol=1e-6)
    np.testing.assert_allclose(np.diff(np.log2(high)), 1 / 24, rtol=0.1)
