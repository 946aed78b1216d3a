"""Short-time Fourier transform of one sound, in float32.

Frames are centred: frame ``i`` lies around sample ``i * hop``, with zeros before and after the
sound, so that its first and last samples count as much as the others and a sound shorter than a
frame has one frame at least. The window is a periodic Hann. One sound at a time: its frames stay in
the processor's cache, and calls of one shape give the same bits whatever the batch.
"""

import numpy as np
from scipy.fft import rfft
from scipy.signal.windows import hann

from fitness.base import Sound
from fitness.kernels import Floats, windowed_frames


class Stft:
    """Spectra of a sound, frame by frame.

    Args:
        frame: samples in a frame, even.
        hop: samples from one frame to the next.
    """

    def __init__(self, frame: int, hop: int) -> None:
        self.frame = frame
        self.hop = hop
        self._window = hann(frame, sym=False).astype(np.float32)

    def __call__(self, sound: Sound) -> Floats:
        """Transform a sound of shape (samples,).

        Returns:
            Real and imaginary parts in turn, shape (1 + samples // hop, frame + 2).
        """
        frames = windowed_frames(sound, self._window, self.hop)
        spectrum: Floats = rfft(frames, overwrite_x=True).view(np.float32)
        return spectrum
