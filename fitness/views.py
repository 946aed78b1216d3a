"""Views of a sound: residual vectors that show a search *where* a sound differs from the target.

A distance is one number. The vectors that it sums up also say in which direction each gene moves
the sound, so that a search can solve for the genes (Levenberg 1944, Marquardt 1963). Four views are
computed while a sound is rendered:

- *levels*: the levels of a mel spectrogram with frames of about 46 ms, and beside them those of a
  log-frequency spectrogram with frames of about 0.19 s, which tells low notes apart;
- *smooth*: the first of these images, in means over 4 frames and 4 bands: it changes more slowly
  with the genes and shows the way from further off;
- *pooled*: the levels of means of powers over 4 frames and 4 bands;
- *transport*: the share of the long frames' magnitude below each frequency. Its difference is the
  one-dimensional optimal transport between two spectra; it has a slope towards the right pitch
  where levels have none (Torres, Peeters & Richard, "Unsupervised harmonic parameter estimation
  using differentiable DSP and spectral optimal transport", 2024).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fitness.base import SoundDistances
from fitness.frames import frame_and_hop, frame_of
from fitness.kernels import POWER_DB, Floats, band_powers, log2, power_floor
from fitness.log_bands import LogBands
from fitness.mel import MelBands
from fitness.stft import powers_of
from fitness.streaming import SoundStream, StreamingFitness, Sums
from simd import LANES, Audio

FRAME_SECONDS, BANDS, FLOOR = 0.046, 128, -80.0
LONG_SECONDS, LONG_FLOOR, BANDS_PER_OCTAVE = 0.19, -60.0, 24
# The share of the long frames in the levels view and in the guide.
LONG_SHARE = 0.15
_POOL = 4
_MOST = np.float32(1e30)


class Seen(NamedTuple):
    """What the views of sounds hold.

    Attributes:
        residuals: a vector of differences from the target for each view and sound, each of shape
            (n, size of the view), float32, finite; all 0 for the target itself.
        guide: the mean absolute difference of the long frames' levels, in dB, shape (n,).
    """

    residuals: list[NDArray[np.float32]]
    guide: NDArray[np.float64]


class Views(StreamingFitness):
    """Computes the views of sounds, sixteen at a time, while they are rendered.

    As a distance, it is the guide: the mean absolute difference of the long frames' levels, in dB.

    Args:
        target: one channel, shape (samples,), finite and not silent.
        sample_rate: in hertz.
    """

    unit = "dB"

    def __init__(self, target: ArrayLike, sample_rate: int) -> None:
        super().__init__(target, sample_rate)
        self._frame, self._hop = frame_and_hop(FRAME_SECONDS, sample_rate)
        self._long = frame_of(LONG_SECONDS, sample_rate)
        self._bands = MelBands(sample_rate, self._frame, BANDS)
        self._long_bands = LogBands(sample_rate, self._long, BANDS_PER_OCTAVE)
        frames = 1 + self.target.size // self._hop
        long_frames = 1 + self.target.size // (self._long // 2)
        self._shape = frames, self._bands.count
        self._long_shape = long_frames, self._long_bands.count
        size, long_size = frames * self._bands.count, long_frames * self._long_bands.count
        # Weighted so that the sum of absolute values is that of both means.
        self._weight = np.float32(LONG_SHARE / (1 - LONG_SHARE) * size / long_size)
        power = self._bands.of(powers_of(self.target, self._frame, self._hop)).max()
        long_power = self._long_bands.of(powers_of(self.target, self._long, self._long // 2)).max()
        self._floor = power_floor(power, FLOOR)
        self._long_floor = power_floor(long_power, LONG_FLOOR)
        images = self._images(self._sums_of(self.target[None]))
        self._wanted = self._vectors(*images)
        self._wanted_long = self._long_levels(images[1])[..., :1]

    def initial_sums(self) -> Sums:
        """Return empty images, shape (their size, LANES), float32."""
        rows = self._shape[0] * self._shape[1] + self._long_shape[0] * self._long_shape[1]
        return np.zeros((rows, LANES), np.float32)

    def update(self, stream: SoundStream, sums: Sums) -> None:
        """Add the new columns to both images."""
        start = 0
        for frame, hop, bands, shape in (
            (self._frame, self._hop, self._bands, self._shape),
            (self._long, self._long // 2, self._long_bands, self._long_shape),
        ):
            first, powers = stream.spectra(frame, hop)
            at = start + first * bands.count
            columns = sums[at : at + len(powers) * bands.count].reshape(-1)
            band_powers(powers, *bands.tables, columns)
            start += shape[0] * shape[1]

    def distances(self, sums: Sums) -> SoundDistances:
        """Return the guide, shape (LANES,)."""
        return self._guide(self._images(sums)[1])

    def seen(self, sums: Sums, count: int) -> Seen:
        """Return the views of the sounds in the first ``count`` lanes."""
        images = self._images(sums)
        vectors = self._vectors(*images)
        residuals = [
            np.ascontiguousarray((vector - wanted[:, :1])[:, :count].T)
            for vector, wanted in zip(vectors, self._wanted, strict=True)
        ]
        return Seen(residuals, self._guide(images[1])[:count])

    def views(self, sounds: Audio) -> Seen:
        """Return the views of checked sounds, shape (n, samples), n 1 or more."""
        groups = [sounds[start : start + LANES] for start in range(0, len(sounds), LANES)]
        return joined([self.seen(self._sums_of(group), len(group)) for group in groups])

    def _images(self, sums: Sums) -> tuple[Floats, Floats]:
        # No sound can be louder than what float32 spectra hold, but a broken one can be anything.
        powers = np.fmin(np.fmax(sums, np.float32(0)), _MOST).astype(np.float32, copy=False)
        size = self._shape[0] * self._shape[1]
        return (
            powers[:size].reshape(*self._shape, LANES),
            powers[size:].reshape(*self._long_shape, LANES),
        )

    def _vectors(self, image: Floats, long_image: Floats) -> list[Floats]:
        """Return each view of sixteen sounds, shape (size of the view, LANES)."""
        levels, long_levels = _levels(image, self._floor), self._long_levels(long_image)
        both = [part.reshape(-1, LANES) for part in (levels, self._weight * long_levels)]
        smooth, pooled = _pooled(levels), _levels(_pooled(image), self._floor)
        magnitudes = np.sqrt(np.maximum(long_image, self._long_floor))
        shares = np.cumsum(magnitudes, axis=1)
        shares /= shares[:, -1:].copy()
        return [
            np.concatenate(both),
            *(np.ascontiguousarray(one).reshape(-1, LANES) for one in (smooth, pooled, shares)),
        ]

    def _guide(self, long_image: Floats) -> SoundDistances:
        differences = np.abs(self._long_levels(long_image) - self._wanted_long)
        return np.asarray(POWER_DB * differences.mean(axis=(0, 1), dtype=np.float64))

    def _long_levels(self, long_image: Floats) -> Floats:
        return _levels(long_image, self._long_floor)


def joined(parts: Sequence[Seen]) -> Seen:
    """Join the views of consecutive groups of sounds; at least one group."""
    residuals = [np.concatenate(view) for view in zip(*(p.residuals for p in parts), strict=True)]
    return Seen(residuals, np.concatenate([part.guide for part in parts]))


def across_channels(parts: Sequence[Seen], weights: Sequence[float] | None = None) -> Seen:
    """Put the views of the same sounds against several channels side by side.

    Args:
        parts: the views against each channel.
        weights: of each channel, of sum 1; all the same if None.
    """
    if weights is not None:
        # The sum of absolute values is then the weighted mean of the channels', times how many.
        parts = [
            Seen([np.float32(weight * len(parts)) * one for one in part.residuals], part.guide)
            for part, weight in zip(parts, weights, strict=True)
        ]
    views = zip(*(part.residuals for part in parts), strict=True)
    residuals = [np.concatenate(view, axis=1) for view in views]
    guides = [part.guide for part in parts]
    return Seen(residuals, np.asarray(np.average(guides, axis=0, weights=weights)))


def _levels(powers: Floats, floor: np.float32) -> Floats:
    flat = np.ascontiguousarray(np.maximum(powers, floor)).reshape(-1)
    return np.asarray(log2(flat).reshape(powers.shape))


def _pooled(image: Floats) -> Floats:
    """Return means over 4 frames and 4 bands; what is left over at the ends is left out."""
    frames, bands = min(_POOL, len(image)), min(_POOL, image.shape[1])
    count, wide = len(image) // frames, image.shape[1] // bands
    rows = image[: count * frames].reshape(count, frames, -1).sum(axis=1)
    cut = rows.reshape(count, image.shape[1], LANES)[:, : wide * bands]
    sums = cut.reshape(count, wide, bands, LANES).sum(axis=2)
    return np.asarray(sums * np.float32(1 / (frames * bands)))
