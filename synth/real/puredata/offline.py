"""Compute a patch within the process, faster than real time: libpd, through cypd.

Every note starts from the freshly opened patch, by one of two methods. Opening it again
(``reopen``), with Pd's clock reset, is nearly free, but objects that count their instances, as
unseeded noise does, go on counting. A copy of the process (``fork``, Linux only) is exact for every
patch, and takes a few milliseconds.
"""

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth.maps.model import Patch
from synth.real.forked import forked
from synth.real.parts import lacking
from synth.real.puredata.patch import NOTE, Unchanged, bounded, want_controls, want_created

PD_BLOCK = 64
NEEDS = ("cypd",)
# Time for gliding controls to settle.
SETTLE_S = 0.05
_CHANNELS = 2
_NO_INPUT = np.zeros(PD_BLOCK * _CHANNELS, dtype=np.float32)
# Time limit of a note, besides twice its length.
_MOST_S = 15.0


class Offline:
    """The host of one patch at one sample rate.

    Args:
        path: path of the patch.
        digest: hash of the patch when the comparison was planned; any if empty.
        controls: controls that it must receive.
        channel: channel of ``[dac~]`` to use, 0 or 1.
        fresh: the reset method, ``reopen`` or ``fork``.
        sample_rate: in hertz.

    Raises:
        ValueError: if cypd is missing, or the patch is invalid.
    """

    def __init__(
        self,
        path: str,
        digest: str,
        controls: list[str],
        channel: int,
        *,
        fresh: str,
        sample_rate: int,
    ) -> None:
        if gone := lacking(NEEDS):
            raise ValueError(gone)
        self._file, self._channel = Path(path), channel
        self._fresh, self._sample_rate = fresh, sample_rate
        self._unchanged = Unchanged(self._file, digest)
        self._pd = _started(sample_rate)
        self._process, self._clock = _inside()
        console: list[str] = []
        self._pd.set_print_callback(console.append)
        self._open = self._pd.open_patch(self._file.name, str(self._file.parent))
        want_created(self._file, "".join(console))
        want_controls(self._file, [c for c in (NOTE, *controls) if not self._pd.exists(c)])
        self._pd.set_print_callback(_ignored)

    def rate(self) -> int:
        """Return the sample rate, in hertz."""
        return self._sample_rate

    def play(self, patch: Patch, sample_rate: int, samples: int) -> NDArray[np.float32]:
        """Compute one note, shape (samples,).

        It starts at the exact sample, and ends at the nearest of Pd's blocks of 64 samples.

        Raises:
            ValueError: if the patch has changed.
            Crashed: if a copy of Pd crashed or hung.
        """
        if self._fresh == "reopen":
            self._unchanged.check()
            self._pd.close_patch(self._open)
            self._clock.value = 0.0
            self._open = self._pd.open_patch(self._file.name, str(self._file.parent))
            return self._performed(patch, sample_rate, samples)
        seconds = _MOST_S + 2 * samples / sample_rate
        return forked(lambda: self._performed(patch, sample_rate, samples), seconds)

    def _performed(self, patch: Patch, sample_rate: int, samples: int) -> NDArray[np.float32]:
        for control, value in patch.controls.items():
            self._pd.send_float(control, value)
        onset = round(patch.onset * sample_rate)
        # Notes start with a block; samples before it are cut such that the onset is exact.
        lead = -(-(round(SETTLE_S * sample_rate) + onset) // PD_BLOCK)
        first = lead * PD_BLOCK - onset
        whole = max(lead, -(-(first + samples) // PD_BLOCK))
        held = min(max(1, round(patch.length * sample_rate / PD_BLOCK)), whole - lead)
        parts = [self._blocks(lead)]
        self._pd.send_list(NOTE, patch.pitch, float(patch.velocity))
        parts.append(self._blocks(held))
        self._pd.send_list(NOTE, patch.pitch, 0.0)
        parts.append(self._blocks(whole - lead - held))
        return bounded(np.concatenate(parts)[first : first + samples])

    def _blocks(self, blocks: int) -> NDArray[np.float32]:
        out = np.zeros((blocks * PD_BLOCK, _CHANNELS), dtype=np.float32)
        self._process(blocks, _NO_INPUT.ctypes.data, out.ctypes.data)
        return out[:, self._channel]


def _ignored(_: str) -> None:
    pass


def _started(sample_rate: int) -> Any:
    """Return Pd, with audio on and no patch."""
    import cypd

    cypd.set_print_callback(_ignored)
    cypd.init()
    cypd.init_audio(0, _CHANNELS, sample_rate)
    cypd.dsp(True)
    return cypd


def _inside() -> tuple[Callable[[int, int, int], int], ctypes.c_double]:
    """Return Pd's function that computes blocks, and its clock; in cypd 0.1.0 both are private."""
    from cypd import _libpd

    kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
    # The first field of Pd's only instance is its logical time.
    clock = ctypes.c_double.in_dll(ctypes.CDLL(_libpd.__file__), "pd_maininstance")
    return kind(_libpd._get_process_float_ptr()), clock
