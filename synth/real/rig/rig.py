"""The synth ``rig``: any synthesizer with MIDI input and audio output."""

from dataclasses import asdict, replace
from threading import TIMEOUT_MAX
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from synth.maps.model import Patch
from synth.real.base import RealSynth
from synth.real.parts import lacking
from synth.real.rig.midi import check_controls, note_off, note_on, patch_setting
from synth.real.rig.midi_file import midi_file

_LIVE = ("python-rtmidi", "sounddevice", "PortAudio")
_FREEWHEEL = ("JACK-Client",)
_TAKES = 4
_LONGEST_S = 60.0


class Rig(RealSynth):
    """Plays a synthesizer over MIDI and records it, in real time or in JACK's freewheel mode.

    See docs/rig.md for the wiring.

    Args:
        sample_rate: in hertz; that of the audio device or the JACK server.
        samples: the length of every sound.
        map: a map, the name of one that ships with ga-synth, or a YAML file.
        midi: name, or part of the name, of the MIDI port to which the synthesizer is connected.
        audio: name, part of the name, or index of the audio device that records the synthesizer;
            with ``freewheel``, name of the synthesizer's JACK client or output port.
        input: which input of the device, or output of the client, to record, from 1.
        channel: the MIDI channel, 1 to 16.
        calibration: values by control for the note that measures the latency, chosen such that it
            starts at once. All other controls are in the middle of their range.
        settle: seconds between the controls and the note.
        tail: seconds of rest after every render.
        freewheel: whether to use JACK's freewheel mode, which is faster than real time.
        server: name of the JACK server; JACK's default if empty.
        restart: a command that starts the synthesizer again for every render; none if empty.

    Raises:
        ValueError: if the map is invalid, or an option is out of range.
    """

    backend = "rig"
    host = "synth.real.rig.host:Host"
    repeatability = "history"
    exclusive = True
    play_s: ClassVar[float] = 90.0

    def __init__(
        self,
        sample_rate: int,
        samples: int,
        *,
        map: str | dict[str, Any],  # noqa: A002 - as in every experiment
        midi: str,
        audio: str | int,
        input: int = 1,  # noqa: A002 - as in every experiment
        channel: int = 1,
        calibration: dict[str, float] = {},  # noqa: B006 - never written to
        settle: float = 0.02,
        tail: float = 0.05,
        freewheel: bool = False,
        server: str = "",
        restart: list[str] = [],  # noqa: B006 - never written to
    ) -> None:
        super().__init__(sample_rate, samples, map=map)
        _within("input", input, 1, 64)
        _within("channel", channel, 1, 16)
        _within("settle", settle, 0.0, _LONGEST_S)
        _within("tail", tail, 0.0, _LONGEST_S)
        self._midi, self._audio, self._input, self._channel = midi, audio, input, channel
        self._calibration, self._settle, self._tail = dict(calibration), settle, tail
        self._freewheel, self._server, self._restart = freewheel, server, list(restart)

    @classmethod
    def missing(cls) -> str:
        """Return what is missing if neither mode works; ``verify`` checks the chosen mode."""
        both = [lacking(_LIVE), lacking(_FREEWHEEL)]
        return lacking((*_LIVE, *_FREEWHEEL)) if all(both) else ""

    @classmethod
    def modes(cls) -> dict[str, str]:
        """Return what each mode lacks, the usual JACK server included."""
        return {"real time": lacking(_LIVE), "freewheel": lacking((*_FREEWHEEL, "JACK"))}

    def verify(self) -> None:
        """Raise for invalid MIDI controls and for missing parts.

        The synthesizer itself is only needed for the first render: comparisons can be planned and
        reported without it.
        """
        if reason := lacking(_FREEWHEEL if self._freewheel else _LIVE):
            raise ValueError(reason)
        if self.map.start is not None:
            raise ValueError(
                "start: a rig cannot load a preset file; set a program in fixed instead"
            )
        ranges: dict[str, list[float]] = {name: [v] for name, v in self.map.fixed.items()}
        ranges |= {gene.to: [gene.low, gene.high] for gene in self.map.genes.values()}
        check_controls(ranges, bends=self.map.note.bend > 0)
        check_controls({name: [v] for name, v in self._calibration.items()}, bends=False)

    def host_options(self) -> dict[str, Any]:
        """Return the options of the host."""
        return {
            "freewheel": self._freewheel,
            "line": {
                "midi": self._midi,
                "audio": self._audio,
                "channel_in": self._input,
                "server": self._server,
            },
            "channel": self._channel,
            "tail": self._tail,
            "settle": self._settle,
            "bend": self.map.note.bend,
            "restart": self._restart,
            "calibration": asdict(self._calibration_patch()),
        }

    def settings(self, genome: NDArray[np.float64]) -> dict[str, bytes]:
        """Return the patch as JSON, and a MIDI file that sets it up and plays the note."""
        (patch,) = self.map.patches(genome[None])
        setting = patch_setting(patch, self.map.note.bend, self._channel)
        on = self._settle + patch.onset
        events = [(0.0, message) for message in setting]
        events.append((on, note_on(patch.key, patch.velocity, self._channel)))
        events.append((on + patch.length, note_off(patch.key, self._channel)))
        return {**super().settings(genome), "mid": midi_file(events)}

    def jitter(self, repeats: int) -> NDArray[np.int64]:
        """Measure the variation of the latency, by repeated calibration notes.

        Args:
            repeats: how many notes to play.

        Returns:
            By how many samples each was late after compensation of the latency, shape (repeats,).

        Raises:
            ValueError: if it cannot be recorded.
        """
        self._call_host("claim", seconds=TIMEOUT_MAX)
        seconds = self.play_s + _TAKES * repeats
        late = self._call_host("jitter", repeats, self.sample_rate, seconds=seconds)
        return np.asarray(late, dtype=np.int64)

    def _play_patch(self, patch: Patch) -> NDArray[np.float32]:
        """Wait, without a time limit, until no other run plays the rig; then play."""
        self.child.call("claim", seconds=TIMEOUT_MAX)
        length = self.samples / self.sample_rate + self._settle + self._tail
        sound: NDArray[np.float32] = self.child.call(
            "play",
            patch,
            self.sample_rate,
            self.samples,
            seconds=self.play_s + 2 * _TAKES * length,
        )
        return sound

    def given_up(self, reason: str) -> NDArray[np.float32]:
        """Raise, because it is the line that failed, not the patch.

        Raises:
            ValueError: always.
        """
        raise ValueError(f"{reason}; is the JACK server, or the audio device, still available?")

    def _calibration_patch(self) -> Patch:
        (middle,) = self.map.patches(np.full((1, len(self.space)), 0.5))
        controls = {**middle.controls, **self._calibration}
        return replace(middle, onset=0.0, length=0.1, wheel=0.0, gain=1.0, controls=controls)


def _within(option: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise ValueError(f"{option} {value:g}; allowed: {least:g} to {most:g}")
