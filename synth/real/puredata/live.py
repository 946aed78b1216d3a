"""Pd live: a running Pd plays a patch, and what it plays is recorded through JACK.

Between a message and its sound lie milliseconds that no one can foretell. So Pd itself marks, on a
channel beside those of the patch, at which sample it struck the note; the record is cut there. The
same channel counts samples: where a program was too slow for the clock, the count has a gap.
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
# The count goes from 0 to 1 in so many samples, a prime, and is 2 higher at a mark.
_COUNT, _MARK, _MARKS_S = 9_973, 2.0, 5.0
# A note that is still heard is waited for, but not for a patch that never falls silent.
_SILENT, _SILENT_FOR_S, _SILENT_BY_S = 1e-5, 0.02, 3.0
_MOST_TAKES = 8


class Lost(Exception):  # noqa: N818 - what happened, not whose fault it is
    """A program was too slow for JACK's clock: something of a note is missing."""


class Live:
    """A host of one patch in one running Pd.

    Args:
        path: of the patch.
        digest: what it was when the comparison was planned; anything if empty.
        controls: that it has to receive.
        channel: of ``[dac~]`` that is heard, 0 or 1.
        port: where Pd listens for OSC; 0 for any that is free.

    Raises:
        ValueError: if a part or a JACK server is not there, or the patch does not fit.
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
        """The sample rate of the JACK server, in hertz."""
        return self._started()[1].sample_rate

    def pid(self) -> int:
        """Of Pd."""
        return self._started()[0].pid

    def play(self, patch: Patch, sample_rate: int, samples: int) -> NDArray[np.float32]:
        """Play one note and record it, shape (samples,).

        Raises:
            ValueError: if the sample rate is not the server's, the server is gone, or it loses
                samples every time.
            Crashed: if Pd ended or hangs; the next note starts another.
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
            f"JACK: {lost}, {_MOST_TAKES} notes in a row; give it a longer period (-p), or this "
            "machine fewer workers"
        )

    def close(self) -> None:
        """End Pd and leave JACK; the next note starts both again."""
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
    heard = recorder.blocks()
    _until_silent(heard, rate)
    onset = round(patch.onset * rate)
    before = np.zeros((2, 0), dtype=np.float32)
    while before.shape[1] < onset + round(SETTLE_S * rate):
        before = np.concatenate([before, next(heard)], axis=1)
    held = max(1, round(patch.length * rate / PD_BLOCK)) * PD_BLOCK
    pd.send("/ga-synth/play", [patch.pitch, patch.velocity, 1000 * held / rate])
    parts, marked, length = [before], None, before.shape[1]
    while marked is None or length - marked + onset < samples:
        part = next(heard)
        if marked is None and part[1].max() >= _MARK:
            marked = length + int(np.argmax(part[1] >= _MARK))
        parts.append(part)
        length += part.shape[1]
        if marked is None and length - before.shape[1] > _MARKS_S * rate:
            raise Gone("did not play a note" if pd.runs else "was ended")
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


def _until_silent(heard: Iterator[NDArray[np.float32]], rate: int) -> None:
    """Wait until the note before has died away."""
    silent = passed = 0
    while silent < _SILENT_FOR_S * rate and passed < _SILENT_BY_S * rate:
        part = next(heard)
        passed += part.shape[1]
        silent = silent + part.shape[1] if np.abs(part[0]).max() < _SILENT else 0
