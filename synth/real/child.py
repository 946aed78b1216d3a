"""A process of its own for what may crash or hang: a plug-in takes nothing along with it.

``python -m synth.real.child`` is that process. It makes one object, its *host*, and does what it is
asked, one call after the other; all goes through its pipes.
"""

import contextlib
import ctypes
import importlib
import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from synth.real.forked import Crashed

_LENGTH = struct.Struct("!Q")
_ROOT = Path(__file__).parents[2]
# Of what a host says on its standard error, its last words are enough.
_LAST_WORDS = 2_000
_GONE_S, _LOOK_S = 10.0, 0.5


class Died(Exception):  # noqa: N818 - what happened, not whose fault it is
    """The process, or its copy that rendered, crashed or hung; the next call has another."""


class Child:
    """A host in a process of its own, started with the first call.

    Args:
        host: what to make there, as ``module:Class``.
        options: of the class.
        start_s: how long it may take to be made.
    """

    def __init__(self, host: str, options: Mapping[str, Any], start_s: float) -> None:
        self._host, self._options, self._start_s = host, dict(options), start_s
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: queue.Queue[Any] = queue.Queue()
        self._words = b""
        self._spent, self._spent_before = 0.0, 0.0
        self._listeners: list[threading.Thread] = []

    @property
    def cpu_s(self) -> float:
        """CPU seconds that its processes have spent, as far as they have answered."""
        return self._spent_before + self._spent

    @property
    def pid(self) -> int | None:
        """Of the process, if it runs."""
        return None if self._process is None else self._process.pid

    def call(self, method: str, *arguments: Any, seconds: float) -> Any:
        """Ask the host for something.

        Args:
            method: of the host.
            arguments: plain values and arrays.
            seconds: how long it may take; the process is killed then.

        Raises:
            ValueError: what the host raised, in one line.
            Died: if the process crashed, or took longer.
        """
        if self._process is None:
            self._start()
        return self._asked((method, arguments), seconds)

    def close(self) -> None:
        """End the process, if it runs; the host may say goodbye first."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            process.stdin.close()  # type: ignore[union-attr]
        try:
            process.wait(_GONE_S)
        except subprocess.TimeoutExpired:
            process.kill()
        self._bury(process)

    def _start(self) -> None:
        self._answers, self._words = queue.Queue(), b""
        self._spent_before, self._spent = self.cpu_s, 0.0
        paths = [str(_ROOT), os.environ.get("PYTHONPATH", "")]
        process = subprocess.Popen(
            [sys.executable, "-m", "synth.real.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # A user's own file in the current folder must not be taken for a package of ours.
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(filter(None, paths)),
                "PYTHONSAFEPATH": "1",
            },
        )
        self._process = process
        self._listeners = [
            threading.Thread(target=work, args=(process, self._answers), daemon=True)
            for work in (self._read, self._overhear)
        ]
        for listener in self._listeners:
            listener.start()
        self._asked((self._host, self._options), self._start_s)

    def _asked(self, message: Any, seconds: float) -> Any:
        process = self._process
        if process is None or process.stdin is None:
            raise Died("was ended")
        with contextlib.suppress(OSError):  # its answer says how it ended
            _send(process.stdin, message)
        try:
            kind, value, spent = self._answers.get(timeout=seconds)
        except queue.Empty:
            self._kill()
            raise Died(f"gave no answer in {seconds:g} s") from None
        except BaseException:
            # Ctrl-C: an answer that nobody waits for would be taken for the next one's. The host
            # may have a note to end.
            with contextlib.suppress(OSError):
                process.send_signal(signal.SIGINT)
            self.close()
            raise
        self._spent = max(self._spent, spent)
        if kind == "died":
            self._kill()
            raise Died(f"{_ending(process.returncode)}{self._last_words()}")
        if kind == "crashed":
            raise Died(value)
        if kind == "refused":
            raise ValueError(value)
        return value

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            self._bury(process)

    def _bury(self, process: subprocess.Popen[bytes]) -> None:
        """Wait for a process that has ended, and let go of its pipes."""
        process.wait()
        for listener in self._listeners:
            listener.join(_GONE_S)
        for pipe in (process.stdin, process.stdout, process.stderr):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr]

    def _last_words(self) -> str:
        lines = self._words.decode(errors="replace").strip().splitlines()
        return f": {lines[-1]}" if lines else ""

    @staticmethod
    def _read(process: subprocess.Popen[bytes], answers: queue.Queue[Any]) -> None:
        """Take answers in until there are no more."""
        with process.stdout as pipe:  # type: ignore[union-attr]
            while (answer := _receive(pipe)) is not None:
                answers.put(answer)
        answers.put(("died", None, 0.0))

    def _overhear(self, process: subprocess.Popen[bytes], _: object) -> None:
        """Keep the last words: a full pipe would stop the process."""
        while chunk := os.read(process.stderr.fileno(), 4096):  # type: ignore[union-attr]
            self._words = (self._words + chunk)[-_LAST_WORDS:]


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        return f"crashed with signal {-code}"
    return f"ended with code {code}"


def _send(pipe: IO[bytes], message: Any) -> None:
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:
    """The next message; None if there are no more."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    length = _LENGTH.unpack(head)[0]
    data = pipe.read(length)
    return pickle.loads(data) if len(data) == length else None  # noqa: S301 - between ourselves


def _serve() -> None:
    """Be the process: make the host, then do what is asked until the pipe is closed."""
    # Whoever started it may be deaf to Ctrl-C, and made it so too.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    signal.signal(signal.SIGINT, signal.default_int_handler)
    parent = os.getppid()
    # If what started it is killed, it must not stay behind: die with it.
    _die_with_parent(signal.SIGKILL)
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # What a native library prints must not stand between the answers.
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    host: Any = None
    try:
        while (question := _receive(questions)) is not None:
            name, arguments = question
            try:
                if host is None:
                    module, _, cls = name.partition(":")
                    host = getattr(importlib.import_module(module), cls)(**arguments)
                    value = None
                    if hasattr(host, "close"):
                        # It has something to end, so it outlives its parent for that.
                        _die_with_parent(0)
                        threading.Thread(target=_outlive, args=(parent,), daemon=True).start()
                else:
                    value = getattr(host, name)(*arguments)
                _send(answers, ("gave", value, _spent()))
            except Crashed as crash:
                _send(answers, ("crashed", str(crash), _spent()))
            except Exception as error:  # a plug-in may raise anything
                _send(answers, ("refused", _line(error), _spent()))
    except KeyboardInterrupt:
        pass
    finally:
        if hasattr(host, "close"):
            host.close()


def _die_with_parent(how: int) -> None:
    """Have the system send a signal when the parent dies; none if 0. Of the main thread."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, how)


def _outlive(parent: int) -> None:
    """End once what started it was killed, but let the host say goodbye."""
    while os.getppid() == parent:
        time.sleep(_LOOK_S)
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(_GONE_S)
    os._exit(1)


def _spent() -> float:
    """CPU seconds of this process, and of its copies that have ended."""
    return sum(os.times()[:4])


def _line(error: Exception) -> str:
    text = str(error).strip().split("\n")[0]
    return text if isinstance(error, ValueError) and text else f"{type(error).__name__}: {text}"


if __name__ == "__main__":
    _serve()
