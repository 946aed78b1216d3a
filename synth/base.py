"""What every synth is: a parameter space, and genomes rendered to sound."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simd import LANES
from synth.space import ParameterSpace

Sounds = NDArray[np.float32]
Repeatability = Literal["exact", "near", "history"]


class Synth(ABC):
    """Renders genomes to sound of one sample rate and length.

    A subclass declares ``space`` and implements ``render_block``. Further keyword-only arguments of
    its constructor are the options that an experiment file may set.

    Attributes:
        space: the ordered parameters; a genome has one gene for each.
        repeatability: ``exact`` (same genome, same bits, whatever was rendered before), ``near``
            (the same within ``tolerance``) or ``history`` (depends on the renders before).
        tolerance: the largest difference of a sample between two renders of one genome.
        outside_s: CPU seconds that it has spent in other processes so far.
        exclusive: whether there is only one of it, as of a synth on a desk: one worker plays it,
            and trials queue for it.
        example: options for the conformance suite, if there are some that must be given.

    Args:
        sample_rate: in hertz, 8,000 to 192,000.
        samples: the length of every sound, at least 1.

    Raises:
        ValueError: if the sample rate or the length is out of range.
    """

    space: ParameterSpace
    repeatability: ClassVar[Repeatability] = "exact"
    tolerance: ClassVar[float] = 0.0
    exclusive: ClassVar[bool] = False
    outside_s: float = 0.0
    example: ClassVar[Mapping[str, Any]] = {}

    def __init_subclass__(cls, **kwargs: object) -> None:
        """A subclass that renders in its own way does not take a shorter way from another."""
        super().__init_subclass__(**kwargs)
        if {"render", "render_block"} & set(vars(cls)) and "stream" not in vars(cls):
            cls.stream = Synth.stream  # type: ignore[method-assign]

    def __init__(self, sample_rate: int, samples: int) -> None:
        if not 8_000 <= sample_rate <= 192_000:
            raise ValueError(f"sample rate {sample_rate} Hz; allowed: 8,000 to 192,000")
        if samples < 1:
            raise ValueError(f"length of {samples} samples; allowed: 1 or more")
        self.sample_rate = sample_rate
        self.samples = samples

    @classmethod
    def missing(cls) -> str:
        """What this machine lacks to make its sounds, and how it is installed; empty if nothing."""
        return ""

    @classmethod
    def planned(cls, options: Mapping[str, Any], folder: Path) -> dict[str, Any]:  # noqa: ARG003
        """Options with all that is in files read, and their paths made absolute.

        Args:
            options: as given, complete.
            folder: what paths in them are relative to.

        Raises:
            ValueError: in one line, if something is missing or does not fit.
        """
        return dict(options)

    def settings(self, genome: NDArray[np.float64]) -> Mapping[str, bytes]:  # noqa: ARG002
        """Files that set the synthesizer up as a genome, shape (genes,), says: ending to bytes."""
        return {}

    def close(self) -> None:  # noqa: B027 - most hold nothing
        """Let go of what it holds outside of this process; the next render takes it up again."""

    def render(self, genomes: ArrayLike) -> Sounds:
        """Render genomes to sound.

        Args:
            genomes: shape (n, genes), each gene in [0, 1]; n may be 0.

        Returns:
            Mono sounds, shape (n, samples), float32, finite.

        Raises:
            ValueError: if the shape is wrong or a gene lies outside [0, 1] or is NaN.
        """
        return self.render_block(self._checked(genomes))

    def blocks(self, genomes: ArrayLike) -> Iterator[Iterator[Sounds]]:
        """Render genomes sixteen at a time, side by side, a stretch of sound after the other.

        The samples are those of ``render``. A caller that has heard enough of sixteen may go on to
        the next.

        Args:
            genomes: shape (n, genes), each gene in [0, 1]; n may be 0.

        Returns:
            For every sixteen genomes, and what is left over, their blocks as ``lanes`` describes
            them: BLOCK samples each but for the last, valid until the next.

        Raises:
            ValueError: if the shape is wrong or a gene lies outside [0, 1] or is NaN.
        """
        return self.stream(self._checked(genomes))

    def _checked(self, genomes: ArrayLike) -> NDArray[np.float64]:
        genomes = np.asarray(genomes, dtype=np.float64)
        if genomes.ndim != 2 or genomes.shape[1] != len(self.space):
            raise ValueError(f"genomes of shape {genomes.shape}; wanted: (n, {len(self.space)})")
        if not ((genomes >= 0) & (genomes <= 1)).all():
            raise ValueError("genomes hold a gene outside [0, 1] or NaN")
        return genomes

    @abstractmethod
    def render_block(self, genomes: NDArray[np.float64]) -> Sounds:
        """Render checked genomes, shape (n, genes), to sounds, shape (n, samples) float32."""

    def stream(self, genomes: NDArray[np.float64]) -> Iterator[Iterator[Sounds]]:
        """Give the blocks of checked genomes, sixteen at a time; a synth may have a shorter way."""
        from simd.blocks import blocks_of

        for start in range(0, len(genomes), LANES):
            sounds = self.render_block(genomes[start : start + LANES])
            yield blocks_of(np.ascontiguousarray(sounds, dtype=np.float32))
