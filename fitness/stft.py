"""Short-time Fourier transform of sixteen sounds, block by block, in float32.

Frames are centred: frame ``i`` is centred on sample ``i * hop``, and the sound is padded with
zeros, so that its first and last samples count as much as the others and that even a sound shorter
than a frame has one frame. The window is a periodic Hann window.
"""

from typing import NamedTuple

import numpy as np

from fitness.fft import frame_powers, plan
from fitness.kernels import Floats
from simd import BLOCK_SAMPLES, LANES, Audio
from simd.blocks import Block, blocks_of


class Spectra(NamedTuple):
    """Power spectra of consecutive frames of sixteen sounds.

    Attributes:
        first: index of the first frame.
        powers: shape (frames, bins, LANES), valid until the next block; there may be 0 frames.
    """

    first: int
    powers: Floats


class Stft:
    """Computes power spectra of sixteen sounds that arrive block by block.

    Args:
        frame: samples a frame, one of ``fitness.fft.SIZES``.
        hop: samples from one frame to the next.
    """

    def __init__(self, frame: int, hop: int) -> None:
        self.frame, self.hop, self.bins = frame, hop, frame // 2 + 1
        hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(frame) / frame)
        # Halved, as `frame_powers` expects.
        self._window = (hann / 2).astype(np.float32)
        self._plan = plan(frame)
        self._held = np.empty((frame + max(BLOCK_SAMPLES, frame), LANES), np.float32)
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
        """Add a block, shape (up to BLOCK_SAMPLES, LANES); return the frames that it completes."""
        self._received += len(block)
        return self._add(block, len(block))

    def end(self) -> Spectra:
        """Return the frames that extend beyond the end of the sounds."""
        return self._add(0, self.frame // 2)

    def _add(self, block: Block | int, count: int) -> Spectra:
        filled = self._filled + count
        self._held[self._filled : filled] = block
        # No frame is centred beyond the last sample.
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


def powers_of(sound: Audio, frame: int, hop: int) -> Floats:
    """Return the power spectra of one sound, shape (samples,), the same as those of ``Stft``.

    Returns:
        Shape (1 + samples // hop, 1 + frame // 2).
    """
    stft = Stft(frame, hop)
    stft.begin(1)
    parts = [stft.push(block).powers[..., 0].copy() for block in blocks_of(sound[None])]
    return np.concatenate([*parts, stft.end().powers[..., 0]])
