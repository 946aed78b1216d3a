"""Sounds in a journal: FLAC files to listen to, and to be judged again."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from common.errors import InputError
from synth.sound import SoundError, flac_bytes


def listening_copy(sounds: NDArray[np.float32], sample_rate: int) -> bytes:
    """A FLAC file of sounds; what is louder than it can hold is made just as much softer.

    Only for listening: what is compared is never altered.

    Raises:
        InputError: if it has more channels than FLAC has.
    """
    peak = max(1.0, float(np.abs(sounds).max()))
    try:
        return flac_bytes(sounds / peak, sample_rate)
    except SoundError as error:
        raise InputError(f"cannot keep a {error}") from None


def read_sound(path: Path) -> tuple[NDArray[np.float32], int]:
    """Read a sound of the journal: shape (channels, samples), and its sample rate.

    Unlike a target, what was found may be silent: by its waveform, silence is closer than most.

    Raises:
        InputError: if it is missing or was damaged.
    """
    import soundfile

    try:
        sound, sample_rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, soundfile.SoundFileError):
        raise InputError(f"cannot read {path}: missing or damaged") from None
    return np.ascontiguousarray(sound.T), int(sample_rate)
