"""Mel bands: power spectra at about the frequency resolution of hearing.

The mel scale is Slaney's (Auditory Toolbox, 1998): linear below 1 kHz, logarithmic above. Each band
is a triangle from the centre of the band below to the centre of the band above, with unit area in
hertz. A bin belongs to two bands at most, and only those two weights are stored.
"""

import math

import numpy as np

from fitness.kernels import Doubles, Floats, Integers, band_powers
from simd import LANES

HIGHEST = 22_050.0  # hertz, of the highest band
_LINEAR = 200 / 3  # hertz per mel, below the corner
_CORNER = 1000.0  # hertz
_STEP = math.log(6.4) / 27  # log-hertz per mel, above the corner


def hz_to_mel(hz: float) -> float:
    """Convert hertz, 0 or above, to Slaney's mels."""
    if hz < _CORNER:
        return hz / _LINEAR
    return _CORNER / _LINEAR + math.log(hz / _CORNER) / _STEP


def mel_to_hz(mels: Doubles) -> Doubles:
    """Convert Slaney's mels, any shape, to hertz."""
    above = _CORNER * np.exp(_STEP * np.maximum(mels - _CORNER / _LINEAR, 0.0))
    return np.where(mels * _LINEAR < _CORNER, mels * _LINEAR, above)


class Bands:
    """Sums powers in triangular bands, each from the centre below its own to the centre above.

    Args:
        hz: the frequency of each bin, in hertz.
        centres: in hertz, rising, the first and the last being those of no band.
        edges: the first bin at or after each centre; the last is the number of bins.

    Attributes:
        count: how many bands there are.
        widths: of the bands, in hertz, shape (count,): the area of a triangle of height 1.
    """

    def __init__(self, hz: Doubles, centres: Doubles, edges: Integers) -> None:
        self._edges, self.count = edges, centres.size - 2
        segment = np.searchsorted(edges[1:-1], np.arange(hz.size), side="right")
        below, above = centres[segment], centres[segment + 1]
        up = np.clip((hz - below) / (above - below), 0, 1)
        # Unit area: the height of a triangle is 2 over its width. No band rises above the last
        # centre or falls below the first.
        height = np.zeros(self.count + 2)
        self.widths: Doubles = (centres[2:] - centres[:-2]) / 2
        height[1:-1] = 1 / self.widths
        self._rising: Floats = (up * height[segment + 1]).astype(np.float32)
        self._falling: Floats = ((1 - up) * height[segment]).astype(np.float32)

    @property
    def tables(self) -> tuple[Integers, Floats, Floats]:
        """The arguments of kernels: the first bin after each centre, rising and falling weights."""
        return self._edges, self._rising, self._falling

    def __call__(self, powers: Floats) -> Floats:
        """Return the powers in bands, (frames, count, LANES), of powers (frames, bins, LANES)."""
        bands = np.empty((len(powers), self.count, LANES), np.float32)
        band_powers(powers, *self.tables, bands.reshape(-1))
        return bands

    def of(self, powers: Floats) -> Floats:
        """Return the powers in each band, (frames, count), of one sound's powers (frames, bins)."""
        return self(np.repeat(powers[:, :, None], LANES, axis=2))[:, :, 0].copy()


class MelBands(Bands):
    """Sums powers in mel bands of the same width at every sample rate.

    The bands are equally spaced in mels from 0 Hz to 22.05 kHz, above which nothing is heard. Those
    that reach above half the sample rate are left out.

    Args:
        sample_rate: in hertz.
        frame: samples a frame of the spectrum.
        bands: how many, up to 22.05 kHz; there are fewer if one would be too narrow to contain a
            bin.

    Attributes:
        highest: up to where the bands reach, in hertz.
        share: of the bands up to 22.05 kHz, how many are not left out, above 0 to 1.
    """

    def __init__(self, sample_rate: int, frame: int, bands: int) -> None:
        hz = np.linspace(0.0, sample_rate / 2, frame // 2 + 1)
        for count in range(bands, 1, -1):
            centres, edges = _layout(hz, count)
            # A bin at the foot of a triangle has weight 0 in it.
            inside = edges[2:] - np.searchsorted(hz, centres[:-2], side="right")
            if (inside > 0).all():
                break
        super().__init__(hz, centres, edges)
        self.highest, self.share = float(centres[-1]), self.count / count


def _layout(hz: Doubles, bands: int) -> tuple[Doubles, Integers]:
    """Return the centres in hertz and the first bin at or after each."""
    centres = mel_to_hz(np.linspace(0.0, hz_to_mel(HIGHEST), bands + 2))
    centres[-1] = HIGHEST
    # At least one band, however low the sample rate.
    centres = centres[: max(3, np.searchsorted(centres, hz[-1], side="right"))]
    edges = np.searchsorted(hz, centres)
    edges[-1] = hz.size
    return centres, edges.astype(np.int64)
