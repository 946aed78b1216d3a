"""Bands of equal width in octaves, as narrow as the spectrum allows: pitch shows its direction.

Below the frequency at which such a band would be narrower than a bin of the spectrum, every bin is
the centre of a band. Each band is a triangle, as in ``fitness.mel``.
"""

import numpy as np

from fitness.kernels import Doubles, Integers
from fitness.mel import Bands


class LogBands(Bands):
    """Sums powers in bands from 0 Hz to half the sample rate.

    Args:
        sample_rate: in hertz.
        frame: samples a frame of the spectrum.
        bands_per_octave: above the corner.
    """

    def __init__(self, sample_rate: int, frame: int, bands_per_octave: int) -> None:
        hz = np.linspace(0.0, sample_rate / 2, frame // 2 + 1)
        super().__init__(hz, *_layout(hz, 2 ** (1 / bands_per_octave)))


def _layout(hz: Doubles, ratio: float) -> tuple[Doubles, Integers]:
    """Return the centres in hertz, all of them bins, and the first bin at or after each."""
    bins = [0]
    while bins[-1] < hz.size - 1:
        bins.append(max(bins[-1] + 1, min(round(bins[-1] * ratio), hz.size - 1)))
    edges = np.array(bins, dtype=np.int64)
    centres = hz[edges]
    edges[-1] = hz.size
    return centres, edges
