"""The base class of every fitness: a distance of sounds from one target."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simd import Audio

# The distance of each sound, or of the sound in each lane.
SoundDistances = NDArray[np.float64]

# The highest peak that a target may have, so that sums over its spectra do not overflow in float32.
LOUDEST_TARGET = 1e12


class Fitness(ABC):
    """A distance from one target: 0 for the identical sound, never negative, lower is better.

    A subclass sets ``unit``, analyses the target in its constructor, and implements ``distance``.
    Keyword-only arguments of the constructor are the options that an experiment file may set. A
    judge is a held-out fitness, which no search sees.

    Attributes:
        unit: the unit of the distance, such as ``dB`` or ``cents``; empty for a plain ratio.
        example: options for the conformance suite, if some are required.

    Args:
        target: one channel, shape (samples,), finite, not silent, with a peak of 1e12 at most.
        sample_rate: in hertz.

    Raises:
        ValueError: if the target has another shape, is empty, silent or too loud, or holds NaN or
            infinity.
    """

    unit: ClassVar[str] = ""
    example: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, target: ArrayLike, sample_rate: int) -> None:
        target = np.array(target, dtype=np.float32)
        if target.ndim != 1 or target.size == 0:
            raise ValueError(f"target of shape {target.shape}; wanted: (samples,), one or more")
        if not np.isfinite(target).all():
            raise ValueError("the target holds NaN or infinity")
        if not target.any():
            raise ValueError("the target is silent")
        peak = float(np.abs(target).max())
        if peak > LOUDEST_TARGET:
            raise ValueError(f"the target has a peak of {peak:.3g}; allowed: {LOUDEST_TARGET:g}")
        self.target: Audio = target
        self.sample_rate = sample_rate

    def __call__(self, sounds: ArrayLike) -> SoundDistances:
        """Return the distances of sounds from the target.

        Args:
            sounds: shape (n, samples), finite and as long as the target; n may be 0.

        Returns:
            Distances, shape (n,), each 0 or above; none depends on the other sounds of the batch. A
            sound too loud for float32 spectra may be at an infinite distance.

        Raises:
            ValueError: if the shape does not match the target, or a sound holds NaN or infinity.
        """
        sounds = np.ascontiguousarray(sounds, dtype=np.float32)
        if sounds.ndim != 2 or sounds.shape[1] != self.target.size:
            raise ValueError(f"sounds of shape {sounds.shape}; wanted: (n, {self.target.size})")
        if not np.isfinite(sounds).all():
            broken = np.flatnonzero(~np.isfinite(sounds).all(axis=1))
            raise ValueError(f"sounds {broken.tolist()} hold NaN or infinity")
        return self.distances_of(sounds)

    @property
    def part_names(self) -> tuple[str, ...]:
        """The names of the parts of the distance; by default one, without a name."""
        return ("",)

    def parts_of(self, sounds: ArrayLike) -> SoundDistances:
        """Return the parts of the distances of sounds, shape (n, samples), in order.

        Returns:
            Shape (parts, n); the sum over the first axis is the distance.
        """
        return self(sounds)[None]

    def distances_of(self, sounds: Audio) -> SoundDistances:
        """Return the distances, shape (n,), of checked sounds, shape (n, samples), in C order."""
        return np.array([self.distance(sound) for sound in sounds], dtype=np.float64)

    @abstractmethod
    def distance(self, sound: Audio) -> float:
        """Return the distance of one sound, shape (samples,) float32."""
