"""Difference of timbre, as listeners rate it."""

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.fft import next_fast_len, rfft

from fitness.base import SoundDistances
from fitness.erb import ErbBands
from fitness.frames import frame_and_hop
from fitness.kernels import Doubles, power_floor
from fitness.stft import powers_of
from fitness.streaming import SoundStream, StreamingFitness, Sums
from simd import LANES, Audio
from simd.blocks import blocks_of

FLOOR = -80.0
# Three square roots: loudness as the eighth root of power.
ROOTS = 3
# Octaves of modulation, by their centres in hertz: from slow decay to roughness.
RATES = 2.0 ** np.arange(-1, 6)
# Of the modulation of the whole sound, beside a mean weight of 1 for that of a band.
WHOLE = 0.25
_FRAME_SECONDS = 0.023
# The lowest octave of modulation needs as long a transform, zero-padded.
_LEAST_SECONDS = 8.0


class Timbre(StreamingFitness):
    """Sum of absolute differences of the modulation spectra of loudness, in ERB bands.

    Loudness is the eighth root of power in bands one ERB apart, up to 16 kHz, relative to the
    target's strongest band and without what is 80 dB below it. Its course over time is transformed
    once more, and the magnitudes are averaged in octaves around 0.5, 1, 2, … 32 Hz, times the
    width of the octave: attack, decay, vibrato, flutter and roughness, and how loud each band is
    in the skirt of the slowest. As phases are left out, a delay changes next to nothing. The
    features are the mean over bands, and with a quarter of their weight the same of the mean
    loudness of all bands.

    Frames last about 23 ms (1024 samples at 44.1 kHz), with 75 % overlap.
    The exponent, the lowest and highest octave and the weight were fitted to published listening
    studies; how well they do on studies left out is in docs/ears.md.

    Sources: Dau, Kollmeier & Kohlrausch, "Modeling auditory processing of amplitude modulation"
    (1997) for modulation in octaves; McDermott & Simoncelli, "Sound texture perception via
    statistics of the auditory periphery" (2011) for its power in each band as what is heard;
    Stevens, "On the psychophysical law" (1957) for loudness as a power of power.
    """

    unit = ""

    def __init__(self, target: ArrayLike, sample_rate: int) -> None:
        super().__init__(target, sample_rate)
        self._frame, self._hop = frame_and_hop(_FRAME_SECONDS, sample_rate)
        self._bands = ErbBands(sample_rate, self._frame)
        self._frames = 1 + self.target.size // self._hop
        self._lay_out(sample_rate / self._hop)
        self._floor = power_floor(self._strongest(), FLOOR)
        # Loudness is relative to the target's strongest band, and 0 at the floor.
        root = 2.0**-ROOTS
        self._faintest = np.float32(10 ** (root * FLOOR / 10))
        self._gain = np.float32(float(self._faintest) / float(self._floor) ** root)
        # Like all sixteen lanes, so that the identical sound is at distance 0 in each of them.
        self._wanted = self._of(np.repeat(self.target[None], LANES, axis=0))

    def _lay_out(self, rate: float) -> None:
        """Find the bins of each octave of modulation, for a number of frames a second."""
        least = max(self._frames, math.ceil(_LEAST_SECONDS * rate))
        self._points = int(next_fast_len(least, real=True))
        apart = rate / self._points
        edges = np.append(RATES / math.sqrt(2), RATES[-1] * math.sqrt(2))
        self._edges = np.ceil(edges / apart).astype(np.int64)
        # From sums over bins and frames to integrals over an octave in hertz and over seconds.
        self._scales = RATES / np.diff(self._edges) / rate

    def _strongest(self) -> float:
        """Return the target's largest power in a band of a frame."""
        powers = powers_of(self.target, self._frame, self._hop)
        return float(self._bands(np.repeat(powers[:, :, None], LANES, axis=2)).max())

    def features(self, sounds: Audio) -> Doubles:
        """Return what is compared: the distance is the sum of the absolute differences of two rows.

        Args:
            sounds: shape (n, samples) float32, finite and as long as the target.

        Returns:
            Shape (n, k): octave after octave, its modulation in each band and as a whole, 0 or
            above; infinite or NaN for a sound too loud for float32 spectra.
        """
        groups = [sounds[start : start + LANES] for start in range(0, len(sounds), LANES)]
        parts = [self._of(group)[:, : len(group)].T for group in groups]
        return np.concatenate([np.empty((0, self._wanted.shape[0])), *parts])

    def _of(self, group: Audio) -> Doubles:
        """Return the features, shape (k, LANES), before division, of up to sixteen sounds."""
        sums, stream = self.initial_sums(), SoundStream([])
        stream.begin(len(group))
        for block in blocks_of(group):
            stream.push(block)
            self.update(stream, sums)
        stream.end()
        self.update(stream, sums)
        return self._modulation(sums)

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
        """Convert the powers of all frames to distances, shape (LANES,): 0 or above."""
        with np.errstate(invalid="ignore"):
            total = np.abs(self._modulation(sums) - self._wanted).sum(axis=0)
        # A spectrum that overflows gives NaN: the sound is too loud to score.
        return np.where(np.isnan(total), np.inf, total)

    def _modulation(self, sums: Sums) -> Doubles:
        """Return the features, shape (k, LANES), of the powers in bands of all frames."""
        with np.errstate(over="ignore", invalid="ignore"):
            loudness = np.maximum(sums.astype(np.float32), self._floor)
            for _ in range(ROOTS):
                np.sqrt(loudness, out=loudness)
            loudness = loudness * self._gain - self._faintest
            courses = loudness.reshape(self._frames, self._bands.count, LANES)
            spectra = rfft(courses, self._points, axis=0)[: self._edges[-1]]
            whole = spectra.mean(axis=1, keepdims=True)
            every = np.abs(np.concatenate([spectra / self._bands.count, WHOLE * whole], axis=1))
            octaves = np.add.reduceat(every.astype(np.float64), self._edges[:-1], axis=0)
        return np.asarray((octaves * self._scales[:, None, None]).reshape(-1, LANES))
