"""Record audio from JACK, block by block."""

import contextlib
import os
import queue
import threading
import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

_SILENT_S = 5.0
_CONNECTED_S = 5.0


class Recorder:
    """A client of a running JACK server that records some channels.

    Args:
        channels: number of channels.

    Raises:
        ValueError: if no server is running.
    """

    def __init__(self, channels: int) -> None:
        import jack

        # The error below replaces JACK's own output about a missing server.
        jack.set_error_function(lambda _: None)
        try:
            client = jack.Client(f"ga-synth-{os.getpid()}", no_start_server=True)
        except jack.JackOpenError:
            raise ValueError(
                "live needs a running JACK server; start one, such as: jackd -R -d dummy -r 44100"
                f"{_which_server()}"
            ) from None
        self._client, self._errors = client, jack.JackError
        self._blocks: queue.SimpleQueue[NDArray[np.float32] | None] = queue.SimpleQueue()
        self._inputs = [client.inports.register(f"in_{i + 1}") for i in range(channels)]
        client.set_process_callback(self._process)
        client.set_shutdown_callback(lambda *_: self._blocks.put(None))
        client.activate()

    @property
    def sample_rate(self) -> int:
        """Sample rate of the server, in hertz."""
        return int(self._client.samplerate)

    def connect(self, name: str, outputs: tuple[int, ...]) -> None:
        """Connect to some outputs of another client, counted from 0.

        Raises:
            ValueError: if they do not appear.
        """
        deadline, waiting = time.monotonic() + _CONNECTED_S, threading.Event()
        while time.monotonic() < deadline:
            ports = self._client.get_ports(f"^{name}:", is_audio=True, is_output=True)
            # Ports appear a little before they can be connected.
            with contextlib.suppress(self._errors, IndexError):
                for output, port in zip(outputs, self._inputs, strict=True):
                    if not port.is_connected_to(ports[output]):
                        self._client.connect(ports[output], port)
                return
            waiting.wait(0.01)
        raise ValueError(f"{name} does not appear in JACK{_which_server()}")

    def forget(self) -> None:
        """Discard the blocks recorded so far."""
        while not self._blocks.empty():
            if self._blocks.get() is None:
                self._blocks.put(None)
                return

    def blocks(self) -> Iterator[NDArray[np.float32]]:
        """Yield blocks as they are recorded, shape (channels, frames of a period).

        Raises:
            ValueError: if the server has stopped.
        """
        while True:
            try:
                block = self._blocks.get(timeout=_SILENT_S)
            except queue.Empty:
                block = None
            if block is None:
                raise ValueError("the JACK server is gone; start it and run the comparison again")
            yield block

    def close(self) -> None:
        """Disconnect from JACK."""
        with contextlib.suppress(self._errors):
            self._client.deactivate()
        with contextlib.suppress(self._errors):
            self._client.close()

    def _process(self, _: int) -> None:
        self._blocks.put(np.stack([port.get_array() for port in self._inputs]))


def _which_server() -> str:
    named = os.environ.get("JACK_DEFAULT_SERVER", "")
    return f" (named {named})" if named else ""
