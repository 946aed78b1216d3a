"""The sound file of a match: which channel, which part, and what its folder is called."""

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from common.errors import InputError
from harness.match.several_notes import beginnings
from simd import Audio
from synth.sound import SHORTEST_S, SoundError, loudest, read_sound


@dataclass(frozen=True)
class Part:
    """A part of a sound file.

    Attributes:
        number: from 1.
        start: in seconds.
        seconds: its length.
    """

    number: int
    start: float
    seconds: float


def parts_of(sound: Path) -> list[Part]:
    """Return the notes of a sound file, each from its beginning to the next one's.

    What is shorter than a target may be belongs to the note before.

    Raises:
        InputError: if the file cannot be used.
    """
    _, loudest, sample_rate = loudest_of(sound, None)
    starts = [0.0]
    for begins in beginnings(loudest, sample_rate)[1:]:
        if begins - starts[-1] >= SHORTEST_S:
            starts.append(begins)
    end = len(loudest) / sample_rate
    if len(starts) > 1 and end - starts[-1] < SHORTEST_S:
        starts.pop()
    return [
        Part(number, start, after - start)
        for number, (start, after) in enumerate(pairwise([*starts, end]), 1)
    ]


def excerpt_of(part: Part | None) -> dict[str, float]:
    """Return the keys of an experiment's target that cut a part out of a file."""
    return {} if part is None else {"start": part.start, "seconds": part.seconds}


def loudest_of(sound: Path, part: Part | None) -> tuple[str, Audio, int]:
    """Read the channel that is matched, since synths here have one.

    Returns:
        Its name in an experiment, its samples, and the sample rate in hertz.

    Raises:
        InputError: if the file cannot be used.
    """
    try:
        start, seconds = (0.0, None) if part is None else (part.start, part.seconds)
        sounds, sample_rate = read_sound(sound, start_s=start, seconds=seconds)
    except SoundError as error:
        raise InputError(f"match: {error}") from None
    at = loudest(sounds)
    channel = ("left", "right")[at] if len(sounds) == 2 else "each"
    return channel, sounds[at], sample_rate


def folder_name(sound: Path, part: Part | None = None) -> str:
    """Return a folder's name out of a file's: letters of any script, digits, spaces, - and _."""
    name = re.sub(r"[^\w\- ]+", "_", sound.stem).strip("_- ")[:60] or "sound"
    return name if part is None else f"{name}-{part.number}"
