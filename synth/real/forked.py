"""A copy of this process for one render: what it changes is gone with it.

A plug-in that remembers the render before cannot do so: every copy is made of the state after
loading. That costs a few milliseconds, where loading anew may take seconds. Linux only: elsewhere
the system's own libraries do not survive it.
"""

import ctypes
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

AVAILABLE = sys.platform == "linux"
_CHUNK = 1 << 20
_C: Any = ctypes.CDLL(None) if AVAILABLE else None


class Crashed(Exception):  # noqa: N818 - what happened, not whose fault it is
    """The copy crashed or hung; the process that it was made of is as it was."""


def forked(render: Callable[[], NDArray[np.float32]], seconds: float) -> NDArray[np.float32]:
    """Do ``render`` in a copy of this process.

    Args:
        render: gives a sound.
        seconds: how long it may take.

    Raises:
        Crashed: if the copy crashed or took longer.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        # A copy that hangs must not stay behind when its original is killed.
        _C.prctl(1, signal.SIGKILL)
        try:
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(np.ascontiguousarray(render(), dtype=np.float32).tobytes())
            os._exit(0)
        finally:
            # An error that got out would go on as if it were the original.
            os._exit(1)
    os.close(writing)
    data, hung = _everything(reading, time.monotonic() + seconds)
    os.close(reading)
    if hung:
        os.kill(pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if hung or code:
        what = "hung" if hung else f"ended with {code}"
        raise Crashed(f"the copy that rendered {what}")
    return np.frombuffer(data, dtype=np.float32)


def _everything(pipe: int, deadline: float) -> tuple[bytes, bool]:
    """What is written until the pipe is closed, and whether it was not closed in time."""
    parts: list[bytes] = []
    while (left := deadline - time.monotonic()) > 0:
        if select.select([pipe], [], [], left)[0]:
            chunk = os.read(pipe, _CHUNK)
            if not chunk:
                return b"".join(parts), False
            parts.append(chunk)
    return b"", True
