"""Analyse recordings: where the sound begins, clipping, and silence."""

import numpy as np
from numpy.typing import NDArray

# A sound begins where it exceeds four times the noise before it, and a thousandth of its peak.
_OVER_NOISE, _OF_PEAK = 4.0, 1e-3
_FULL_SCALE = 0.999
# The peaks of a sine may reach full scale for a sample or two; clipped sound stays there.
_CLIPPED_SAMPLES = 4


def onset(sound: NDArray[np.float32], quiet: int) -> int | None:
    """Return the first sample of the sound in a recording.

    Args:
        sound: shape (samples,).
        quiet: how many samples at the beginning are certainly before the sound.

    Returns:
        The index of the sample, or None if there is no sound.
    """
    loud = np.abs(sound)
    noise = float(loud[:quiet].max(initial=0.0))
    peak = float(loud[quiet:].max(initial=0.0))
    limit = max(_OVER_NOISE * noise, _OF_PEAK * peak)
    if peak <= limit:
        return None
    return quiet + int(np.argmax(loud[quiet:] > limit))


def clipped(sound: NDArray[np.float32]) -> bool:
    """Return whether a sound, shape (samples,), is at full scale for several samples."""
    return int((np.abs(sound) >= _FULL_SCALE).sum()) >= _CLIPPED_SAMPLES


def silent(sound: NDArray[np.float32]) -> bool:
    """Return whether all samples are exactly 0, which no analogue connection gives."""
    return not sound.any()
