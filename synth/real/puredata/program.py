"""A running Pd: started with a patch, controlled over OSC, with its console read."""

import contextlib
import queue
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterable
from pathlib import Path

from synth.real.puredata.patch import want_controls, want_created

_BRIDGE = Path(__file__).with_name("live.pd")
_ANSWERS_S = 10.0
# Audio buffer of Pd. Its latency does not matter, because sounds are cut at a mark.
_BUFFER_MS = 80
_HERE = "127.0.0.1"


class Gone(Exception):  # noqa: N818 - an event, not an error of the caller
    """Pd ended, or does not respond."""


class Program:
    """Pd with a patch, and with a second patch that forwards OSC messages to it.

    Args:
        patch: file of the patch.
        port: its OSC port; 0 for any free port.
        name: its client name in JACK.
        sample_rate: of the JACK server, in hertz.

    Raises:
        ValueError: if the port is taken, or the patch needs objects that Pd does not have.
        Gone: if Pd does not start.
    """

    def __init__(self, patch: Path, port: int, name: str, sample_rate: int) -> None:
        from pythonosc.udp_client import SimpleUDPClient

        self._patch, self._pings = patch, 0
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        port = _free(port)
        self._process = subprocess.Popen(  # noqa: S603 - the patch is the user's own
            [*_bound(), "pd", "-nogui", "-noprefs", "-nomidi", "-stderr", "-nrt",
             "-jack", "-jackname", name, "-nojackconnect", "-r", str(sample_rate),
             "-inchannels", "0", "-outchannels", "3", "-audiobuf", str(_BUFFER_MS),
             "-open", str(_BRIDGE), "-open", str(patch),
             "-send", "pd dsp 1", "-send", f"ga-synth-port {port}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )  # fmt: skip
        threading.Thread(target=self._read_console, daemon=True).start()
        try:
            console = self._until("ga-synth: ready")
            want_created(patch, "\n".join(console))
            if any("in use" in line for line in console):
                raise ValueError(_taken(port))
            self._osc = SimpleUDPClient(_HERE, port)
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """Process identifier."""
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Whether the process is running."""
        return self._process.poll() is None

    def send(self, address: str, values: Iterable[float]) -> None:
        """Send floats to a receive of the patch, over OSC."""
        # Pd may have ended, which `settle` reports.
        with contextlib.suppress(OSError):
            self._osc.send_message(address, [float(value) for value in values])

    def settle(self) -> None:
        """Wait until all messages have arrived.

        Raises:
            ValueError: if the patch does not receive one of them.
            Gone: if Pd ended, or does not respond within ten seconds.
        """
        self._pings += 1
        self.send("/ga-synth/ping", [self._pings])
        console = self._until(f"ga-synth: {self._pings}")
        found = (re.fullmatch(r"error: (/\S+): no such object", line) for line in console)
        want_controls(self._patch, {match[1] for match in found if match})

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()

    def _until(self, wanted: str) -> list[str]:
        """Return the console output before a line."""
        console: list[str] = []
        while True:
            try:
                line = self._lines.get(timeout=_ANSWERS_S)
            except queue.Empty:
                raise Gone(f"does not respond within {_ANSWERS_S:g} s") from None
            if line is None:
                raise Gone(f"ended with {self._process.wait()}{_last(console)}")
            if line == wanted:
                return console
            console.append(line)

    def _read_console(self) -> None:
        with self._process.stderr as pipe:  # type: ignore[union-attr]
            for line in pipe:
                self._lines.put(line.decode(errors="replace").rstrip())
        self._lines.put(None)


def _free(port: int) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as tried:
        try:
            tried.bind((_HERE, port))
        except OSError:
            raise ValueError(_taken(port)) from None
        return int(tried.getsockname()[1])


def _taken(port: int) -> str:
    return f"port {port}: another program listens there; choose another port, or 0 for any free one"


def _last(console: list[str]) -> str:
    return f": {console[-1]}" if console else ""


def _bound() -> list[str]:
    """Return a command prefix that ends Pd when the process that started it ends; on Linux."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL"] if setpriv else []
