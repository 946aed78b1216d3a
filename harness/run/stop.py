"""Stopping a run: a signal sets a flag, and the driver reads it between rounds."""

import signal
import threading
from types import FrameType
from typing import Any, Protocol

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class AsksForStop(Protocol):
    """What the driver reads between rounds."""

    @property
    def signal(self) -> int:
        """0, unless the run should stop."""


class Stop:
    """A context in which SIGINT (Ctrl-C) and SIGTERM only ask for a stop.

    A second SIGINT interrupts at once. Outside the main thread no signal arrives, and nothing asks.

    Attributes:
        signal: number of the signal that asked; 0 if none did.
    """

    def __init__(self) -> None:
        self.signal = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> "Stop":
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @property
    def exit_code(self) -> int:
        """The exit code of a process that a signal stopped: 130 or 143."""
        return 128 + self.signal

    def _ask(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        if self.signal and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.signal = number
