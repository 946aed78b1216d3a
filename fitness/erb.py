"""ERB bands: power spectra at the frequency resolution of hearing.

The ERB-rate scale counts equivalent rectangular bandwidths from 0 Hz: they are about constant below
200 Hz and about an eighth of the frequency above 1 kHz.

Source: Glasberg & Moore, "Derivation of auditory filter shapes from notched-noise data" (1990).
"""

import numpy as np

from fitness.kernels import Doubles, Floats, band_powers
from simd import LANES

# Little can be told apart above.
HIGHEST = 16_000.0  # hertz


def hz_to_erb(hz: Doubles) -> Doubles:
    """Convert hertz, 0 or above, any shape, to numbers on the ERB-rate scale."""
    return np.asarray(21.4 * np.log10(1 + 0.00437 * hz))


class ErbBands:
    """Sums powers in bands one ERB apart, each a triangle two ERB wide with a height of 1.

    Band ``i`` is centred on ``i + 1`` ERB. In a spectrum too coarse for the lowest bands, some of
    them contain no bin and no power.

    Args:
        sample_rate: in hertz.
        frame: samples a frame of the spectrum.

    Attributes:
        count: how many bands there are, the highest below 16 kHz and half the sample rate.
    """

    def __init__(self, sample_rate: int, frame: int) -> None:
        at = hz_to_erb(np.linspace(0.0, sample_rate / 2, frame // 2 + 1))
        self.count = max(int(hz_to_erb(np.array(min(HIGHEST, sample_rate / 2)))) - 1, 1)
        centres = np.arange(self.count + 2)
        self._edges = np.searchsorted(at, centres).astype(np.int64)
        # The share of a bin in the band above it; the rest is in the band below.
        up = at - np.floor(at)
        self._rising: Floats = up.astype(np.float32)
        self._falling: Floats = (1 - up).astype(np.float32)

    def __call__(self, powers: Floats) -> Floats:
        """Return the powers in bands, (frames, count, LANES), of powers (frames, bins, LANES)."""
        bands = np.empty((len(powers), self.count, LANES), np.float32)
        band_powers(powers, self._edges, self._rising, self._falling, bands.reshape(-1))
        return bands
