"""Measures of a sound: in which direction it lies from the target.

A search that keeps many different sounds (quality diversity) needs to know in what they differ. Two
measures are summed up while a sound is rendered, both from 0 to 1 for every sound:

- *brightness*: the centre of the spectrum on the mel scale, 0 at its lowest band, 1 at the highest;
  the spectral centroid (Peeters et al., The Timbre Toolbox, 2011) on the scale of hearing;
- *lateness*: the centre of the level over time, 0 at the beginning, 1 at the end; the temporal
  centroid of the same source. A pluck is early, a pad or a swell late.

Both are weighted by amplitude, and both are 0 for silence.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fitness.base import SoundDistances
from fitness.frames import frame_and_hop
from fitness.mel import MelBands
from fitness.streaming import SoundStream, StreamingFitness, Sums
from simd import LANES

NAMES = ("brightness", "lateness")

_FRAME_SECONDS, _BANDS = 0.046, 128


class Measures(StreamingFitness):
    """Measures sounds, sixteen at a time, while they are rendered.

    As a distance, it is the mean absolute difference of the measures from those of the target.

    Args:
        target: one channel, shape (samples,), finite and not silent.
        sample_rate: in hertz.
    """

    def __init__(self, target: ArrayLike, sample_rate: int) -> None:
        super().__init__(target, sample_rate)
        self._frame, self._hop = frame_and_hop(_FRAME_SECONDS, sample_rate)
        self._bands = MelBands(sample_rate, self._frame, _BANDS)
        self._frames = 1 + self.target.size // self._hop
        self.of_target: NDArray[np.float64] = self.measured(self._sums_of(self.target[None]))[0]

    def initial_sums(self) -> Sums:
        """Return no power in any band, then none in any frame, shape (bands + frames, LANES)."""
        return np.zeros((self._bands.count + self._frames, LANES))

    def update(self, stream: SoundStream, sums: Sums) -> None:
        """Add the powers of the new frames, by band and by frame."""
        first, powers = stream.spectra(self._frame, self._hop)
        # No sound can be louder than what float32 spectra hold, but a broken one can be anything.
        bands = np.nan_to_num(self._bands(powers).astype(np.float64), posinf=0.0)
        sums[: self._bands.count] += bands.sum(axis=0)
        start = self._bands.count + first
        sums[start : start + len(bands)] = bands.sum(axis=1)

    def measured(self, sums: Sums) -> NDArray[np.float64]:
        """Return the measures of the sound in each lane, shape (LANES, 2), each 0 to 1."""
        parts = sums[: self._bands.count], sums[self._bands.count :]
        return np.stack([_centre(np.sqrt(part)) for part in parts], axis=1)

    def relative(self, sums: Sums) -> NDArray[np.float64]:
        """Return the measures less those of the target, shape (LANES, 2), each -1 to 1."""
        return self.measured(sums) - self.of_target

    def distances(self, sums: Sums) -> SoundDistances:
        """Return the mean absolute differences from the target, shape (LANES,), 0 to 1."""
        return np.asarray(np.abs(self.relative(sums)).mean(axis=1))


def _centre(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return where the centre of weights lies, (n, LANES): 0 in the first row, 1 in the last."""
    places = np.linspace(0.0, 1.0, len(weights))[:, None]
    totals = weights.sum(axis=0)
    return np.asarray((places * weights).sum(axis=0) / np.where(totals > 0, totals, 1.0))
