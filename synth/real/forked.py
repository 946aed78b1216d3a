"""Render in a forked copy of this process, so that the render changes nothing here.

Every copy starts from the state after loading, so a plug-in cannot remember earlier renders. A fork
takes a few milliseconds, whereas loading again may take seconds. Linux only: on other systems the
libraries do not support forks.
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


class Crashed(Exception):  # noqa: N818 - an event, not an error of the caller
    """The copy crashed or hung; the original process is unchanged."""


def forked(render: Callable[[], NDArray[np.float32]], seconds: float) -> NDArray[np.float32]:
    """Call ``render`` in a copy of this process, and return its sound.

    Args:
        render: a function that returns a sound.
        seconds: time limit.

    Raises:
        Crashed: if the copy crashed or took longer.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        # Handlers of the original, such as Ray's, are not for a copy.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        # A copy that hangs must not be left over when the original is killed.
        _C.prctl(1, signal.SIGKILL)
        try:
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(np.ascontiguousarray(render(), dtype=np.float32).tobytes())
            os._exit(0)
        finally:
            # After an error the copy must not continue as if it were the original.
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
    """Return the bytes until the pipe is closed, and whether the time limit was exceeded."""
    parts: list[bytes] = []
    while (left := deadline - time.monotonic()) > 0:
        if select.select([pipe], [], [], left)[0]:
            chunk = os.read(pipe, _CHUNK)
            if not chunk:
                return b"".join(parts), False
            parts.append(chunk)
    return b"", True
