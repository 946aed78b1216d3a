"""Distance of mel-frequency cepstral coefficients (MFCC)."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.fft import dct

from fitness.base import SoundDistances
from fitness.frames import frame_and_hop
from fitness.kernels import POWER_DB, TINY_POWER, Floats, log2
from fitness.mel import MelBands
from fitness.stft import powers_of
from fitness.streaming import SoundStream, StreamingFitness, Sums
from simd import LANES

FRAME_SECONDS = 0.046
BANDS = 128
COEFFICIENTS = 20
FLOOR = -80.0


class Mfcc(StreamingFitness):
    """Mean over frames of the Euclidean distance of MFCC 1 to 19, in dB: timbre without level.

    Frames last about 46 ms (2048 samples at 44.1 kHz), with 75 % overlap. Power in 128 mel bands is
    converted to dB, clipped 80 dB below the sound's own maximum, and transformed by an orthonormal
    DCT-II. Coefficient 0, the level of a frame, is omitted, so that a sound and a quieter copy are
    at distance 0, and silence has a flat spectrum. As the transform is orthonormal, the unit is 1
    dB, summed in quadrature over the bands.

    Source: Davis & Mermelstein (1980), with the conventions of librosa.
    """

    unit = "dB"

    # The floor depends on the maximum of the whole sound, so powers are collected until the end.

    def __init__(self, target: ArrayLike, sample_rate: int) -> None:
        super().__init__(target, sample_rate)
        self._frame, self._hop = frame_and_hop(FRAME_SECONDS, sample_rate)
        self._bands = MelBands(sample_rate, self._frame, BANDS)
        powers = self._bands.of(powers_of(self.target, self._frame, self._hop))
        self._frames = len(powers)
        self._coefficients = self.coefficients(np.repeat(powers[:, :, None], LANES, axis=2))

    def coefficients(self, powers: Floats) -> Floats:
        """Convert powers in bands to coefficients 1 to 19.

        Args:
            powers: shape (frames, bands, LANES).

        Returns:
            Coefficients in dB, shape (frames, 19, LANES).
        """
        floors = np.maximum(powers.max(axis=(0, 1)) * np.float32(10 ** (FLOOR / 10)), TINY_POWER)
        levels = log2(np.maximum(powers, floors.astype(np.float32)).reshape(-1))
        cepstrum: Floats = dct(levels.reshape(powers.shape), type=2, norm="ortho", axis=1)
        return cepstrum[:, 1:COEFFICIENTS] * np.float32(POWER_DB)

    def initial_sums(self) -> Sums:
        """Return zeros for the powers in bands of all frames, shape (frames · bands, LANES)."""
        return np.zeros((self._frames * self._bands.count, LANES))

    def update(self, stream: SoundStream, sums: Sums) -> None:
        """Store the powers in bands of the new frames."""
        first, powers = stream.spectra(self._frame, self._hop)
        bands = self._bands(powers).reshape(-1, LANES)
        at = first * self._bands.count
        sums[at : at + len(bands)] = bands

    def distances(self, sums: Sums) -> SoundDistances:
        """Convert the powers of all frames to distances, shape (LANES,): 0 dB or above."""
        powers = sums.astype(np.float32).reshape(self._frames, self._bands.count, LANES)
        difference = self.coefficients(powers) - self._coefficients
        squares = np.einsum("fcl,fcl->fl", difference, difference)
        return np.asarray(np.sqrt(squares).mean(axis=0, dtype=np.float64))
