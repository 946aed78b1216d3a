"""What is heard in a sound: fitness analyses it, strategies start from it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Heard:
    """What is heard in a sound.

    Attributes:
        onset: when it starts, in seconds: the first time within 40 dB of its loudest moment.
        attack: from the onset to the first time within 2 dB of its loudest moment, in seconds.
        length: from the onset to the last time within 30 dB of its loudest moment, in seconds.
        ends: whether that is before the end of the recording.
        peak: the largest absolute sample.
        f0: its fundamental frequency in hertz; 0 if it has none.
        clear: whether most of it has a clear pitch.
        drift: how far most of its pitch is from ``f0``, in semitones; 0 if it has none.
        roll_off: the frequency in hertz below which 97 % of its energy lies.
    """

    onset: float
    attack: float
    length: float
    ends: bool
    peak: float
    f0: float
    clear: bool
    drift: float
    roll_off: float
