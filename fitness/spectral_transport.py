"""How far a spectrum must be moved along the scale to become the target's."""

import numpy as np
from numpy.typing import ArrayLike

from fitness.base import SoundDistances
from fitness.frames import frame_and_hop
from fitness.kernels import TINY_MAGNITUDE, transported
from fitness.stft import powers_of
from fitness.streaming import SoundStream, StreamingFitness, Sums
from simd import LANES

FRAME_SECONDS = 0.046


class SpectralTransport(StreamingFitness):
    """Octaves that the magnitudes of each frame must be moved, plus a price for what is left over.

    In every frame, the magnitudes that the sound and the target have in common are moved at the
    least cost, in octaves on a logarithmic frequency axis: the area between their cumulative
    distributions (Wasserstein-1). What one of them has more is left over, and counts ``reach``
    octaves. The sum over frames is divided by the target's magnitudes. So a note is farther the
    more it is out of tune, where a difference of levels is about the same for any wrong note; and
    only a sound with the same magnitudes is at distance 0.

    Frames last about 46 ms (2048 samples at 44.1 kHz), with 75 % overlap. Magnitude at 0 Hz counts
    as in the lowest bin.

    Args:
        target: one channel, shape (samples,), finite and not silent.
        sample_rate: in hertz.
        reach: octaves that a magnitude without counterpart counts, above 0: the distance of
            silence. Spectra farther apart than that are worse than silence.

    Raises:
        ValueError: if ``reach`` is not a number above 0.

    Sources: Cazelles, Robert & Tobar, "The Wasserstein-Fourier distance for stationary time series"
    (2021); Torres, Peeters & Richard, "Unsupervised harmonic parameter estimation using
    differentiable DSP and spectral optimal transport" (2024); Piccoli & Rossi, "Generalized
    Wasserstein distance" (2014) for what is left over.
    """

    unit = "octaves"

    def __init__(self, target: ArrayLike, sample_rate: int, *, reach: float = 2.0) -> None:
        super().__init__(target, sample_rate)
        self._frame, self._hop = frame_and_hop(FRAME_SECONDS, sample_rate)
        if not 0 < reach < np.inf:
            raise ValueError(f"spectral_transport: reach: {reach!r}; allowed: a number above 0")
        self._reach = reach
        self._magnitudes = np.sqrt(powers_of(self.target, self._frame, self._hop))
        totals = self._magnitudes.sum(axis=1, dtype=np.float64)
        cumulative = np.cumsum(self._magnitudes, axis=1, dtype=np.float64)
        self._shares = (cumulative / np.maximum(totals, TINY_MAGNITUDE)[:, None]).astype(np.float32)
        self._totals = totals.astype(np.float32)
        self._total = max(float(totals.sum()), TINY_MAGNITUDE)
        bins = np.arange(1, self._frame // 2 + 1)
        # In octaves to the next bin; none from 0 Hz to the lowest, and none beyond the highest.
        self._gaps = np.concatenate([[0.0], np.log2(1 + 1 / bins[:-1]), [0.0]]).astype(np.float32)

    def initial_sums(self) -> Sums:
        """Return zero sums: of what is moved, and of what is left over."""
        return np.zeros((2, LANES))

    def update(self, stream: SoundStream, sums: Sums) -> None:
        """Add the costs of the new frames."""
        first, powers = stream.spectra(self._frame, self._hop)
        transported(powers, first, self._gaps, self._magnitudes, self._shares, self._totals, sums)

    def distances(self, sums: Sums) -> SoundDistances:
        """Turn sums into distances in octaves, shape (LANES,): 0 or above."""
        total = (sums[0] + self._reach * sums[1]) / self._total
        # A spectrum that overflows gives NaN: the sound is too loud to score.
        return np.where(np.isnan(total), np.inf, total)
