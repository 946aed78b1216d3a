"""The base class of lines to a synthesizer: MIDI goes out, audio comes in."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


class Fault(Exception):  # noqa: N818 - an event; the recording is repeated
    """A recording cannot be used; one line says why, and what to do."""


class Lost(Fault):
    """The line is closed or broken and must be opened again."""


@dataclass(frozen=True)
class Take:
    """What to send and record; times are in frames.

    Attributes:
        controls: control messages, sent first.
        settle: time between the controls and the recording, for them to take effect.
        on: note-on message.
        off: note-off message.
        onset: time of ``on`` in the recording.
        length: time from ``on`` to ``off``.
        samples: length of the recording.
        after: messages that end all notes, sent last.
        tail: time after that for the synthesizer to fall silent.
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
    """A line, initially closed.

    Attributes:
        rests: whether calls of ``rest`` are expensive, and should be rare.

    Args:
        midi: name, or part of the name, of the synthesizer's MIDI input port.
        audio: name, or part of the name, of the audio port or device to record; or the index of a
            device.
        channel_in: which of its channels to record, from 1.
        server: name of the JACK server; JACK's default if empty.
    """

    rests = False

    def __init__(self, *, midi: str, audio: str | int, channel_in: int, server: str) -> None:
        self.midi, self.audio = midi, audio
        self.channel_in, self.server = channel_in, server

    @abstractmethod
    def claims(self, there: bool) -> list[str]:
        """Return the names of resources that only one run may use at a time.

        Args:
            there: whether the synthesizer is running already; otherwise its resources are named as
                in the options.

        Raises:
            ValueError: with one line, if it should be running and is not.
        """

    @abstractmethod
    def ready(self, sample_rate: int) -> bool:
        """Return whether it is open at that sample rate, and still connected correctly."""

    @abstractmethod
    def open(self, sample_rate: int, seconds: float) -> None:
        """Open the line.

        Args:
            sample_rate: in hertz.
            seconds: time limit for the synthesizer to appear.

        Raises:
            ValueError: with one line, if something is missing or has another sample rate.
        """

    @abstractmethod
    def close(self) -> None:
        """Close the line, whatever its state."""

    def rest(self) -> None:  # noqa: B027 - most lines need nothing
        """Free resources while nothing is played."""

    def wait_until_gone(self) -> None:  # noqa: B027 - most lines need nothing
        """Wait, for a limited time, until the ports of a synthesizer that ended are gone."""

    @abstractmethod
    def send(self, messages: Sequence[bytes]) -> None:
        """Send messages, and return when they have been sent."""

    @abstractmethod
    def record(self, take: Take, latency: int) -> NDArray[np.float32]:
        """Play and record a take.

        Args:
            take: what to play.
            latency: frames from a message to its sound; the recording starts later by as much.

        Returns:
            Shape (samples,).

        Raises:
            Fault: if there was a dropout.
            Lost: if the line is closed or broken.
        """


def chosen(given: str, names: Sequence[str], what: str, advice: str) -> str:
    """Return the name that matches: exactly, or by a part that only one name contains.

    Raises:
        ValueError: with one line, if no name or several names match.
    """
    fits = [n for n in names if n == given] or [n for n in names if given.lower() in n.lower()]
    if len(set(fits)) == 1:
        return fits[0]
    if fits:
        raise ValueError(
            f"{what} {given!r} matches several: {', '.join(fits)}; give more of the name"
        )
    there = f"allowed: {', '.join(names)}" if names else f"there are none; {advice}"
    raise ValueError(f"no {what} {given!r}; {there}")
