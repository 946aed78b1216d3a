"""A line to a synthesizer: MIDI goes out, audio comes in. What all lines share."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


class Fault(Exception):  # noqa: N818 - of a recording, which is then made again
    """A recording that cannot be used: why, and what helps, in one line."""


class Lost(Fault):
    """The line itself is gone; it has to be opened again."""


@dataclass(frozen=True)
class Take:
    """What is sent, and what is recorded; times are in frames.

    Attributes:
        controls: messages, sent first.
        settle: how long they have to become effective.
        on: strikes the note.
        off: lets it go.
        onset: where in the recording it is struck.
        length: from ``on`` to ``off``.
        samples: of the recording.
        after: messages that end every note, sent last.
        tail: how long the synthesizer then has to fall silent.
    """

    controls: Sequence[bytes]
    settle: int
    on: bytes
    off: bytes
    onset: int
    length: int
    samples: int
    after: Sequence[bytes]
    tail: int


class Line(ABC):
    """A line, closed when it is made.

    Attributes:
        rests: whether it does better if it is told only now and then that nothing is played.

    Args:
        midi: name, or part of it, of the port that hears MIDI.
        audio: name, or part of it, of the port or device that sounds; a device also by index.
        channel_in: which of its channels is recorded, from 1.
        server: name of the JACK server; its default if empty.
    """

    rests = False

    def __init__(self, *, midi: str, audio: str | int, channel_in: int, server: str) -> None:
        self.midi, self.audio = midi, audio
        self.channel_in, self.server = channel_in, server

    @abstractmethod
    def claims(self, there: bool) -> list[str]:
        """What only one run may use at a time.

        Args:
            there: whether the synthesizer runs already; else it is known by what was asked for.

        Raises:
            ValueError: in one line, if it should be there and is not.
        """

    @abstractmethod
    def ready(self, sample_rate: int) -> bool:
        """Whether it is open at that rate, and still leads where it should."""

    @abstractmethod
    def open(self, sample_rate: int, seconds: float) -> None:
        """Open it.

        Args:
            sample_rate: in hertz.
            seconds: how long the synthesizer may take to appear.

        Raises:
            ValueError: in one line, if something is not there or runs at another rate.
        """

    @abstractmethod
    def close(self) -> None:
        """Close it, whatever state it is in."""

    def rest(self) -> None:  # noqa: B027 - most need none
        """Nothing is played for now."""

    @abstractmethod
    def send(self, messages: Sequence[bytes]) -> None:
        """Send messages now; they are out when it returns."""

    @abstractmethod
    def record(self, take: Take, latency: int) -> NDArray[np.float32]:
        """Play a take.

        Args:
            take: what to play.
            latency: frames from a message to its sound, which the recording leaves out.

        Returns:
            Shape (samples,).

        Raises:
            Fault: if there was a dropout.
            Lost: if the line is gone.
        """


def chosen(given: str, names: Sequence[str], what: str, advice: str) -> str:
    """The one of ``names`` that is meant: by its whole name, or by a part that fits one only.

    Raises:
        ValueError: in one line, if it is none or several.
    """
    fits = [n for n in names if n == given] or [n for n in names if given.lower() in n.lower()]
    if len(set(fits)) == 1:
        return fits[0]
    if fits:
        raise ValueError(f"{what} {given!r} fits several: {', '.join(fits)}; give more of its name")
    there = f"there are: {', '.join(names)}" if names else f"there are none; {advice}"
    raise ValueError(f"no {what} {given!r}; {there}")
