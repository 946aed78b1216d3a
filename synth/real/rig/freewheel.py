"""A line through JACK in freewheel mode: notes at exact frames, faster than real time."""

import contextlib
import os
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth.real.rig.line import Fault, Line, Lost, Take, chosen

# A client with the name of its server would remove the server's socket when it ends.
_CLIENT = "ga-synth-rig"
_CONNECT_S, _SEND_S, _LEAVE_S, _GONE_S = 5.0, 5.0, 5.0, 5.0
_POLL_S, _IDLE_S = 0.02, 0.02
_START = "start one, such as `jackd -R -d dummy -r 44100 -p 1024`"


class _Job:
    """What to play and record in the next cycles of JACK."""

    def __init__(self, events: list[tuple[int, bytes]], frames: int) -> None:
        self.events, self.sound = events, np.zeros(frames, dtype=np.float32)
        self.position = self.sent = 0
        self.expected: int | None = None
        self.fault = ""
        self.done = threading.Event()


class FreewheelLine(Line):
    """A JACK client with a MIDI output to the synthesizer and an audio input from it."""

    # Switching freewheel mode takes JACK as long as a render, so it stays on between renders.
    rests = True
    _client: Any = None
    _stopped = False
    _gone = False
    _in_jack_call = False
    _job: _Job | None = None
    _ends: tuple[str, str] = ("", "")

    def claims(self, there: bool) -> list[str]:
        """Return the whole server: freewheel mode affects all its clients."""
        del there
        return [f"jack {self.server or os.environ.get('JACK_DEFAULT_SERVER', 'default')}"]

    def ready(self, sample_rate: int) -> bool:
        """Return whether the server runs and both connections exist."""
        client = self._client
        if client is None or self._gone or client.samplerate != sample_rate:
            return False
        try:
            midi_in, audio_out = (client.get_port_by_name(name) for name in self._ends)
            return bool(self._out.is_connected_to(midi_in) and self._in.is_connected_to(audio_out))
        except self._error:
            return False

    def open(self, sample_rate: int, seconds: float) -> None:
        """Become a JACK client, if necessary, and connect."""
        if self._client is None or self._gone:
            self.close()
            with self._calling_jack():
                self._become_client()
        if self._client.samplerate != sample_rate:
            raise ValueError(
                f"JACK runs at {self._client.samplerate} Hz, the target at {sample_rate}: "
                f"start the server with `-r {sample_rate}`"
            )
        with self._calling_jack():
            self._connect(seconds)

    def close(self) -> None:
        """Close the JACK client."""
        with contextlib.suppress(Lost):
            self.rest()
        client, self._client = self._client, None
        if client is not None:
            with self._calling_jack(), contextlib.suppress(self._error):
                client.deactivate()
            with self._calling_jack(), contextlib.suppress(self._error):
                client.close()

    def rest(self) -> None:
        """Leave freewheel mode."""
        if self._stopped:
            self._stop_clock(False)

    def wait_until_gone(self) -> None:
        """Wait until JACK has removed the ports, so that the next start finds the names free."""
        deadline = time.monotonic() + _GONE_S
        while self._client is not None and not self._gone and time.monotonic() < deadline:
            try:
                with self._calling_jack():
                    self._client.get_port_by_name(self._ends[0])
            except self._error:
                return
            time.sleep(_POLL_S)

    def _stop_clock(self, stopped: bool) -> None:
        self._stopped = stopped
        try:
            with self._calling_jack():
                self._client.set_freewheel(stopped)
        except self._error as error:
            raise Lost(f"the JACK server does not respond: {error}") from None

    def send(self, messages: Sequence[bytes]) -> None:
        """Send in the next cycle, and wait for the one after it."""
        if self._client is None or self._gone:
            return
        self._run(_Job([(0, m) for m in messages], self._client.blocksize + 1), _SEND_S)

    def record(self, take: Take, latency: int) -> NDArray[np.float32]:
        """Play and record a take in freewheel mode."""
        note_on = take.settle + take.onset
        start = take.settle + latency
        end = start + take.samples
        events = [(0, message) for message in take.controls]
        # Note on and off after the end of the recording are not sent.
        note = [(note_on, take.on), (note_on + take.length, take.off)]
        events += [event for event in note if event[0] < end]
        events += [(end, message) for message in take.after]
        job = _Job(events, end + max(take.tail, 1))
        if not self._stopped:
            self._stop_clock(True)
        self._run(job, _SEND_S + 2 * len(job.sound) / self._client.samplerate)
        if job.fault:
            raise Fault(job.fault)
        return job.sound[start:end]

    def _run(self, job: _Job, seconds: float) -> None:
        self._job = job
        if self._gone:
            # The server stopped just before, so no callback will come.
            job.done.set()
        self._next.set()
        done = job.done.wait(seconds)
        self._next.clear()
        self._job = None
        if self._gone:
            raise Lost("the JACK server stopped")
        if not done:
            self._gone = True
            raise Lost(f"the JACK server ran no cycles for {seconds:.0f} s")

    @contextlib.contextmanager
    def _calling_jack(self) -> Iterator[None]:
        """Mark a call of JACK's library, which may never return if the server stops meanwhile."""
        self._in_jack_call = True
        try:
            yield
        finally:
            self._in_jack_call = False

    def _leave(self) -> None:
        """End this process if JACK's library blocks it; it is started again."""
        if self._in_jack_call:
            os._exit(1)

    def _become_client(self) -> None:
        try:
            import jack
        except (ImportError, OSError) as error:
            raise ValueError(f"JACK-Client cannot find JACK: {error}") from None
        self._error: Any = jack.JackError
        jack.set_error_function(lambda _: None)
        jack.set_info_function(lambda _: None)
        try:
            client = jack.Client(_CLIENT, servername=self.server or None, no_start_server=True)
        except jack.JackError:
            name = f" {self.server!r}" if self.server else ""
            raise ValueError(f"no JACK server{name} is running; {_START}") from None
        self._gone, self._job, self._stopped = False, None, False
        self._next = threading.Event()
        self._out = client.midi_outports.register("midi_out")
        self._in = client.inports.register("audio_in")
        client.set_process_callback(self._process)
        client.set_shutdown_callback(self._shut_down)
        client.activate()
        self._client = client
        # A killed run may have left freewheel mode on. JACK refuses to switch it off if it is off.
        with contextlib.suppress(Lost):
            self._stop_clock(False)

    def _connect(self, seconds: float) -> None:
        """Connect MIDI and audio; try again while a synthesizer starts, or an old one's ports go.

        Args:
            seconds: time limit for the ports to appear.
        """
        started = time.monotonic()
        while True:
            patience = seconds
            try:
                self._ends = self._chosen_ends()
                patience = max(seconds, _CONNECT_S)
                self._connect_only(self._out.name, self._ends[0])
                self._connect_only(self._ends[1], self._in.name)
            except (ValueError, self._error) as error:
                if time.monotonic() - started > patience:
                    raise ValueError(str(error)) from None
                time.sleep(_POLL_S)
            else:
                return

    def _chosen_ends(self) -> tuple[str, str]:
        """Return the names of the synthesizer's MIDI input and audio output."""
        ours = {self._out.name, self._in.name}
        inputs = self._client.get_ports(is_midi=True, is_input=True)
        outputs = self._client.get_ports(is_audio=True, is_output=True)
        midi_in = chosen(
            self.midi, [p.name for p in inputs if p.name not in ours],
            "MIDI port", "start the synthesizer on this JACK server",
        )  # fmt: skip
        return midi_in, self._output([p.name for p in outputs if p.name not in ours])

    def _connect_only(self, source: str, sink: str) -> None:
        """Connect two ports, one of which is ours, and disconnect ours from all others."""
        client, ours = self._client, {self._out.name, self._in.name}
        for other in client.get_all_connections(source if source in ours else sink):
            if other.name not in (source, sink):
                pair = (source, other.name) if source in ours else (other.name, sink)
                client.disconnect(*pair)
        with contextlib.suppress(self._error):  # they are connected already
            client.connect(source, sink)
        if sink not in [port.name for port in client.get_all_connections(source)]:
            raise ValueError(f"JACK cannot connect {source} to {sink}; is the synthesizer running?")

    def _output(self, names: list[str]) -> str:
        """Return the selected output: a port, or a channel of a client."""
        given = str(self.audio)
        if given in names:
            return given
        clients = list(dict.fromkeys(name.partition(":")[0] for name in names))
        client = chosen(given.partition(":")[0], clients, "audio source", "start the synthesizer")
        own = [n for n in names if n.startswith(f"{client}:") and given.partition(":")[2] in n]
        if self.channel_in > len(own):
            raise ValueError(
                f"audio {given!r} has {len(own)} outputs; input {self.channel_in} is out of range"
            )
        return own[self.channel_in - 1]

    def _shut_down(self, *_: object) -> None:
        self._gone, self._stopped = True, False
        watch = threading.Timer(_LEAVE_S, self._leave)
        watch.daemon = True
        watch.start()
        if self._job is not None:
            self._job.done.set()

    def _process(self, frames: int) -> None:
        """Process one cycle, in JACK's thread."""
        self._out.clear_buffer()
        if self._job is None and self._stopped:
            # In freewheel mode idle cycles would keep a processor busy.
            self._next.wait(_IDLE_S)
        job = self._job
        if job is None or job.done.is_set():
            return
        now = self._client.last_frame_time
        if job.expected is not None and now != job.expected & 0xFFFFFFFF:
            job.fault = (
                "JACK skipped a cycle: start it with a longer period (`-p`), or reduce its load"
            )
        job.expected = now + frames
        position = job.position
        while job.sent < len(job.events) and job.events[job.sent][0] < position + frames:
            frame, message = job.events[job.sent]
            try:
                self._out.write_midi_event(frame - position, message)
            except self._error:
                job.fault = "JACK refused a MIDI message: start it with a longer period (`-p`)"
            job.sent += 1
        count = min(frames, len(job.sound) - position)
        job.sound[position : position + count] = self._in.get_array()[:count]
        job.position = position + frames
        if job.position >= len(job.sound):
            job.done.set()
