import os
import signal
import threading

import numpy as np
import pytest

from synth.real.forked import AVAILABLE, Crashed, forked

pytestmark = pytest.mark.skipif(not AVAILABLE, reason="processes are copied on Linux only")
SECONDS = 30.0


def test_a_copy_changes_nothing_here():
    state = [0]

    def render():
        state[0] += 1
        return np.full(100_000, state[0], dtype=np.float32)

    for _ in range(3):
        assert (forked(render, SECONDS) == 1).all()
    assert state == [0]


@pytest.mark.parametrize("code", [signal.SIGTERM, signal.SIGKILL])
def test_a_copy_that_crashes_says_so(code):
    with pytest.raises(Crashed, match=f"ended with -{code.value}"):
        forked(lambda: os.kill(os.getpid(), code), SECONDS)


def test_an_error_in_a_copy_stays_there():
    def render():
        raise KeyError

    with pytest.raises(Crashed, match="ended with 1"):
        forked(render, SECONDS)


def test_a_copy_that_hangs_is_killed(monkeypatch):
    copies, fork = [], os.fork
    monkeypatch.setattr(os, "fork", lambda: copies.append(fork()) or copies[-1])
    with pytest.raises(Crashed, match="hung"):
        forked(lambda: threading.Event().wait(), 0.2)
    with pytest.raises(ProcessLookupError):
        os.kill(copies[0], 0)
