"""The base class of every synth: it has a parameter space, and renders genomes to sound."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simd import LANES, Audio
from synth.space import ParameterSpace

Repeatability = Literal["exact", "near", "history"]


class Synth(ABC):
    """Renders genomes to sound of one sample rate and length.

    A subclass declares ``space`` and implements ``render_block``. Keyword-only arguments of its
    constructor are the options that an experiment file may set.

    Attributes:
        space: the ordered parameters; a genome has one gene for each.
        repeatability: ``exact`` (the same genome always gives the same bits), ``near`` (the same
            within ``tolerance``) or ``history`` (a render depends on the renders before it).
        tolerance: the largest difference between the samples of two renders of one genome.
        outside_s: CPU seconds spent in other processes so far.
        exclusive: whether only one exists, such as a hardware synth: a single worker plays it, and
            trials queue for it.
        example: options for the conformance suite, if some are required.

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
        """Reset ``stream`` in subclasses that override rendering, so that both sound the same."""
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
        """Return what is not installed on this machine, and how to install it; empty if nothing."""
        return ""

    @classmethod
    def planned(cls, options: Mapping[str, Any], folder: Path) -> dict[str, Any]:  # noqa: ARG003
        """Return the options of a planned trial: files read, paths made absolute.

        Args:
            options: all options, with their defaults.
            folder: the folder that relative paths start from.

        Raises:
            ValueError: with one line, if something is missing or invalid.
        """
        return dict(options)

    def settings(self, genome: NDArray[np.float64]) -> Mapping[str, bytes]:  # noqa: ARG002
        """Return files with the settings of a genome, shape (genes,): file ending to bytes."""
        return {}

    @property
    def streams(self) -> bool:
        """Whether it renders block by block, so that sounds never leave the cache."""
        return type(self).stream is not Synth.stream

    def close(self) -> None:  # noqa: B027 - most need nothing
        """Release everything outside this process; the next render acquires it again."""

    def render(self, genomes: ArrayLike) -> Audio:
        """Render genomes to sound.

        Args:
            genomes: shape (n, genes), each gene in [0, 1]; n may be 0.

        Returns:
            Mono sounds, shape (n, samples), float32, finite.

        Raises:
            ValueError: if the shape is wrong or a gene lies outside [0, 1] or is NaN.
        """
        return self.render_block(self._checked(genomes))

    def blocks(self, genomes: ArrayLike) -> Iterator[Iterator[Audio]]:
        """Render genomes sixteen at a time, block by block.

        The samples are those of ``render``. A caller may skip the remaining blocks of a group.

        Args:
            genomes: shape (n, genes), each gene in [0, 1]; n may be 0.

        Returns:
            The blocks of each group of up to sixteen genomes, as described in ``simd``: each has
            BLOCK_SAMPLES samples, except the last, and is valid until the next one.

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
    def render_block(self, genomes: NDArray[np.float64]) -> Audio:
        """Render checked genomes, shape (n, genes), to sounds, shape (n, samples) float32."""

    def stream(self, genomes: NDArray[np.float64]) -> Iterator[Iterator[Audio]]:
        """Return the blocks of checked genomes, sixteen at a time; a synth may override this."""
        from simd.blocks import blocks_of

        for start in range(0, len(genomes), LANES):
            sounds = self.render_block(genomes[start : start + LANES])
            yield blocks_of(np.ascontiguousarray(sounds, dtype=np.float32))
