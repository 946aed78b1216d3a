import numpy as np
import pytest

from fitness.erb import ErbBands, hz_to_erb
from simd import LANES


@pytest.mark.parametrize(("hz", "erb"), [(0, 0.0), (100, 3.36), (1_000, 15.62), (16_000, 39.61)])
def test_the_scale_is_glasberg_and_moores(hz, erb):
    """Their equation 4: 21.4 log10(4.37 f + 1), f in kHz."""
    assert hz_to_erb(np.array(hz)) == pytest.approx(erb, abs=0.01)


@pytest.mark.parametrize(("sample_rate", "frame"), [(44_100, 1024), (8_000, 256), (192_000, 2048)])
def test_bands_are_triangles_one_erb_apart(sample_rate, frame):
    powers = np.random.default_rng(1).uniform(0, 1, (3, frame // 2 + 1)).astype(np.float32)
    bands = ErbBands(sample_rate, frame)
    at = hz_to_erb(np.linspace(0, sample_rate / 2, frame // 2 + 1))
    weights = np.maximum(0, 1 - np.abs(at - np.arange(1, bands.count + 1)[:, None]))
    found = bands(np.repeat(powers[:, :, None], LANES, axis=2))
    for lane in (0, 15):
        np.testing.assert_allclose(found[..., lane], powers @ weights.T, rtol=1e-4, atol=1e-6)
    assert hz_to_erb(np.array(min(16_000, sample_rate / 2))) - 2 < bands.count
