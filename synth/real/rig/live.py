"""A line in real time: MIDI through RtMidi, audio through PortAudio."""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth.real.rig.line import Fault, Line, Lost, Take, chosen

# A client with the name of its server would remove the server's socket when it ends.
_CLIENT = "ga-synth-rig"
_POLL_S, _PATIENCE_S = 0.05, 5.0
# A MIDI cable transmits three bytes a millisecond, so simultaneous messages arrive later.
_MESSAGE_S = 1e-3
_PLUG = "plug it in and switch it on, or start the synthesizer and its JACK server"


class _Job:
    """Records the next blocks of audio, and sends messages between them.

    Time is counted by the samples of blocks. As it is known between which blocks a message was
    sent, the recording begins at the exact sample of the note.
    """

    def __init__(self, take: Take, latency: int, wait: int, send: Callable[[bytes], None]) -> None:
        self._take, self._send = take, send
        self._lead = take.onset + wait
        self._early = latency - take.onset
        self._position = 0
        self._blocks: list[NDArray[np.float32]] = []
        self._note_on_at: int | None = None
        self._released = False
        self.fault = ""
        self.done = threading.Event()

    def receive(self, block: NDArray[np.float32]) -> None:
        """Store a block, and send messages that are due."""
        self._blocks.append(block)
        self._position += len(block)
        if self._note_on_at is None:
            if self._position >= self._lead:
                self._send(self._take.on)
                self._note_on_at = self._position
            return
        if not self._released and self._position >= self._note_on_at + self._take.length:
            self._send(self._take.off)
            self._released = True
        if self._position >= self._note_on_at + self._early + self._take.samples:
            self.done.set()

    def sound(self) -> NDArray[np.float32]:
        """Return the recording, once it is complete."""
        start = (self._note_on_at or 0) + self._early
        return np.concatenate(self._blocks)[start : start + self._take.samples]


