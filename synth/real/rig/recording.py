"""What a recording tells: where its sound begins, and what went wrong with it."""

import numpy as np
from numpy.typing import NDArray

# A sound has begun where it is louder than four times the noise before it, and than a thousandth of
# its peak.
_OVER_NOISE, _OF_PEAK = 4.0, 1e-3
_FULL_SCALE = 0.999
# A sine may touch full scale with a sample or two; what is cut off stays there.
_CUT_OFF = 4


def onset(sound: NDArray[np.float32], quiet: int) -> int | None:
    """The first sample of a sound.

    Args:
        sound: shape (samples,).
        quiet: how many samples at its beginning are surely before the sound.

    Returns:
        The sample, or None if nothing is heard.
    """
    loud = np.abs(sound)
    noise = float(loud[:quiet].max(initial=0.0))
    peak = float(loud[quiet:].max(initial=0.0))
    limit = max(_OVER_NOISE * noise, _OF_PEAK * peak)
    if peak <= limit:
        return None
    return quiet + int(np.argmax(loud[quiet:] > limit))


def clipped(sound: NDArray[np.float32]) -> bool:
    """Whether a sound, shape (samples,), reaches full scale at several samples."""
    return int((np.abs(sound) >= _FULL_SCALE).sum()) >= _CUT_OFF


def silent(sound: NDArray[np.float32]) -> bool:
    """Whether nothing at all was recorded: every sample is exactly 0, as no cable gives it."""
    return not sound.any()
