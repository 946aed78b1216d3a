"""Short-time Fourier transform of sixteen sounds, block by block, in float32.

Frames are centred: frame ``i`` lies around sample ``i * hop``, with zeros before and after the
sound, so that its first and last samples count as much as the others and a sound shorter than a
frame has one frame at least. The window is a periodic Hann.
"""

from typing import NamedTuple

import numpy as np

from fitness.base import Sound
from fitness.fft import frame_powers, plan
from fitness.kernels import Floats
from simd import BLOCK, LANES
from simd.blocks import Block, blocks_of


class Spectra(NamedTuple):
    """Power spectra of consecutive frames of sixteen sounds.

    Attributes:
        first: number of the first frame.
        powers: shape (frames, bins, LANES), of which there may be none; valid until the next block.
    """

    first: int
    powers: Floats


class Stft:
    """Power spectra of sixteen sounds that arrive block by block.

    Args:
        frame: samples in a frame, a size in ``fitness.fft.SIZES``.
        hop: samples from one frame to the next.
    """

    def __init__(self, frame: int, hop: int) -> None:
        self.frame, self.hop, self.bins = frame, hop, frame // 2 + 1
        hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(frame) / frame)
        # Halved, because the transform of a real frame wants it so.
        self._window = (hann / 2).astype(np.float32)
        self._plan = plan(frame)
        self._held = np.empty((frame + max(BLOCK, frame), LANES), np.float32)
        most = len(self._held) // hop
        self._powers = np.zeros(most * self.bins * LANES, np.float32)
        self._work = np.empty(8 * frame, np.float32)
        self.begin()

    def begin(self, lanes: int = LANES) -> None:
        """Start new sounds, in the first ``lanes`` lanes."""
        self._lanes = lanes
        self._filled = self.frame // 2
        self._held[: self._filled] = 0
        self._received = self._next = 0

    def push(self, block: Block) -> Spectra:
        """Take in a block, shape (up to BLOCK samples, LANES), and give the frames it completes."""
        self._received += len(block)
        return self._add(block, len(block))

    def end(self) -> Spectra:
        """Give the frames that reach beyond the end of the sounds."""
        return self._add(0, self.frame // 2)

    def _add(self, block: Block | int, count: int) -> Spectra:
        filled = self._filled + count
        self._held[self._filled : filled] = block
        # None is centred beyond the last sample.
        complete = 1 + self._received // self.hop - self._next
        frames = min((filled - self.frame) // self.hop + 1, complete) if filled >= self.frame else 0
        held = self._held.reshape(-1)
        frame_powers(
            held, self._lanes, self._window, self.hop, frames, *self._plan, self._work, self._powers
        )
        self._held[: filled - frames * self.hop] = self._held[frames * self.hop : filled]
        self._filled = filled - frames * self.hop
        self._next += frames
        powers = self._powers[: frames * self.bins * LANES].reshape(frames, self.bins, LANES)
        return Spectra(self._next - frames, powers)


def powers_of(sound: Sound, frame: int, hop: int) -> Floats:
    """Power spectra of one sound, shape (samples,), as an ``Stft`` gives them.

    Returns:
        Shape (1 + samples // hop, 1 + frame // 2).
    """
    stft = Stft(frame, hop)
    stft.begin(1)
    parts = [stft.push(block).powers[..., 0].copy() for block in blocks_of(sound[None])]
    return np.concatenate([*parts, stft.end().powers[..., 0]])