class LiveLine(Line):
    """A MIDI port and an audio device, either of which may belong to JACK."""

    _midi_out: Any = None
    _stream: Any = None
    _sounddevice: Any = None
    _rate = 0
    _job: _Job | None = None
    _ended = False
    _block_s = 0.01

    def claims(self, there: bool) -> list[str]:
        """Return port and device; with JACK also the server, which others could freewheel."""
        if not there:
            return [f"midi {self.midi}", f"audio {self.audio}"]
        self._prepare()
        port, device = self._port()[2], self._device()
        jack = os.environ.get("JACK_DEFAULT_SERVER", "default")
        return [f"midi {port}", f"audio {device['name']}"] + (
            [f"jack {jack}"] if self._on_jack(device) else []
        )

    def ready(self, sample_rate: int) -> bool:
        """Return whether the device is still open at that sample rate."""
        alive = self._stream is not None and self._stream.active and not self._ended
        return alive and self._rate == sample_rate

    def open(self, sample_rate: int, seconds: float) -> None:
        """Open port and device; the device stays open, because opening may change its latency."""
        self.close()
        deadline = time.monotonic() + seconds
        while True:
            try:
                self._prepare()
                self._open_port()
                self._open_stream(self._device(), sample_rate)
            except ValueError:
                # While a synthesizer starts, the ports of the one before it may still be listed.
                self.close()
                if time.monotonic() > deadline:
                    raise
                time.sleep(_POLL_S)
            else:
                return

    def close(self) -> None:
        """Close port and device."""
        stream, self._stream = self._stream, None
        if stream is not None:
            with contextlib.suppress(self._sounddevice.PortAudioError):
                stream.close()
        midi_out, self._midi_out = self._midi_out, None
        if midi_out is not None:
            midi_out.close_port()
            midi_out.delete()
        if self._sounddevice is not None:
            self._forget()

    def send(self, messages: Sequence[bytes]) -> None:
        """Send messages, and wait for as long as a MIDI cable takes."""
        if self._midi_out is None:
            return
        for message in messages:
            self._midi_out.send_message(message)
        time.sleep(len(messages) * _MESSAGE_S + self._block_s)

    def record(self, take: Take, latency: int) -> NDArray[np.float32]:
        """Send the controls, wait until they have taken effect, and record the note."""
        self.send(take.controls)
        job = _Job(take, latency, take.settle, self._midi_out.send_message)
        seconds = (take.settle + take.onset + take.samples + latency) / self._rate
        self._job = job
        done = job.done.wait(_PATIENCE_S + 2 * seconds)
        self._job = None
        if not done or self._ended:
            raise Lost(f"no more audio from {self.audio!r}; is the device still connected?")
        self.send(take.after)
        time.sleep(take.tail / self._rate)
        if job.fault:
            raise Fault(job.fault)
        return job.sound()

    def _prepare(self) -> None:
        """Rescan devices: PortAudio finds JACK only if it was running when PortAudio started."""
        os.environ["JACK_NO_START_SERVER"] = "1"
        if self.server:
            os.environ["JACK_DEFAULT_SERVER"] = self.server
        import sounddevice

        self._sounddevice = sounddevice
        if self._stream is None:
            self._forget()
            sounddevice._initialize()

    def _forget(self) -> None:
        """Terminate PortAudio, which would end this process if JACK stopped."""
        while self._sounddevice._initialized:
            self._sounddevice._terminate()

    def _open_port(self) -> None:
        import rtmidi

        api, index, name = self._port()
        self._midi_out = rtmidi.MidiOut(api, name=_CLIENT)
        try:
            self._midi_out.open_port(index, "midi_out")
        except (rtmidi.RtMidiError, ValueError, TypeError) as error:
            raise ValueError(f"MIDI port {name!r} does not open: {error}") from None

    def _port(self) -> tuple[int, int, str]:
        """Return API, index and name of the MIDI port."""
        import rtmidi

        found: dict[str, tuple[int, int, str]] = {}
        for api in rtmidi.get_compiled_api():
            try:
                looking = rtmidi.MidiOut(api, name=f"{_CLIENT} looks")
            except rtmidi.RtMidiError:  # this API is not available
                continue
            for index, name in enumerate(looking.get_ports()):
                found.setdefault(name, (api, index, name))
            looking.delete()
        return found[chosen(self.midi, list(found), "MIDI port", _PLUG)]

    def _device(self) -> dict[str, Any]:
        """Return PortAudio's description of the audio device."""
        devices = [d for d in self._sounddevice.query_devices() if d["max_input_channels"]]
        if isinstance(self.audio, int):
            names = [str(d["index"]) for d in devices]
            name = chosen(str(self.audio), names, "audio device of index", _PLUG)
            return dict(devices[names.index(name)])
        names = [d["name"] for d in devices]
        return dict(devices[names.index(chosen(self.audio, names, "audio device", _PLUG))])

    def _on_jack(self, device: dict[str, Any]) -> bool:
        api: str = self._sounddevice.query_hostapis(device["hostapi"])["name"]
        return "JACK" in api

    def _open_stream(self, device: dict[str, Any], sample_rate: int) -> None:
        name = device["name"]
        if self.channel_in > device["max_input_channels"]:
            count = device["max_input_channels"]
            raise ValueError(
                f"audio {name!r} has {count} inputs; input {self.channel_in} is out of range"
            )
        settings = {
            "device": device["index"],
            "channels": self.channel_in,
            "dtype": "float32",
            "samplerate": sample_rate,
        }
        error_kind = self._sounddevice.PortAudioError
        try:
            self._sounddevice.check_input_settings(**settings)
            self._ended = False
            self._stream = self._sounddevice.InputStream(
                **settings,
                latency="low",
                callback=self._receive,
                finished_callback=self._finished,
            )
            self._stream.start()
        except error_kind as error:
            if "sample rate" in str(error).lower():
                own = round(device["default_samplerate"])
                raise ValueError(
                    f"audio {name!r} runs at {own} Hz, the target at {sample_rate}: "
                    f"set the device, or its JACK server, to {sample_rate}"
                ) from None
            raise ValueError(f"audio {name!r} does not open: {error.args[0]}") from None
        self._rate = sample_rate
        # PortAudio may report any latency, from zero to hours.
        self._block_s = min(max(float(self._stream.latency), 0.01), 0.05)

    def _finished(self) -> None:
        self._ended = True
        if self._job is not None:
            self._job.done.set()

    def _receive(
        self, block: NDArray[np.float32], _frames: int, _time: object, status: Any
    ) -> None:
        """Receive one block, in PortAudio's thread."""
        job = self._job
        if job is None or job.done.is_set():
            return
        if status.input_overflow:
            job.fault = "the recording has a gap: set longer buffers for the audio device"
        job.receive(block[:, self.channel_in - 1].copy())
