"""The host of a rig: claims it, starts it, measures its latency, records and checks."""

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth.maps.model import Patch
from synth.real.rig import midi
from synth.real.rig.claim import Claim
from synth.real.rig.line import Fault, Line, Lost, Take
from synth.real.rig.recording import clipped, onset, silent

_TAKES = 3
_START_S, _GONE_S = 20.0, 5.0
# A line with expensive rests does so after _IDLE_S without a render, and at the latest after
# _TURN_S of renders, because another run may be waiting.
_IDLE_S, _TURN_S = 0.2, 5.0
# The calibration note: silence before it, its length, how long to wait for it, and how many times
# to play it.
_BEFORE_S, _NOTE_S, _WAIT_S, _NOTES = 0.05, 0.1, 0.3, 3


class Host:
    """Plays and records a rig.

    Args:
        freewheel: whether to use JACK's freewheel mode instead of real time.
        line: options of the line.
        channel: MIDI channel, 1 to 16.
        tail: seconds of rest after a render.
        settle: seconds between controls and note.
        bend: range of the pitch wheel in semitones; with 0 it is not sent to the synthesizer.
        restart: the command that starts the synthesizer for every render; none if empty.
        calibration: fields of the patch that is used to measure the latency.
    """

    def __init__(
        self,
        *,
        freewheel: bool,
        line: Mapping[str, Any],
        channel: int,
        tail: float,
        settle: float,
        bend: float,
        restart: Sequence[str],
        calibration: Mapping[str, Any],
    ) -> None:
        self._line = _line(freewheel, line)
        self._server = str(line["server"])
        self._channel, self._tail, self._settle = channel, tail, settle
        self._bend, self._restart = bend, list(restart)
        self._calibration = Patch(**calibration)
        self._claim: Claim | None = None
        self._synthesizer: subprocess.Popen[bytes] | None = None
        self._latency: dict[int, int] = {}
        self._turn, self._turns, self._since = threading.Lock(), 0, 0.0

    def claim(self) -> None:
        """Wait until no other run uses this rig; ``play`` and ``jitter`` release it afterwards.

        Raises:
            ValueError: if the rig is not available.
        """
        if self._claim is None:
            self._claim = Claim(self._line.claims(there=not self._restart))
        with self._turn:
            self._turns += 1
            if self._claim.held:
                return
        self._claim.take()
        self._since = time.monotonic()

    def play(self, patch: Patch, sample_rate: int, samples: int) -> NDArray[np.float32]:
        """Play and record a patch.

        Args:
            patch: the note and the controls.
            sample_rate: in hertz.
            samples: length of the recording, from the beginning of the patch.

        Returns:
            Shape (samples,).

        Raises:
            ValueError: with one line, if it cannot be recorded correctly.
        """
        with self._playing():
            return self._recorded(patch, sample_rate, samples)

    def jitter(self, repeats: int, sample_rate: int) -> list[int]:
        """Play the calibration note ``repeats`` times; return by how many samples each is late.

        Raises:
            ValueError: with one line, if it cannot be recorded.
        """
        with self._playing():
            self._prepare(sample_rate)
            latency = self._latency[sample_rate]
            return [self._note(sample_rate, latency) for _ in range(repeats)]

    def close(self) -> None:
        """End all notes, unless another run plays, and end the synthesizer if we started it."""
        with self._turn:
            self._turns += 1
        try:
            if self._claim is not None and self._claim.take(wait=False):
                self._quiet()
        finally:
            with contextlib.suppress(Fault):
                self._line.rest()
            self._end_synthesizer()
            self._line.close()
            if self._claim is not None:
                self._claim.release()

    @contextlib.contextmanager
    def _playing(self) -> Any:
        held = False
        try:
            yield
            held = self._line.rests and time.monotonic() - self._since < _TURN_S
        except Fault as fault:
            self._quiet()
            raise ValueError(str(fault)) from None
        except BaseException:
            self._quiet()
            raise
        finally:
            if held:
                timer = threading.Timer(_IDLE_S, self._rest, [self._turns])
                timer.daemon = True
                timer.start()
            else:
                self._rest(self._turns)

    def _rest(self, turn: int) -> None:
        """Release the rig, unless there were more renders since that turn."""
        with self._turn:
            if turn != self._turns:
                return
            with contextlib.suppress(Fault):
                self._line.rest()
            if self._claim is not None:
                self._claim.release()

    def _recorded(self, patch: Patch, sample_rate: int, samples: int) -> NDArray[np.float32]:
        reason = ""
        for _ in range(_TAKES):
            try:
                self._prepare(sample_rate)
                sound = self._take(patch, sample_rate, samples, self._latency[sample_rate])
                # The patch itself may be silent: the calibration note shows whether the line works.
                if clipped(sound):
                    raise Fault(
                        "the recording clips: lower the synthesizer's volume, or the input level"
                    )
                if silent(sound):
                    self._note(sample_rate, self._latency[sample_rate])
            except Lost as lost:
                reason = str(lost)
                self._line.close()
            except Fault as fault:
                reason = str(fault)
            else:
                return sound
        raise ValueError(f"{reason} ({_TAKES} takes)")

    def _prepare(self, sample_rate: int) -> None:
        """Open the line, start the synthesizer if it is ours, and measure the latency."""
        if self._restart:
            self._restart_synthesizer(sample_rate)
        elif not self._line.ready(sample_rate):
            self._latency.clear()
            self._line.open(sample_rate, 0.0)
        elif sample_rate in self._latency:
            return
        # A killed run may have left a note hanging.
        self._quiet()
        if sample_rate not in self._latency:
            # The first note after a start may be different.
            found = [self._note(sample_rate, 0) for _ in range(1 + _NOTES)][1:]
            self._latency[sample_rate] = sorted(found)[_NOTES // 2]
            if self._restart:
                self._restart_synthesizer(sample_rate)
                self._quiet()

    def _restart_synthesizer(self, sample_rate: int) -> None:
        # In freewheel mode JACK waits long for a client that ends.
        self._line.rest()
        self._end_synthesizer()
        environment = dict(os.environ)
        if self._server:
            environment["JACK_DEFAULT_SERVER"] = self._server
        try:
            self._synthesizer = subprocess.Popen(  # noqa: S603 - the user's own command
                self._restart, env=environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        except OSError as error:
            raise ValueError(f"restart: {self._restart[0]} does not start: {error}") from None
        self._line.open(sample_rate, _START_S)

    def _end_synthesizer(self) -> None:
        process, self._synthesizer = self._synthesizer, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_GONE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._line.wait_until_gone()

    def _quiet(self) -> None:
        with contextlib.suppress(Fault):
            self._line.send(midi.silence(self._channel))

    def _note(self, sample_rate: int, latency: int) -> int:
        """Play the calibration note; return how many frames after its onset it sounds."""
        for _ in range(_TAKES - 1):
            with contextlib.suppress(Fault):
                return self._measured_delay(sample_rate, latency)
        return self._measured_delay(sample_rate, latency)

    def _measured_delay(self, sample_rate: int, latency: int) -> int:
        before = round(_BEFORE_S * sample_rate)
        wait = _NOTE_S if latency else _WAIT_S
        samples = before + round((_NOTE_S + wait) * sample_rate)
        patch = self._calibration
        sound = self._take(patch, sample_rate, samples, latency, before)
        # After compensation it may be a little early, so noise is measured well before it.
        start = onset(sound, before // 2 if latency else before)
        if start is None:
            raise Fault(
                f"no sound from the calibration note: check that {self._line.midi!r} plays on "
                f"channel {self._channel}, and that {self._line.audio!r} records it"
            )
        return start - before

    def _take(
        self, patch: Patch, sample_rate: int, samples: int, latency: int, onset_at: int = 0
    ) -> NDArray[np.float32]:
        channel = self._channel
        controls = midi.patch_setting(patch, self._bend, channel)
        return self._line.record(
            Take(
                controls=controls,
                settle=round(self._settle * sample_rate),
                on=midi.note_on(patch.key, patch.velocity, channel),
                off=midi.note_off(patch.key, channel),
                onset=onset_at + round(patch.onset * sample_rate),
                length=max(1, round(patch.length * sample_rate)),
                samples=samples,
                after=midi.silence(channel, patch.key),
                tail=round(self._tail * sample_rate),
            ),
            latency,
        )


def _line(freewheel: bool, options: Mapping[str, Any]) -> Line:
    if freewheel:
        from synth.real.rig.freewheel import FreewheelLine

        return FreewheelLine(**options)
    from synth.real.rig.live import LiveLine

    return LiveLine(**options)
