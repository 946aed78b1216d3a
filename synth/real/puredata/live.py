"""Play a patch live: a running Pd plays it, and its output is recorded through JACK.

The delay between a message and its sound is several milliseconds and varies. Pd therefore marks the
sample at which it started the note on an extra channel, and the recording is cut there. The same
channel counts samples, and has a gap where a program was too slow for real time.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synth.maps.model import Patch
from synth.real.forked import Crashed
from synth.real.parts import lacking
from synth.real.puredata.offline import PD_BLOCK, SETTLE_S
from synth.real.puredata.patch import Unchanged, bounded
from synth.real.puredata.program import Gone, Program
from synth.real.puredata.recorder import Recorder

NEEDS = ("Pure Data", "python-osc", "JACK", "JACK-Client")
# The count rises from 0 to 1 in _COUNT samples, a prime, and is 2 higher at a mark.
_COUNT, _MARK, _MARKS_S = 9_973, 2.0, 5.0
# Wait for the last note to fade, but only so long, because some patches never fall silent.
_SILENT, _SILENT_FOR_S, _SILENT_BY_S = 1e-5, 0.02, 3.0
_MOST_TAKES = 8


class Lost(Exception):  # noqa: N818 - an event, not an error of the caller
    """A program was too slow for real time, so samples of a note are missing."""


class Live:
    """The host of one patch in one running Pd.

    Args:
        path: path of the patch.
        digest: hash of the patch when the comparison was planned; any if empty.
        controls: controls that it must receive.
        channel: channel of ``[dac~]`` to record, 0 or 1.
        port: the OSC port of Pd; 0 for any free port.

    Raises:
        ValueError: if a part or the JACK server is missing, or the patch is invalid.
    """

    def __init__(
        self, path: str, digest: str, controls: list[str], channel: int, port: int
    ) -> None:
        if gone := lacking(NEEDS):
            raise ValueError(gone)
        self._path, self._digest, self._port = Path(path), digest, port
        self._controls, self._channel = controls, channel
        self._pd: Program | None = None
        self._recorder: Recorder | None = None
        self._started()

    def rate(self) -> int:
        """Return the sample rate of the JACK server, in hertz."""
        return self._started()[1].sample_rate

    def pid(self) -> int:
        """Return the process identifier of Pd."""
        return self._started()[0].pid

    def play(self, patch: Patch, sample_rate: int, samples: int) -> NDArray[np.float32]:
        """Play one note and record it, shape (samples,).

        Raises:
            ValueError: if the JACK server has another sample rate, has stopped, or loses samples
                every time.
            Crashed: if Pd ended or hangs; the next note starts another one.
        """
        pd, recorder = self._started()
        if sample_rate != recorder.sample_rate:
            raise ValueError(
                f"target at {sample_rate} Hz, JACK server at {recorder.sample_rate} Hz: start it "
                f"with -r {sample_rate}"
            )
        lost: Lost | None = None
        try:
            for _ in range(_MOST_TAKES):
                try:
                    return bounded(_take(pd, recorder, patch, samples))
                except Lost as error:
                    lost = error
        except Gone as error:
            self.close()
            raise Crashed(f"Pd {error}") from None
        except ValueError:
            self.close()
            raise
        raise ValueError(
            f"JACK: {lost}, {_MOST_TAKES} notes in a row; start it with a longer period "
            "(-p), or use fewer workers"
        )

    def close(self) -> None:
        """End Pd and disconnect from JACK; the next note starts both again."""
        pd, self._pd = self._pd, None
        recorder, self._recorder = self._recorder, None
        if pd is not None:
            pd.close()
        if recorder is not None:
            recorder.close()

    def _started(self) -> tuple[Program, Recorder]:
        if self._pd is None or self._recorder is None:
            Unchanged(self._path, self._digest)
            try:
                self._recorder = Recorder(2)
                name = f"pd-{os.getpid()}"
                self._pd = Program(self._path, self._port, name, self._recorder.sample_rate)
                self._recorder.connect(name, (self._channel, 2))
            except Gone as error:
                self.close()
                raise ValueError(f"Pd {error}") from None
            except BaseException:
                self.close()
                raise
        return self._pd, self._recorder


def _take(pd: Program, recorder: Recorder, patch: Patch, samples: int) -> NDArray[np.float32]:
    rate = recorder.sample_rate
    for control, value in patch.controls.items():
        pd.send(control, [value])
    pd.settle()
    recorder.forget()
    recorded = recorder.blocks()
    _until_silent(recorded, rate)
    onset = round(patch.onset * rate)
    before = np.zeros((2, 0), dtype=np.float32)
    while before.shape[1] < onset + round(SETTLE_S * rate):
        before = np.concatenate([before, next(recorded)], axis=1)
    held = max(1, round(patch.length * rate / PD_BLOCK)) * PD_BLOCK
    pd.send("/ga-synth/play", [patch.pitch, patch.velocity, 1000 * held / rate])
    parts, marked, length = [before], None, before.shape[1]
    while marked is None or length - marked + onset < samples:
        part = next(recorded)
        if marked is None and part[1].max() >= _MARK:
            marked = length + int(np.argmax(part[1] >= _MARK))
        parts.append(part)
        length += part.shape[1]
        if marked is None and length - before.shape[1] > _MARKS_S * rate:
            raise Gone("did not play a note" if pd.runs else "has ended")
    if held > samples - onset:
        pd.send("/ga-synth/stop", [0])
    pd.settle()
    first = marked - onset
    record: NDArray[np.float32] = np.concatenate(parts, axis=1)[:, first : first + samples]
    steps = np.diff(record[1].astype(np.float64)) % 1
    gaps = np.abs(steps - 1 / _COUNT) > 0.1 / _COUNT
    if gaps.any():
        raise Lost(f"{gaps.sum()} drop-outs")
    sound: NDArray[np.float32] = record[0]
    return sound


def _until_silent(recorded: Iterator[NDArray[np.float32]], rate: int) -> None:
    """Wait until the last note has faded."""
    silent = passed = 0
    while silent < _SILENT_FOR_S * rate and passed < _SILENT_BY_S * rate:
        part = next(recorded)
        passed += part.shape[1]
        silent = silent + part.shape[1] if np.abs(part[0]).max() < _SILENT else 0
