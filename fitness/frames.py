"""Lengths of frames: a duration at every sample rate, so that a distance is the same at each.

A frame fixed in samples would be too short at high rates to tell low notes apart.
"""

import math

from fitness.fft import SIZES


def frame_of(seconds: float, sample_rate: float) -> int:
    """Return the samples of a frame: the FFT size that is nearest to a duration, in octaves.

    Args:
        seconds: above 0; 0.046 is 2048 samples at 32, 44.1 and 48 kHz, 8192 at 192 kHz.
        sample_rate: in hertz, above 0.
    """
    wanted = math.log2(seconds * sample_rate)
    return min(SIZES, key=lambda size: abs(math.log2(size) - wanted))


def frame_and_hop(seconds: float, sample_rate: float) -> tuple[int, int]:
    """Return the samples of a frame, as ``frame_of`` does, and of a hop with 75 % overlap."""
    frame = frame_of(seconds, sample_rate)
    return frame, frame // 4
