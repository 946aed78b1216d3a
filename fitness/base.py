"""What every fitness is: a distance between sounds and one target."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Sound = NDArray[np.float32]
Distances = NDArray[np.float64]


class Fitness(ABC):
    """A distance from one target: lower is closer, 0 for the identical sound, never negative.

    A subclass sets ``unit`` and implements ``distance``; what it needs of the target it computes
    once, in its constructor. Further keyword-only arguments of the constructor are the options that
    an experiment file may set. A judge is a fitness that no search is given.

    Attributes:
        unit: what a distance of 1 means, such as ``dB`` or ``cents``; empty for a plain ratio.
        example: options for the conformance suite, if there are some that must be given.

    Args:
        target: one channel, shape (samples,), finite and not silent.
        sample_rate: in hertz.

    Raises:
        ValueError: if the target has another shape, is empty, silent or holds NaN or infinity.
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
        self.target: Sound = target
        self.sample_rate = sample_rate

    def __call__(self, sounds: ArrayLike) -> Distances:
        """Measure how far sounds are from the target.

        Args:
            sounds: shape (n, samples), as long as the target, finite; n may be 0.

        Returns:
            Distances, shape (n,), each 0 or above and the same whatever else is in the batch.

        Raises:
            ValueError: if the shape does not fit the target, or a sound holds NaN or infinity.
        """
        sounds = np.ascontiguousarray(sounds, dtype=np.float32)
        if sounds.ndim != 2 or sounds.shape[1] != self.target.size:
            raise ValueError(f"sounds of shape {sounds.shape}; wanted: (n, {self.target.size})")
        if not np.isfinite(sounds).all():
            broken = np.flatnonzero(~np.isfinite(sounds).all(axis=1))
            raise ValueError(f"sounds {broken.tolist()} hold NaN or infinity")
        return self.distances_of(sounds)

    def distances_of(self, sounds: Sound) -> Distances:
        """Measure checked sounds, shape (n, samples) float32 in C order: shape (n,)."""
        return np.array([self.distance(sound) for sound in sounds], dtype=np.float64)

    @abstractmethod
    def distance(self, sound: Sound) -> float:
        """Measure one sound, shape (samples,) float32, against the target."""
