"""The built-in synth: renders genomes with the compiled voice."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simd import BLOCK_SAMPLES, LANES, Audio
from synth.base import Synth
from synth.subtractive.constants import constants, dimming
from synth.subtractive.motion import Curves, Motion
from synth.subtractive.parameters import SPACE


class Subtractive(Synth):
    """Two anti-aliased oscillators with phase modulation, noise, drive, filter, envelopes, LFOs.

    No sample exceeds 1. Oscillators are within 1 cent of their frequency, and aliases are below the
    levels stated in ``docs/synth.md``. Times are absolute: except for noise, a genome sounds the
    same at every sample rate.

    Args:
        sample_rate: in hertz, 8,000 to 192,000.
        samples: the length of every sound, at least 1.
        moves: knob to its number of breakpoints, 2 to 32, evenly spaced from the beginning to the
            end of every sound. Each is a gene, in place of the knob's own: ``cutoff@1``,
            ``cutoff@2`` and so on. Between them the knob moves in a straight line.

    Raises:
        ValueError: for an unknown knob, one that cannot move, or a number out of range.
    """

    space = SPACE

    def __init__(
        self,
        sample_rate: int,
        samples: int,
        *,
        moves: dict[str, int] = {},  # noqa: B006 - never written to
    ) -> None:
        super().__init__(sample_rate, samples)
        self._motion = Motion(moves, sample_rate, samples) if moves else None
        if self._motion is not None:
            self.space = self._motion.space

    @classmethod
    def planned(cls, options: Mapping[str, Any], folder: Path) -> dict[str, Any]:
        """Leave out ``moves`` where nothing moves, as in experiments from before there were any."""
        planned = super().planned(options, folder)
        return {name: value for name, value in planned.items() if value or name != "moves"}

    def render_block(self, genomes: NDArray[np.float64]) -> Audio:
        """Render checked genomes, shape (n, genes), to sounds, shape (n, samples) float32."""
        from simd.blocks import rows_of

        sounds = np.empty((len(genomes), self.samples), np.float32)
        # Not self.stream: in a subclass that overrides rendering it calls this method.
        for group, blocks in enumerate(Subtractive.stream(self, genomes)):
            rows_of(blocks, sounds[group * LANES : (group + 1) * LANES])
        return sounds

    def stream(self, genomes: NDArray[np.float64]) -> Iterator[Iterator[Audio]]:
        """Return the blocks of checked genomes, sixteen at a time, without leaving the cache."""
        # New memory is slow, so all groups of a call share one block.
        block = np.empty((BLOCK_SAMPLES, LANES), np.float32)
        motion = self._motion
        still = genomes if motion is None else motion.beginning(genomes)
        for group, fields in enumerate(constants(still, self.sample_rate)):
            of_group = genomes[group * LANES : (group + 1) * LANES]
            curves = None if motion is None else motion.curves(of_group, fields)
            yield self._blocks(fields, len(of_group), curves, block)

    def _blocks(
        self, fields: NDArray[np.float32], lanes: int, curves: Curves | None, block: Audio
    ) -> Iterator[Audio]:
        """Yield the blocks of one group, given its constants and used lanes, in ``block``."""
        from synth.subtractive import kernel

        rate, noises = np.float32(self.sample_rate), noise(self.samples, self.sample_rate)
        state, work = np.empty(kernel.STATE, np.float32), np.zeros(kernel.WORK, np.float32)
        moving = None if curves is None else curves.moving
        kernel.begin(fields, state, rate)
        for start in range(0, self.samples, BLOCK_SAMPLES):
            count = min(BLOCK_SAMPLES, self.samples - start)
            whole = block[: -(-count // kernel.CONTROL_SAMPLES) * kernel.CONTROL_SAMPLES].reshape(
                -1
            )
            values = None if curves is None else curves.values(start, len(whole) // LANES)
            kernel.advance(fields, state, work, noises, rate, start, lanes, moving, values, whole)
            yield block[:count]


@lru_cache(maxsize=4)
def noise(samples: int, sample_rate: int) -> NDArray[np.float32]:
    """Return white, then dark noise in whole control blocks; all candidates share them."""
    from synth.subtractive.kernel import CONTROL_SAMPLES, darkened

    blocks = -(-samples // CONTROL_SAMPLES)
    uniform = np.random.Generator(np.random.PCG64(0)).random(blocks * CONTROL_SAMPLES, np.float32)
    white = np.asarray(2 * uniform - 1, dtype=np.float32)
    return np.concatenate([white, darkened(white, np.float32(dimming(sample_rate)))])
